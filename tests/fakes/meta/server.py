"""The fake Meta itself: one loopback server with the Graph API, and hands for whoever plays the customers."""

import asyncio
import hashlib
import hmac
import json
from collections import deque
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import web

from tests.fakes.slack.clock import Clock
from tests.fakes.slack.web_api import cut

from .errors import GraphError, token_dead
from .reading import Reading
from .telling import Telling
from .world import Limits, World
from .writing import Writing

VERSION = "v24.0"


@dataclass(frozen=True)
class Called:
    """One call as it came: what stood in its address too, since no token may."""

    method: str
    path: str
    query: dict[str, str]
    address: str


class FakeMeta:
    """`async with FakeMeta() as meta:` one page and one Instagram account.

    `faults` are met by the next calls: an int is answered as that status with Meta's words (429 as code 32, 503 as code 2), "cut" hangs up
    before anything is done, "lost" does what is asked and hangs up, "garbage" answers a page, "hang" never answers, "redirect" sends elsewhere.
    `send_faults` wait for a POST.
    """

    def __init__(self, *, limits: Limits | None = None, clock: Clock | None = None) -> None:
        self.world = World(clock or Clock(), limits or Limits())
        self.telling = Telling(self.world)
        self.reading, self.writing = Reading(self.world), Writing(self.world)
        self.calls: list[Called] = []
        self.faults: deque[int | str | GraphError] = deque()
        self.send_faults: deque[int | str | GraphError] = deque()
        self.slow = 0.0  # seconds before each answer
        self.dead_token = 0  # the subcode of what became of it
        self.url = ""
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4_000_000)
        app.router.add_route("*", f"/{VERSION}/{{path:.*}}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = self.reading.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/{VERSION}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._stopping.set()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        query = dict(parse_qsl(request.query_string))
        self.calls.append(Called(request.method, path, query, str(request.rel_url)))
        await asyncio.sleep(self.slow)
        fault = self.send_faults.popleft() if request.method == "POST" and path and self.send_faults else None
        fault = fault if fault is not None else self.faults.popleft() if self.faults else None
        if fault is not None and fault != "lost":
            return await self._fail(request, fault)
        answer = await self._answer(request, path, query)
        if fault == "lost":
            raise cut(request)
        return answer

    async def _fail(self, request: web.Request, fault: int | str | GraphError) -> web.StreamResponse:
        match fault:
            case "cut":
                raise cut(request)
            case "garbage":
                return web.Response(text="<html>Sorry, something went wrong.</html>", content_type="text/html")
            case "redirect":
                return web.HTTPFound(f"{self.url}/elsewhere")
            case "hang":
                await self._stopping.wait()
                raise cut(request)
            case GraphError():
                return _refused(fault)
            case 429:
                return _refused(GraphError(32, "(#32) Page request limit reached", status=403))
            case 401:
                return _refused(token_dead())
            case _:
                down = GraphError(2, "Service temporarily unavailable", status=int(fault), transient=True)
                return _refused(down)

    async def _answer(self, request: web.Request, path: str, query: dict[str, str]) -> web.Response:
        try:
            body = await _body(request)
            token = self._admit(request, query, body)
            query.pop("appsecret_proof", None)
            self.world.count_call()
            return web.json_response(self._done(request.method, path, query, body, token))
        except GraphError as refused:
            return _refused(refused)

    def _admit(self, request: web.Request, query: dict[str, str], body: dict[str, Any]) -> str:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        app = f"{self.world.app_id}|{self.world.app_secret}"
        if not token:
            raise GraphError(2500, "An active access token must be used to query information about the current user.")
        if token not in (self.world.token, app) or (token != app and self.dead_token):
            raise token_dead(self.dead_token or 467)
        proof = str(query.get("appsecret_proof") or body.pop("appsecret_proof", ""))
        right = hmac.new(self.world.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(proof, right):
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument")
        return token

    def _done(self, method: str, path: str, query: dict[str, str], body: dict[str, Any], token: str) -> Any:
        if method == "GET":
            return self.reading.read(path, query)
        if method == "DELETE":
            return self.writing.delete(path)
        return self._batch(body, token) if not path else self.writing.post(path, body)

    def _batch(self, body: dict[str, Any], token: str) -> list[dict[str, Any]]:
        """Of `debug_token` alone: what it tells, it tells an app."""
        (asked,) = json.loads(body["batch"])
        path, _, query = str(asked["relative_url"]).partition("?")
        if path != "debug_token" or token != f"{self.world.app_id}|{self.world.app_secret}":
            return [{"code": 400, "body": json.dumps(GraphError(100, "(#100) You must provide an app access token").answer)}]
        known = dict(parse_qsl(query)).get("input_token") == self.world.token and not self.dead_token
        told = {"app_id": self.world.app_id, "type": "PAGE", "is_valid": known, "scopes": self.world.scopes if known else []}
        ends = {"expires_at": self.world.expires_at, "data_access_expires_at": self.world.data_access_expires_at}
        return [{"code": 200, "body": json.dumps({"data": {**told, **ends}})}]


async def _body(request: web.Request) -> dict[str, Any]:
    if request.method != "POST":
        return {}
    try:
        body = await request.json()
    except ValueError:
        raise GraphError(100, "(#100) Invalid parameter") from None
    return dict(body)


def _refused(refused: GraphError) -> web.Response:
    return web.json_response(refused.answer, status=refused.status, headers=refused.headers)
