"""Looks, before the console opens, whether people will reach it safely."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.checkup import Finding, ok, unset, warning, wrong
from bot.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def look_at_console(settings: Settings) -> Iterator[Finding]:
    if settings.public_url:
        yield from _address(settings.public_url)
    elif settings.host in LOOPBACK:
        yield unset("check.console_here", url=f"http://{settings.host}:{settings.port}")
    else:
        yield warning("check.console_no_address")
    if not settings.is_demo:
        yield ok("check.second_factor") if settings.second_factor else warning("check.no_second_factor")


def _address(public_url: str) -> Iterator[Finding]:
    address = urlsplit(public_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        yield wrong("check.console_bad_address", url=public_url)
    elif address.scheme == "http" and address.hostname not in LOOPBACK:
        yield warning("check.console_unencrypted", url=public_url)
    else:
        yield ok("check.console_well", url=public_url)
