"""The fake Teams itself: one loopback server with everything behind it, and what tests read from it."""

import uuid
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.fakes.slack.clock import Clock
from tests.fakes.slack.web_api import Hangs, cut

from .acting import Dialog
from .calls import Desk, Recorded
from .connector import Connector
from .delivery import Answer, Delivery
from .entra import Entra
from .events import Events
from .faults import Faults
from .graph import Graph
from .keys import CLOUDS, Keyring
from .limits import Limits, Meters, Refusal
from .state import Conversation, Message, Person, State, Team

BODY_LIMIT = 4 * 1024 * 1024


class FakeTeams(Events):
    """`async with FakeTeams() as teams:` one organisation on Teams with one bot in it.

    Set `bot_endpoint` to the bot's /api/messages. `teams.down = True` answers 503 to everything the bot asks; "refuse" cuts
    every connection at once.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        speed: float = 1.0,
        port: int = 0,
        client_id: str = "",
        tenant_id: str = "",
        cloud: str = "public",
    ) -> None:
        self.client_id = client_id or str(uuid.uuid4())
        self.client_secret = "fake-client-secret"
        self.tenant_id = tenant_id or str(uuid.uuid4())
        self.limits = limits or Limits()
        self.clock = clock or Clock(speed)
        self.state = State(self.clock, self.client_id, self.tenant_id)
        self.meters = Meters(self.limits, self.clock)
        self.faults = Faults()
        self.hangs = Hangs()
        self.cloud = CLOUDS[cloud]
        self.keyring = Keyring(self.cloud.issuer)
        self.calls: list[Recorded] = []
        self.warned: list[str] = []  # what is wrong with cards that Teams took all the same
        self.dialogs: dict[str, Dialog] = {}
        self.notes: dict[str, list[str]] = {}
        self.entra = Entra(self.state, self.limits, self.client_secret, self.keyring, self.cloud)
        self.connector = Connector(self.state, self.limits, self.meters, self.entra, self.warned)
        self.graph = Graph(self.state, self.entra)
        self.delivery = Delivery(self.limits, self.keyring, self.client_id)
        self.pages: list[web.RouteDef] = []  # further routes, to be added before the start
        self.down: bool | str = False
        self.url = ""
        self._desk = Desk(self.clock, self.meters, self.faults, self.hangs, self.calls)
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._routes(), shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        await self.listen()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.hangs.stopping.set()
        await self.delivery.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def listen(self) -> None:
        """Open the port (again, after `stop_listening`: the same one)."""
        assert self._runner is not None
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = self.entra.url = f"http://127.0.0.1:{self._port}"
        self.delivery.service_url = self.connector.service_url = self.service_url
        self.graph.url = f"{self.url}/graph"

    async def stop_listening(self) -> None:
        """Close the port: connections are refused, as when Teams cannot be reached."""
        assert self._runner is not None
        for site in list(self._runner.sites):
            await site.stop()

    @property
    def service_url(self) -> str:
        return f"{self.url}/teams/"

    @property
    def login_url(self) -> str:
        return f"{self.url}/login"

    @property
    def openid_url(self) -> str:
        return f"{self.url}/v1/.well-known/openidconfiguration"

    @property
    def graph_url(self) -> str:
        return f"{self.url}/graph/v1.0"

    @property
    def bot_endpoint(self) -> str:
        """Where activities go."""
        return self.delivery.bot_endpoint

    @bot_endpoint.setter
    def bot_endpoint(self, url: str) -> None:
        self.delivery.bot_endpoint = url

    def forging(self, how: str) -> Any:
        """`with teams.forging("audience"):` what is sent meanwhile is not from Teams; see `keys.FORGERIES`."""
        return self.delivery.forging(how)

    def rotate_keys(self, *, forget: bool = True) -> None:
        """Another key signs from now on."""
        self.keyring.rotate(forget=forget)

    def add_user(self, name: str, **more: Any) -> Person:
        """A person, who joins every team there is; `user_id` (29:…), `aad_id`, `email`, `locale`, `tenant_id`, `role`, `has_app`."""
        return self.state.add_person(name, **more)

    def add_team(self, name: str, *, members: list[Person] | None = None, bot: bool = True) -> Team:
        return self.state.add_team(name, members=members, bot=bot)

    def add_channel(self, name: str, *, channel_id: str | None = None, team: Team | None = None) -> Conversation:
        """In the first team there is; one is made when there is none."""
        home = team or next(iter(self.state.teams.values()), None) or self.add_team("Crisis team")
        return self.state.add_channel(name, home, channel_id)

    def add_group_chat(self, name: str, *users: str) -> Conversation:
        """Of several people, without the bot."""
        return self.state.add_group_chat(name, [self._person(one) for one in users])

    def user(self, named: str) -> Person:
        return self._person(named)

    def channel(self, named: str) -> Conversation:
        """By id or name: `.messages` are the beginnings of threads, each with its `.replies`; `.posts` is all that the bot said."""
        for one in self.state.conversations.values():
            if one.team and named in (one.id, one.name):
                return one
        raise KeyError(named)

    def chat(self, user: str) -> Conversation:
        """Somebody's own chat with the bot."""
        return self.state.chat(self._person(user))

    def message(self, message_id: str) -> Message:
        found = self.state.message(message_id)
        if found is None:
            raise KeyError(message_id)
        return found

    def dialog(self, user: str) -> Dialog | None:
        """What stands open before them."""
        return self.dialogs.get(self._person(user).aad_object_id)

    def told(self, user: str) -> list[str]:
        """What this person alone was told in answer to a click or in a dialog, oldest first."""
        return list(self.notes.get(self._person(user).aad_object_id, []))

    @property
    def answers(self) -> list[Answer]:
        """Every answer of the bot, in the order in which it came."""
        return self.delivery.answers

    def calls_of(self, operation: str) -> list[Recorded]:
        return [call for call in self.calls if call.operation == operation]

    @property
    def rate_limited(self) -> list[Refusal]:
        """Every 429 that was handed out."""
        return self.meters.refused

    def _routes(self) -> web.Application:
        app = web.Application(middlewares=[self._when_down], client_max_size=BODY_LIMIT)
        takes, service = self._desk.takes, self.connector
        here, there = "/teams/v3/conversations/{conversation}", "/graph/v1.0/teams/{team}/channels/{channel}"
        for verb, path, operation, handler in (
            ("POST", "/teams/v3/conversations", "create", service.create),
            ("POST", f"{here}/activities", "send", service.send),
            ("POST", f"{here}/activities/{{activity}}", "send", service.send),
            ("PUT", f"{here}/activities/{{activity}}", "update", service.update),
            ("DELETE", f"{here}/activities/{{activity}}", "delete", service.delete),
            ("GET", f"{here}/members", "members", service.members),
            ("GET", f"{here}/members/{{member}}", "members", service.member),
            ("GET", f"{here}/{{pages:paged[mM]embers}}", "members", service.paged_members),
            ("GET", "/teams/v3/teams/{team}", "team", service.team),
            ("GET", "/teams/v3/teams/{team}/conversations", "team", service.channels),
            ("GET", "/graph/v1.0/teams/{team}", "graph", self.graph.team),
            ("GET", f"{there}/messages", "graph", self.graph.messages),
            ("GET", f"{there}/messages/{{message}}/replies", "graph", self.graph.replies),
            ("POST", "/login/{tenant}/oauth2/v2.0/token", "token", self.entra.token),
            ("GET", "/v1/.well-known/openidconfiguration", "openid", self.entra.openid),
            ("GET", "/v1/.well-known/keys", "keys", self.entra.keys),
        ):
            app.router.add_route(verb, path, takes(operation, handler))
        app.router.add_routes(self.pages)
        return app

    @web.middleware
    async def _when_down(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.down == "refuse":
            raise cut(request)
        if self.down:
            return web.Response(status=503, text="Service Unavailable")
        return await handler(request)
