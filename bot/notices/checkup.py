"""Finds out, before anybody must be woken, whether each way to tell them would take a notice. None is sent."""

import asyncio
import ssl
from urllib.parse import urlsplit

import aiosmtplib
from pydantic import SecretStr

from bot.checkup import Finding, ok, unset, wrong
from bot.settings import Settings
from bot.submission import entered, send_error, submission

PATIENCE = 10  # seconds


async def look_at_notices(settings: Settings) -> list[Finding]:
    """What `check` finds out about these doors."""
    if not settings.smtp_url and not settings.notice_webhooks:
        return [unset("check.notices_unset")]
    looks = [_look_at_webhook(way, url) for way, url in settings.notice_webhooks.items()]
    mail = [_look_at_mail(settings.smtp_url)] if settings.smtp_url else []
    return [*await asyncio.gather(*mail, *looks), *_left_open(settings)]


async def _look_at_mail(url: SecretStr) -> Finding:
    server = submission(url)
    try:
        async with asyncio.timeout(PATIENCE), entered(server, "localhost") as client:
            await client.noop()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return wrong("check.mail_wrong", host=server.host, reason=send_error(error, handed_over=False).reason)
    return ok("check.mail_well", host=server.host)


async def _look_at_webhook(way: str, url: str) -> Finding:
    """Whether something speaks TLS there, with a certificate that we trust."""
    place = urlsplit(url)
    context = ssl.create_default_context() if place.scheme == "https" else None
    host = place.hostname or ""
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, place.port or (443 if context else 80), ssl=context)
    except ssl.SSLError as error:
        untrusted = isinstance(error, ssl.SSLCertVerificationError)
        return wrong("check.notice_wrong", way=way, host=host, reason="certificate" if untrusted else "not_encrypted")
    except (TimeoutError, OSError) as error:
        reason = "timeout" if isinstance(error, TimeoutError) else "no_connection"
        return wrong("check.notice_wrong", way=way, host=host, reason=reason)
    writer.close()
    return ok("check.notice_well", way=way, host=host)


def _left_open(settings: Settings) -> list[Finding]:
    found = []
    if "pagerduty" in settings.notice_webhooks and "pagerduty" not in settings.notice_keys:
        found.append(unset("check.notice_no_key"))
    if settings.notice_webhooks and not settings.notice_secret:
        found.append(unset("check.notice_unsigned"))
    return found
