"""The fake's HTTP: tokens that end, limits that are counted, and faults on demand."""

import base64
import json
import secrets
from collections import deque
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from .calls import CHANGES, Calls
from .limits import Limits
from .rules import BadRequest
from .world import Account, World

BUSY, BROKEN, LOST, DEAD_TOKEN, CUT = "busy", "broken", "lost", "dead_token", "cut"
ACCESS, REFRESH = "access", "refresh"
LIVES = {ACCESS: 7200, REFRESH: 90 * 86400}  # seconds
Json = dict[str, Any]


@dataclass(frozen=True)
class Token:
    kind: str
    did: str
    ends: float


class Answer(Exception):
    def __init__(self, status: int, name: str, message: str = "", **headers: str) -> None:
        super().__init__(name)
        self.status, self.name, self.message, self.headers = status, name, message, headers


class FakeBluesky:
    """`async with FakeBluesky() as fake: fake.url`. Its clock may be turned."""

    def __init__(self, world: World | None = None, handle: str = "meridia.test") -> None:
        self.world = world or World()
        self.us = self.world.account(handle, "Meridia", 5000)
        self.password = "abcd-efgh-ijkl-mnop"  # as app passwords look
        self.calls, self.limits = Calls(self.world), Limits()
        self.faults: deque[str] = deque()
        self.tokens: dict[str, Token] = {}
        self.asked: list[tuple[str, Json]] = []  # every call, by name
        self.elsewhere = ""  # what the account's document says of its server, "" for this one

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2_000_000)
        app.router.add_route("*", "/xrpc/{name}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def revoke(self) -> None:
        """The app password is taken away: sessions that stand go on until they are renewed."""
        self.password = secrets.token_hex(8)
        self.tokens = {token: one for token, one in self.tokens.items() if one.kind == ACCESS}

    def end_sessions(self) -> None:
        self.tokens = {}

    def times(self, name: str) -> int:
        return sum(1 for one, _ in self.asked if one == name)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        said = await _said(request)
        self.asked.append((name, said))
        fault = self._next_fault(name)
        try:
            if fault in (CUT, BUSY, BROKEN):
                return self._fails(fault, request)
            body = self._done(request, name, said, dead=fault == DEAD_TOKEN)
        except Answer as answer:
            told = {"error": answer.name, "message": answer.message}
            return web.json_response(told, status=answer.status, headers=answer.headers)
        except BadRequest as error:
            status = 501 if error.name == "MethodNotImplemented" else 400
            return web.json_response({"error": error.name, "message": str(error)}, status=status)
        except ConnectionError:
            return web.json_response({"error": "UpstreamFailure", "message": "Upstream service unreachable"}, status=502)
        if fault == LOST:
            return _hung_up(request)
        return web.json_response(body)

    def _next_fault(self, name: str) -> str:
        if not self.faults or (self.faults[0] == LOST and name not in CHANGES):
            return ""
        return self.faults.popleft()

    def _fails(self, fault: str, request: web.Request) -> web.StreamResponse:
        if fault == BUSY:
            raise _busy((3000, 300, int(self.world.clock()) + 2))
        if fault == CUT:
            return _hung_up(request)
        return web.Response(status=503, text="<html>upstream connect error</html>", content_type="text/html")

    def _done(self, request: web.Request, name: str, said: Json, *, dead: bool) -> Json:
        now = self.world.clock()
        self._count("all", request.remote or "", 1, now)
        if name == "com.atproto.server.createSession":
            return self._log_in(said, now, dead=dead)
        kind = REFRESH if name == "com.atproto.server.refreshSession" else ACCESS
        us = self._whose(request, kind, now, dead=dead)
        if kind == REFRESH:
            self.tokens.pop(request.headers["Authorization"].removeprefix("Bearer "))
            return self._session(us, now)
        if name in CHANGES:
            self._count("write", us.did, self.calls.cost(name, said, us), now)
        try:
            return self.calls.call(name, said, us)
        except PermissionError:
            raise Answer(403, "Forbidden", "Not your repo") from None

    def _log_in(self, said: Json, now: float, *, dead: bool) -> Json:
        if set(said) != {"identifier", "password"}:
            raise BadRequest("Input must have identifier and password")
        self._count("createSession", said["identifier"], 1, now)
        if dead or said["identifier"] not in (self.us.handle, self.us.did) or said["password"] != self.password:
            raise Answer(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session(self.us, now)

    def _session(self, us: Account, now: float) -> Json:
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": self.elsewhere or self.url}
        tokens = {f"{kind}Jwt": self._token(kind, us.did, now) for kind in (ACCESS, REFRESH)}
        return {**tokens, "did": us.did, "handle": us.handle, "active": True, "didDoc": {"id": us.did, "service": [service]}}

    def _token(self, kind: str, did: str, now: float) -> str:
        ends = now + LIVES[kind]
        told = json.dumps({"scope": f"com.atproto.{kind}", "sub": did, "iat": int(now), "exp": int(ends)}).encode()
        token = ".".join(["eyJ0eXAiOiJhdCtqd3QifQ", base64.urlsafe_b64encode(told).decode().rstrip("="), secrets.token_urlsafe(32)])
        self.tokens[token] = Token(kind, did, ends)
        return token

    def _whose(self, request: web.Request, kind: str, now: float, *, dead: bool) -> Account:
        token = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if dead or token is None or token.kind != kind:
            if kind == REFRESH:
                raise BadRequest("Token has been revoked", "ExpiredToken")
            raise Answer(401, "InvalidToken", "Token could not be verified")
        if token.ends <= now:
            raise BadRequest("Token has expired", "ExpiredToken")
        return self.world.accounts[token.did]

    def _count(self, name: str, who: str, points: int, now: float) -> None:
        hit = self.limits.spend(name, who, points, now)
        if hit:
            raise _busy(hit)


async def _said(request: web.Request) -> Json:
    if request.method == "POST":
        body = await request.read()
        return dict(json.loads(body)) if body else {}
    names = dict.fromkeys(request.query)
    return {name: values[0] if len(values := request.query.getall(name)) == 1 else values for name in names}


def _busy(hit: tuple[int, int, int]) -> Answer:
    most, window, ends = hit
    headers = {
        "RateLimit-Limit": str(most),
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": str(ends),
        "RateLimit-Policy": f"{most};w={window}",
    }
    return Answer(429, "RateLimitExceeded", "Rate Limit Exceeded", **headers)


def _hung_up(request: web.Request) -> web.Response:
    """Nobody reads this answer any more."""
    if request.transport:
        request.transport.abort()
    return web.Response()
