"""A door for any source that can POST: /hooks/{source}, signed as Standard Webhooks lays down (standardwebhooks.com).

The answer 200 means stored. 4xx says why, field by field, and the raw body is kept aside; 503 means come again: nothing was taken.
"""

import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.bodies import bounded
from bot.checkup import Finding, ok, unset, wrong
from bot.settings import Settings
from bot.wire import Malformed, read_mention
from handlers.inbox import Inbox
from handlers.intake import Overloaded

log = structlog.get_logger()
MOST = 1_000_000  # bytes of a body
AGE_MOST = 300  # seconds between our clock and the sender's
SECRET_LEAST = 24  # bytes, as Standard Webhooks asks
OTHER_NAMES = {"svix-id": "webhook-id", "svix-timestamp": "webhook-timestamp", "svix-signature": "webhook-signature"}


@dataclass(frozen=True)
class WebhookDoor:
    """`secrets`: source → `whsec_…`, or several between spaces while one is replaced by another."""

    inbox: Inbox
    secrets: Mapping[str, SecretStr]

    def routes(self) -> list[Route]:
        return [Route("/hooks/{source}", self.deliver, methods=["POST"])]

    async def deliver(self, request: Request) -> JSONResponse:
        source = request.path_params["source"]
        body = await bounded(request, MOST)
        if body is None:
            return _answer(413, "too_large", most=MOST)
        delivery = self._verified(source, request, body)
        if delivery is None:
            return _answer(401, "signature")
        try:
            receipt = await self.inbox.take(source, delivery, read_mention(body, source))
        except Malformed as error:
            return await self._refuse(source, body, error)
        except Overloaded:
            return _answer(503, "overloaded", headers={"Retry-After": "5"})
        except Exception:
            log.exception("webhook_not_stored", source=source)
            return _answer(503, "not_stored", headers={"Retry-After": "30"})
        return JSONResponse({"case": receipt.case_id, "new": receipt.new} if receipt else {"new": False})

    def _verified(self, source: str, request: Request, body: bytes) -> str | None:
        """The delivery's id if any secret of the source signed it within five minutes."""
        given = {OTHER_NAMES.get(name, name): value for name, value in request.headers.items()}
        delivery, at, signatures = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        if not (delivery and at.isascii() and at.isdigit() and abs(time.time() - int(at[:20])) <= AGE_MOST):
            return None
        signed = f"{delivery}.{at}.".encode() + body
        for secret in self.secrets[source].get_secret_value().split() if source in self.secrets else ():
            right = b64encode(hmac.digest(_key(secret), signed, "sha256")) if _can_sign([secret]) else None
            if right and any(hmac.compare_digest(b"v1," + right, one.encode()) for one in signatures.split()):
                return delivery
        return None

    async def _refuse(self, source: str, body: bytes, error: Malformed) -> JSONResponse:
        """What cannot be read is kept aside for a look; if even that fails it must come again."""
        try:
            await self.inbox.set_aside(source, body.decode(errors="replace"), str(error))
        except Exception:
            log.exception("webhook_not_kept_aside", source=source)
            return _answer(503, "not_stored", headers={"Retry-After": "30"})
        return _answer(422, "malformed", fields={one.field: one.problem for one in error.problems})


def _answer(status: int, error: str, headers: Mapping[str, str] | None = None, **more: object) -> JSONResponse:
    return JSONResponse({"error": error, **more}, status, headers=headers)


def look_at_webhooks(settings: Settings) -> Iterator[Finding]:
    """What `check` finds out about this door."""
    if not settings.webhook_secrets:
        yield unset("check.webhook_unset")
    for source, secret in settings.webhook_secrets.items():
        if _can_sign(secret.get_secret_value().split()):
            yield ok("check.webhook_well", source=source, url=f"{settings.public_url.rstrip('/')}/hooks/{source}")
        else:
            yield wrong("check.webhook_secret", source=source)


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix("whsec_") + "==")


def _can_sign(secrets: Sequence[str]) -> bool:
    try:
        return bool(secrets) and all(len(_key(secret)) >= SECRET_LEAST for secret in secrets)
    except ValueError:
        return False
