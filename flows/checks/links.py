"""Finds links that lead outside the hosts we may send customers to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.reading import Reading

_LINK = re.compile(
    r"(?P<scheme>(?:https?|ftp|hxxps?)(?:://|:\\\\|:/))(?P<rest>[^\s<>\"«»]{1,2000})"
    r"|(?<![\w@.-])(?P<host>(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})(?::\d{1,5})?(?P<path>[/?#][^\s<>\"«»]{0,2000})?(?![\w@-])",
    re.UNICODE,
)
# A dot that misses its space ("sorry.The", "post.it") makes no link: without scheme or path only these endings count.
_ENDINGS = frozenset(
    [
        "com",
        "net",
        "org",
        "info",
        "biz",
        "example",
        "test",
        "invalid",
        "app",
        "dev",
        "io",
        "ly",
        "me",
        "co",
        "eu",
        "es",
        "fr",
        "uk",
        "be",
        "ch",
        "de",
        "ca",
        "mx",
        "ar",
        "cl",
        "pe",
        "us",
        "gl",
        "gg",
        "tv",
        "cc",
        "xyz",
        "online",
        "site",
        "shop",
        "store",
        "club",
        "link",
        "click",
        "top",
        "page",
        "support",
        "help",
        "cat",
        "pt",
        "it",
        "nl",
        "ie",
        "lu",
        "ma",
        "tn",
        "dz",
        "website",
        "live",
        "news",
        "tech",
        "cloud",
        "ai",
        "bank",
        "email",
    ]
)
_TRAILING = ".,;:!?)]}'’…"


def links_in(text: str) -> list[tuple[int, int]]:
    """Where addresses of pages stand, whatever host they lead to."""
    return [match.span() for match in _LINK.finditer(text[:20_000]) if _host(match)]


def foreign_link(reading: Reading) -> Iterator[Finding]:
    allowed = tuple(host.casefold() for host in reading.surroundings.allowed_hosts)
    for match in _LINK.finditer(reading.draft.text[:20_000]):
        host = _host(match)
        if host and not any(host == own or host.endswith(f".{own}") for own in allowed):
            end = match.start() + len(match.group().rstrip(_TRAILING))
            yield Finding("foreign_link", match.start(), end, "finding.foreign_link", {"host": host}, allowed[0] if allowed else None)


def _host(match: re.Match[str]) -> str:
    """The host that a browser would open, or nothing where there is no link."""
    if match["scheme"]:
        authority = re.split(r"[/?#\\]", match["rest"].lstrip("/\\"), maxsplit=1)[0]
        return authority.rpartition("@")[2].partition(":")[0].rstrip(_TRAILING).casefold()
    host, ending = match["host"], match["host"].rpartition(".")[2]
    if (match["path"] or "").startswith("/") and ending.islower():
        return host.casefold()
    written = host == host.lower() or host.lower().startswith("www.") or ending.isupper()
    known = ending.casefold() in _ENDINGS or host.lower().startswith("www.")
    return host.casefold() if written and known else ""
