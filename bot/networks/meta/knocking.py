"""Where Meta knocks: /hooks/meta. What it tells is proven by its signature, and answered once it is stored.

The same event may come twice, and several in one body. 503 means come again: Meta does, with less and less haste, for 36 hours.
"""

import asyncio
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.bodies import bounded
from bot.networks.meta.accounts import Account
from bot.networks.meta.completing import Completing
from bot.networks.meta.events import told
from bot.networks.meta.graph import Graph
from handlers.inbox import Inbox
from handlers.networks import Gone, Unread
from handlers.ports import Mention

log = structlog.get_logger()
PATH = "/hooks/meta"
MOST = 1_000_000  # bytes of a body
PATIENCE = 15.0  # seconds: after 20 Meta hangs up ("Messenger Platform FAQ")
SOURCE = "meta"
COME_AGAIN = {"Retry-After": "30"}


@dataclass(frozen=True)
class Knocking:
    """`accounts`: what is told of others is kept aside, never taken."""

    inbox: Inbox
    graph: Graph
    accounts: Sequence[Account]
    secret: SecretStr
    verify: SecretStr
    patience: float = PATIENCE
    completing: Completing = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "completing", Completing(self.graph))

    def routes(self) -> list[Route]:
        return [Route(PATH, self.shake_hands, methods=["GET"]), Route(PATH, self.deliver, methods=["POST"])]

    async def shake_hands(self, request: Request) -> Response:
        """Meta asks once, when the address is entered there."""
        asked = request.query_params
        known = _same(asked.get("hub.verify_token", ""), self.verify.get_secret_value())
        if asked.get("hub.mode") != "subscribe" or not known:
            return PlainTextResponse("verify_token", 403)
        return PlainTextResponse(asked.get("hub.challenge", "")[:1000])

    async def deliver(self, request: Request) -> Response:
        body = await bounded(request, MOST)
        if body is None:
            return PlainTextResponse("too_large", 413)
        if not self._is_signed(request.headers.get("x-hub-signature-256", ""), body):
            return PlainTextResponse("signature", 401)
        try:
            async with asyncio.timeout(self.patience):
                await self._store(body)
        except Exception:
            log.exception("webhook_not_stored", source=SOURCE)
            return PlainTextResponse("not_stored", 503, headers=COME_AGAIN)
        return PlainTextResponse("stored")

    def _is_signed(self, signature: str, body: bytes) -> bool:
        right = hmac.digest(self.secret.get_secret_value().encode(), body, "sha256").hex()
        return _same(signature, f"sha256={right}")

    async def _store(self, body: bytes) -> None:
        """First what was said, then what was taken back: both may come in one body."""
        try:
            read = json.loads(body)
        except ValueError as error:
            await self.inbox.set_aside(SOURCE, body.decode(errors="replace"), f"{type(error).__name__}: {error}")
            return
        news = [(account, await self.completing.whole(account, one)) for account, one in told(read, self.accounts)]
        await asyncio.gather(*(self.inbox.keep(one) for _, one in news if isinstance(one, Mention)))
        for account in self.accounts:
            gone = [one.external_id for whose, one in news if whose is account and isinstance(one, Gone)]
            if gone:
                await self.inbox.gone(account.network, gone)
        for _, one in news:
            if isinstance(one, Unread):
                await self.inbox.set_aside(SOURCE, one.raw, one.because)


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), right.encode())
