"""The fake Slack itself: one loopback server with everything behind it, and what tests read from it."""

import asyncio
from copy import deepcopy
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from .clock import Clock
from .delivery import Delivery
from .events import Events
from .faults import Faults
from .limits import Limits, Meters, Refusal
from .modals import Modals
from .side_doors import SideDoors
from .socket_mode import SocketMode
from .state import ALL_BOT_SCOPES, Channel, Ephemeral, Json, State, Token, User
from .transcript import as_html, as_json
from .web_api import Hangs, Recorded, WebApi, cut

BODY_LIMIT = 64 * 1024 * 1024


class FakeSlack(Modals):
    """`async with FakeSlack() as slack:` a whole Slack workspace with one app in it, at `slack.base_url`.

    `slack.down = True` answers 503 to everything and drops the sockets; "refuse" cuts every connection at once.
    """

    def __init__(self, *, limits: Limits | None = None, clock: Clock | None = None, speed: float = 1.0, port: int = 0) -> None:
        self.limits = limits or Limits()
        self.clock = clock or Clock(speed)
        self.state = State(self.clock, self.limits)
        self.meters = Meters(self.limits, self.clock)
        self.faults = Faults()
        self.hangs = Hangs()
        self.api = WebApi(self.state, self.meters, self.faults, self.hangs)
        self.side_doors = SideDoors(self.state, self.faults)
        self.sockets = SocketMode(self.state)
        self.signing_secret = "fake-signing-secret"
        self.delivery = Delivery(self.limits, self.sockets, self.signing_secret)
        self.events = Events(self.state, self.delivery)
        self.bot_token = self.add_token("xoxb-fake-bot").value
        self.app_token = self.add_token("xapp-fake-app", {"connections:write"}, is_app=True).value
        self.base_url = ""
        self.pages: list[web.RouteDef] = []  # further routes, to be added before the start
        self._down: bool | str = False
        self._port = port
        self._runner: web.AppRunner | None = None
        self._background: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._routes(), shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        await self.listen()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.hangs.stopping.set()
        await self.events.close()
        await self.sockets.close()
        await self.delivery.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def listen(self) -> None:
        """Open the port (again, after `stop_listening`: the same one)."""
        assert self._runner is not None
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.base_url = self.api.base_url = f"http://127.0.0.1:{self._port}/api/"

    async def stop_listening(self) -> None:
        """Close the port and every socket: connections are refused, as when Slack cannot be reached."""
        assert self._runner is not None
        for site in list(self._runner.sites):
            await site.stop()
        await self.sockets.cut()

    @property
    def down(self) -> bool | str:
        return self._down

    @down.setter
    def down(self, value: bool | str) -> None:
        self._down = value
        if value:
            task = asyncio.get_running_loop().create_task(self.sockets.cut())
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    @property
    def http_target(self) -> str | None:
        """Where signed requests go; None means Socket Mode."""
        return self.delivery.http_target

    @http_target.setter
    def http_target(self, url: str | None) -> None:
        self.delivery.http_target = url

    def add_token(self, value: str, scopes: set[str] | None = None, *, is_app: bool = False) -> Token:
        """A further token; with every bot scope when none are named."""
        token = Token(value, set(ALL_BOT_SCOPES if scopes is None else scopes), is_app)
        self.state.tokens[value] = token
        return token

    def token(self, value: str | None = None) -> Token:
        """The bot's token (or another): set its `scopes` and its `trouble`."""
        return self.state.tokens[value or self.bot_token]

    def add_user(self, name: str, **more: Any) -> User:
        """A person; `user_id`, `email`, `locale`, `tz`, `is_admin` … as in `State.add_user`."""
        return self.state.add_user(name, **more)

    def add_channel(self, name: str, **more: Any) -> Channel:
        """A channel; `channel_id`, `members`, `bot=False`, `is_private`, `is_ext_shared`, `is_archived`."""
        return self.state.add_channel(name, **more)

    def channel(self, name: str) -> Channel:
        """By id or name; a person's id gives the direct conversation with the bot."""
        if name in self.state.users:
            return self.state.direct(name)
        found = self.state.find_channel(name)
        if found is None:
            raise KeyError(name)
        return found

    def messages_to(self, user: str) -> list[Json]:
        """What the bot told this person alone: direct messages and ephemeral ones, oldest first."""
        direct = [m for m in self.state.direct(user).messages if m.get("bot_id") == self.state.bot_id]
        alone = [e.message for e in self.state.ephemerals if e.user == user]
        return deepcopy(sorted([*direct, *alone], key=lambda m: float(m["ts"])))

    @property
    def ephemerals(self) -> list[Ephemeral]:
        return self.state.ephemerals

    @property
    def calls(self) -> list[Recorded]:
        """Every Web API call in order of arrival."""
        return self.api.calls

    def calls_of(self, method: str) -> list[Recorded]:
        return [call for call in self.api.calls if call.method == method]

    @property
    def rate_limited(self) -> list[Refusal]:
        """Every 429 that was handed out."""
        return self.meters.refused

    def transcript(self, channel: str) -> Json:
        """A channel with its threads, people and blocks, to render pictures from."""
        return as_json(self.state, self.channel(channel))

    def transcript_html(self, channel: str) -> str:
        return as_html(self.transcript(channel))

    def _routes(self) -> web.Application:
        app = web.Application(middlewares=[self._when_down], client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/api/{method:[A-Za-z0-9_.]*}", self.api.handle)
        app.router.add_get("/link/", self.sockets.handle)
        app.router.add_post("/response/{id}", self.side_doors.respond)
        app.router.add_post("/upload/v1/{id}", self.side_doors.upload)
        app.router.add_routes(self.pages)
        return app

    @web.middleware
    async def _when_down(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._down == "refuse":
            raise cut(request)
        if self._down:
            return web.Response(status=503, text="Service Unavailable")
        return await handler(request)
