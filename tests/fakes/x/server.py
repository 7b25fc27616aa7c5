"""The fake X itself: one loopback server, and what goes wrong with it when it should."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import web

from .acts import Acts
from .guards import Bill, Limits, Refusal, Secrets
from .streaming import Streaming
from .timelines import Timelines
from .world import World

Answer = dict[str, Any]
CHANGES = {"create", "delete", "hide", "dm_create", "dm_delete"}


class FakeX:
    """`async with FakeX() as x:` one account of ours, `x.world.us`.

    `faults`: one per call to come, of busy, broken, lost, dead_token, cut, empty (no credits), garbage (a yes that is no JSON),
    redirect, hang. LOST waits for a call that changes something. `enterprise` may answer anybody.
    """

    def __init__(self, *, heartbeat: float = 0.3) -> None:
        self.world = World()
        self.secrets = Secrets(access_token=f"{self.world.us.id}-fake-access-token")
        self.limits = Limits()
        self.bill = Bill()
        self.faults: deque[str] = deque()
        self.calls: list[str] = []
        self.answers: list[tuple[str, Answer]] = []
        self.level = "read-write-directmessages"
        self.enterprise = False
        self.barred: set[str] = set()  # operations that this app may not use
        self.failing: set[str] = set()  # operations that are away
        self.suspended = False
        self.hides = 0.0  # seconds for which our own posts are not shown in our timeline yet
        self.url = ""
        self.heartbeat = heartbeat
        self.stopping = asyncio.Event()
        self.streaming = Streaming(self)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1024 * 1024)
        app.add_routes(self._routes())
        self._runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        assert site._server
        self.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.stopping.set()
        if self._runner:
            await self._runner.cleanup()

    def _routes(self) -> list[web.RouteDef]:
        timelines, acts, call = Timelines(self), Acts(self), self._call
        return [
            web.get("/2/users/me", call("me", timelines.me)),
            web.get("/2/users/{id}/mentions", call("mentions", timelines.mentions)),
            web.get("/2/users/{id}/tweets", call("tweets_of", timelines.tweets_of)),
            web.get("/2/tweets/search/recent", call("search", timelines.search)),
            web.get("/2/dm_events", call("dm_events", timelines.messages)),
            web.get("/2/dm_conversations/with/{id}/dm_events", call("dm_with", timelines.messages_with)),
            web.post("/2/tweets", call("create", acts.create)),
            web.delete("/2/tweets/{id}", call("delete", acts.delete)),
            web.put("/2/tweets/{id}/hidden", call("hide", acts.hide)),
            web.post("/2/dm_conversations/with/{id}/messages", call("dm_create", acts.message)),
            web.delete("/2/dm_events/{id}", call("dm_delete", acts.delete_message)),
            web.get("/2/tweets/search/stream/rules", call("rules", self.streaming.rules)),
            web.post("/2/tweets/search/stream/rules", call("rules_change", self.streaming.change_rules)),
            web.get("/2/tweets/search/stream", self._stream),
        ]

    def _call(
        self, operation: str, act: Callable[[web.Request, str], Awaitable[Answer]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def called(request: web.Request) -> web.StreamResponse:
            try:
                fault = self._fault(operation)
                self._broken(fault, request)
                headers = self.admit(operation, request)
                answer = await act(request, headers.pop("who"))
            except Refusal as refusal:
                return refusal.response
            self.answers.append((operation, answer))
            if fault == "hang":
                await self.stopping.wait()
            if fault == "lost":
                self._cut(request)
            if fault == "garbage":
                return web.Response(text="<html>oops</html>", content_type="text/html")
            return web.json_response(answer, status=201 if operation.endswith("create") else 200, headers=headers)

        return called

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        try:
            self._broken(self._fault("stream"), request)
            self.admit("stream", request)
            return await self.streaming.stream(request)
        except Refusal as refusal:
            return refusal.response

    def admit(self, operation: str, request: web.Request) -> dict[str, str]:
        who = self.secrets.check(request)
        self.calls.append(operation)
        if self.suspended:
            raise Refusal(403, "Forbidden", "Your account is suspended and is not permitted to access this feature.")
        if operation in self.failing:
            raise Unavailable
        if operation in self.barred:
            raise Refusal(
                403, "Client Forbidden", "This app may not use this endpoint", "https://api.twitter.com/2/problems/client-forbidden"
            )
        return {**self.limits.count(operation, who), "x-access-level": self.level, "who": who}

    def _fault(self, operation: str) -> str:
        if self.faults and (self.faults[0] not in {"lost", "garbage", "hang"} or operation in CHANGES):
            return self.faults.popleft()
        return ""

    def _broken(self, fault: str, request: web.Request) -> None:
        if fault == "cut":
            self._cut(request)
        if fault == "broken":
            raise Unavailable
        if fault == "busy":
            raise Refusal(
                429,
                "Too Many Requests",
                "Too Many Requests",
                **{"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(time.time()) + 1)},
            )
        if fault == "dead_token":
            raise Refusal(401, "Unauthorized", "Unauthorized")
        if fault == "empty":
            raise Refusal(
                402, "CreditsDepleted", "Your enrolled account does not have any credits", "https://api.twitter.com/2/problems/credits"
            )
        if fault == "redirect":
            raise Refusal(307, "Temporary Redirect", "elsewhere", Location="http://127.0.0.1:9/2/tweets")

    def _cut(self, request: web.Request) -> None:
        assert request.transport
        request.transport.abort()
        raise asyncio.CancelledError


class Unavailable(Refusal):
    """Not X's words, but those of whatever stands in front of it."""

    def __init__(self) -> None:
        super().__init__(503, "", "")

    @property
    def response(self) -> web.Response:
        return web.Response(status=503, text="<html><body>Over capacity</body></html>", content_type="text/html")
