"""The Web API over HTTP: who asks, what is allowed, what goes wrong, and the answer."""

import asyncio
import inspect
import json
from dataclasses import dataclass
from typing import Any, NoReturn

from aiohttp import web

from . import methods as _methods  # noqa: F401 - importing registers every method
from .calls import METHODS, Call, Method, SlackError
from .faults import Faults
from .limits import Meters
from .state import Json, State, Token


@dataclass
class Recorded:
    """One call as it came in, with what was answered: "ok" or Slack's error; None while it hangs."""

    method: str
    args: Json
    at: float
    answer: str | None = None


class Hangs:
    """Requests that are never answered wait here, until the client goes or the fake stops."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()

    async def forever(self, request: web.Request) -> NoReturn:
        while not self.stopping.is_set() and request.transport is not None:
            try:
                await asyncio.wait_for(self.stopping.wait(), 0.05)
            except TimeoutError:
                continue
        raise cut(request)


def cut(request: web.Request) -> BaseException:
    """End the TCP connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return asyncio.CancelledError()


class WebApi:
    """Answers /api/METHOD."""

    def __init__(self, state: State, meters: Meters, faults: Faults, hangs: Hangs) -> None:
        self.state = state
        self.meters = meters
        self.faults = faults
        self.hangs = hangs
        self.base_url = ""
        self.calls: list[Recorded] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            args = await arguments(request)
        except SlackError as refused:
            return answer(refused.answer)
        token = args.pop("token", None) or bearer(request)
        recorded = Recorded(name, args, self.state.clock.now())
        self.calls.append(recorded)
        return await self._answer_or_fail(request, recorded, token)

    async def _answer_or_fail(self, request: web.Request, recorded: Recorded, token: str | None) -> web.StreamResponse:
        fault = self.faults.draw(recorded.method)
        if fault and fault.startswith("slow:"):
            await asyncio.sleep(float(fault.removeprefix("slow:")))
            fault = None
        if fault and not fault.endswith("_after_accept"):
            return await self._fail(request, recorded, fault)
        response = await self._answer(recorded, token)
        if fault:
            return await self._fail(request, recorded, fault.removesuffix("_after_accept"))
        return response

    async def _fail(self, request: web.Request, recorded: Recorded, fault: str) -> web.StreamResponse:
        kind, _, detail = fault.partition(":")
        recorded.answer = recorded.answer or fault
        if kind == "429":
            return self._too_many(recorded, float(detail or 1), "fault")
        if kind == "error":
            recorded.answer = detail
            return answer({"ok": False, "error": detail})
        if kind == "500":
            return web.Response(status=500, text="Internal Server Error")
        if kind == "garbage":
            return web.Response(text="<html><body>Bad gateway</body></html>", content_type="text/html")
        if kind == "close":
            raise cut(request)
        return await self.hangs.forever(request)

    def _too_many(self, recorded: Recorded, wait: float, limit: str) -> web.Response:
        recorded.answer = "ratelimited"
        # A planned fault names the seconds it wants in the header; the clock's speed does not change them.
        seconds = wait * self.state.clock.speed
        refusal = self.meters.refuse(recorded.method, recorded.args.get("channel"), seconds, limit)
        return limited(refusal.retry_after)

    async def _answer(self, recorded: Recorded, value: str | None) -> web.Response:
        token = self.state.tokens.get(value or "")
        headers = scope_headers(token, METHODS.get(recorded.method))
        try:
            method = known(recorded.method)
            allowed = admitted(token, value, method)
            refusal = self.meters.admit(method.name, method.tier, self._lane(recorded.args))
            if refusal is not None:
                recorded.answer = "ratelimited"
                return limited(refusal.retry_after)
            result = await self._run(method, Call(self.state, allowed, recorded.args, self.base_url))
        except SlackError as refused:
            recorded.answer = str(refused)
            return answer(refused.answer, headers)
        recorded.answer = "ok"
        return answer(result, headers)

    def _lane(self, args: Json) -> str | None:
        """The channel a call counts against, by its id however it was named."""
        named = args.get("channel")
        if not isinstance(named, str):
            return None
        channel = self.state.known_direct(named) or self.state.find_channel(named)
        return channel.id if channel else named

    @staticmethod
    async def _run(method: Method, call: Call) -> Json:
        result = method.answer(call)
        body: Json = await result if inspect.isawaitable(result) else result
        if call.warnings:
            metadata = {**body.get("response_metadata", {}), **call.warnings}
            body = {**body, "warning": ",".join(call.warnings["warnings"]), "response_metadata": metadata}
        return {"ok": True, **body}


async def arguments(request: web.Request) -> Json:
    """Query, form and JSON alike, as Slack takes them; a token inside a JSON body counts for nothing."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await json_body(request)
        body.pop("token", None)
        return {**args, **body}
    if request.can_read_body:
        args.update(await request.post())
    return args


async def json_body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


def bearer(request: web.Request) -> str | None:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value if kind.lower() == "bearer" else None


def known(name: str) -> Method:
    if name not in METHODS:
        raise SlackError("unknown_method", req_method=name)
    return METHODS[name]


def admitted(token: Token | None, value: str | None, method: Method) -> Token:
    """The token, if Slack would let it call this method."""
    if not value:
        raise SlackError("not_authed")
    if token is None:
        raise SlackError("invalid_auth")
    if token.trouble:
        raise SlackError(token.trouble)
    if token.is_app != method.needs_app_token and method.name != "auth.test":
        raise SlackError("not_allowed_token_type")
    if method.scope and method.scope not in token.scopes:
        raise SlackError("missing_scope", needed=method.scope, provided=",".join(sorted(token.scopes)))
    return token


def scope_headers(token: Token | None, method: Method | None) -> dict[str, str]:
    headers = {"x-oauth-scopes": ",".join(sorted(token.scopes))} if token else {}
    if method and method.scope:
        headers["x-accepted-oauth-scopes"] = method.scope
    return headers


def answer(body: Json, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, headers=headers)


def limited(retry_after: int) -> web.Response:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(retry_after)})
