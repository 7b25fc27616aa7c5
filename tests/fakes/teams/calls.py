"""One call to the service: how it is refused, what is kept of it, and what goes wrong with it when it should."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.slack.clock import Clock
from tests.fakes.slack.web_api import Hangs, cut

from .faults import Faults
from .limits import Meters
from .state import Json

# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages#status-codes-from-bot-conversational-apis
WORDS = {
    "ActivityNotFoundInConversation": "Conversation not found.",
    "BotDisabledByAdmin": "The tenant admin disabled this bot",
    "BotNotInConversationRoster": "The bot is not part of the conversation roster.",
    "ConversationBlockedByUser": "User blocked the conversation with the bot.",
    "ConversationNotFound": "Conversation not found.",
    "ForbiddenOperationException": "The bot is not allowed to do this.",
    "MessageSizeTooBig": "Message size too large.",
    "PreconditionFailed": "Precondition failed, please try again.",
    "ServiceError": "Unknown service error.",
    "Throttled": "Too many requests.",
}


class Refused(Exception):
    """The service answers {"error": {"code": …, "message": …}}."""

    def __init__(self, status: int, code: str, message: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message or WORDS.get(code, code)
        self.retry_after = retry_after

    @property
    def response(self) -> web.Response:
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else {}
        return web.json_response({"error": {"code": self.code, "message": self.message}}, status=self.status, headers=headers)


@dataclass
class Recorded:
    """One call as it came in, with what was answered: "ok" or the code of the refusal; None while it hangs."""

    operation: str
    path: str
    conversation: str | None
    body: Any
    at: float
    answer: str | None = None


Handler = Callable[[web.Request, Recorded], Awaitable[web.Response]]


@dataclass(frozen=True)
class Desk:
    """Every call passes here: it is written down, and fails when it is planned to."""

    clock: Clock
    meters: Meters
    faults: Faults
    hangs: Hangs
    calls: list[Recorded]

    def takes(self, operation: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def take(request: web.Request) -> web.StreamResponse:
            conversation = request.match_info.get("conversation")
            recorded = Recorded(operation, request.path, conversation, await _body(request), self.clock.now())
            self.calls.append(recorded)
            return await self._answer_or_fail(request, recorded, handler)

        return take

    async def _answer_or_fail(self, request: web.Request, recorded: Recorded, handler: Handler) -> web.StreamResponse:
        fault = self.faults.draw(recorded.operation)
        if fault and fault.startswith("slow:"):
            await asyncio.sleep(float(fault.removeprefix("slow:")))
            fault = None
        if fault and not fault.endswith("_after_accept"):
            return await self._fail(request, recorded, fault)
        response = await self._answer(request, recorded, handler)
        if fault and response.status < 300:
            return await self._fail(request, recorded, fault.removesuffix("_after_accept"))
        return response

    async def _answer(self, request: web.Request, recorded: Recorded, handler: Handler) -> web.Response:
        try:
            response = await handler(request, recorded)
        except Refused as refused:
            recorded.answer = refused.code
            return refused.response
        recorded.answer = recorded.answer or "ok"
        return response

    async def _fail(self, request: web.Request, recorded: Recorded, fault: str) -> web.StreamResponse:
        kind, _, detail = fault.partition(":")
        recorded.answer = fault if recorded.answer is None else recorded.answer
        if kind == "429":
            # A planned fault names the seconds it wants in the header; the clock's speed does not change them.
            refusal = self.meters.refuse(recorded.operation, recorded.conversation, float(detail or 1) * self.clock.speed, "fault")
            return Refused(429, "Throttled", retry_after=refusal.retry_after).response
        if kind == "error":
            status, _, code = detail.partition(":")
            recorded.answer = code
            return Refused(int(status), code).response
        if kind in ("412", "500", "502"):
            return Refused(int(kind), "PreconditionFailed" if kind == "412" else "ServiceError").response
        if kind in ("503", "504"):  # a gateway in front of the service says these, not the service
            return web.Response(status=int(kind), text="<html><body>Gateway</body></html>", content_type="text/html")
        if kind == "garbage":
            return web.Response(text="<html><body>Bad gateway</body></html>", content_type="text/html")
        if kind == "close":
            raise cut(request)
        return await self.hangs.forever(request)


async def _body(request: web.Request) -> Any:
    if not request.can_read_body:
        return None
    if request.content_type == "application/json":
        try:
            return await request.json()
        except ValueError:
            return None
    return dict(await request.post())


def described(body: Any) -> Json:
    """A JSON object, as every call with a body has one."""
    if not isinstance(body, dict):
        raise Refused(400, "BadSyntax", "Invalid or missing activity payload")
    return body
