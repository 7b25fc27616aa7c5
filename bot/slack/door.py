"""Opens the door to Slack and closes it again. Nothing here waits for Slack: a bot whose Slack is away must still start."""

import asyncio
import itertools
import logging
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.slack.acquaintance import AWAY, Acquaintance
from bot.slack.home import HomeTab
from bot.slack.listeners import register
from bot.slack.replies import Replies
from bot.slack.troubles import Troubles
from bot.slack.workspace import SlackWorkspace
from handlers.use_cases import UseCases

log = structlog.get_logger()
PATH = "/slack/events"
BODY_MOST = 1_000_000  # bytes
PATIENCE = aiohttp.ClientTimeout(total=10)
PING = 3.0  # seconds; also how long the SDK may take to notice that Slack has hung up, while clicks are lost
MEET_EVERY = 300.0  # seconds
AGAIN = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between attempts to connect


@dataclass(frozen=True)
class Access:
    """How to reach Slack: with an app token by Socket Mode, else with a signing secret at /slack/events; with neither we only post."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    language: str = "en"  # of the channels
    api_url: str = "https://slack.com/api/"
    alone: bool = True  # one process only, as on SQLite
    url: str = ""  # of the console


@dataclass(frozen=True)
class SlackDoor:
    workspace: SlackWorkspace
    routes: list[Route]
    session: aiohttp.ClientSession
    troubles: Troubles
    meeting: asyncio.Task[None]
    home: HomeTab
    listening: "Listening | None" = None

    async def hears(self) -> bool:
        """Whether what people do reaches us, as far as can be told from here."""
        return await self.listening.hears() if self.listening else bool(self.routes)

    async def close(self) -> None:
        """Stop listening, finish telling people what they were about to be told, let go of the connections."""
        self.meeting.cancel()
        await asyncio.gather(self.meeting, return_exceptions=True)
        if self.listening:
            await self.listening.close()
        await self.troubles.close()
        await self.home.close()
        await self.session.close()


async def open_slack(acts: UseCases, access: Access) -> SlackDoor:
    session = aiohttp.ClientSession(timeout=PATIENCE)
    how: dict[str, Any] = {"base_url": access.api_url, "session": session, "logger": _quiet()}
    client = AsyncWebClient(token=access.bot_token, retry_handlers=[], **how)
    nobody = AsyncWebClient(retry_handlers=[], **how)  # Bolt gives it our token, request by request
    app = AsyncApp(client=nobody, authorize=_authorize(access.bot_token), signing_secret=access.signing_secret, logger=_quiet())
    acquaintance = Acquaintance(acts.staff, client)
    home = HomeTab(client, acts.home, acts.staff, access.url)
    troubles = register(app, acts, Replies(client, acts.glance, acts.staff, access.language, home), acquaintance)
    listening = Listening(AsyncSocketModeHandler(app, access.app_token, logger=_quiet(), ping_interval=PING)) if access.app_token else None
    routes = []
    if access.signing_secret and not access.app_token:
        routes.append(Route(PATH, _at_events(app, SignatureVerifier(access.signing_secret)), methods=["POST"]))
    meeting = asyncio.create_task(_meet(acquaintance))
    return SlackDoor(SlackWorkspace(client, alone=access.alone), routes, session, troubles, meeting, home, listening)


async def _meet(acquaintance: Acquaintance) -> None:
    while True:
        try:
            await acquaintance.meet()
        except Exception:
            log.exception("slack_people_not_met")
        await asyncio.sleep(MEET_EVERY)


class Listening:
    """A Socket Mode connection: tried until the first one stands, kept open by the SDK afterwards."""

    def __init__(self, socket: AsyncSocketModeHandler) -> None:
        self._socket: Any = socket
        self._connecting = asyncio.create_task(self._connect())

    async def hears(self) -> bool:
        return bool(await self._socket.client.is_connected())

    async def close(self) -> None:
        self._connecting.cancel()
        await asyncio.gather(self._connecting, return_exceptions=True)
        await self._socket.close_async()

    async def _connect(self) -> None:
        for wait in itertools.chain(AGAIN, itertools.repeat(AGAIN[-1])):
            try:
                await self._socket.connect_async()
            except AWAY as error:
                log.warning("slack_socket_not_open", reason=str(error)[:200])
                await asyncio.sleep(wait)
            else:
                log.info("slack_socket_open")
                return


def _authorize(bot_token: str) -> Any:
    """The one workspace that we work in; asking Slack on every click whether the token is ours would cost a round trip."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=bot_token)

    return authorize


def _at_events(app: AsyncApp, verifier: SignatureVerifier) -> Any:
    """Nothing is parsed before its signature and its age (5 minutes at most) are checked."""

    async def listen(request: Request) -> Response:
        body = await _bounded(request)
        if body is None:
            return Response(status_code=413)
        if not _is_signed(request, body, verifier):
            return Response(status_code=401)
        try:
            heard = to_async_bolt_request(request, body)
        except (ValueError, TypeError, AttributeError, RecursionError):  # JSON that is none, is no object, or is too deep
            return Response(status_code=400)
        return to_starlette_response(await app.async_dispatch(heard))

    return listen


def _is_signed(request: Request, body: bytes, verifier: SignatureVerifier) -> bool:
    try:
        return verifier.is_valid_request(body, dict(request.headers))
    except (ValueError, TypeError):  # a time stamp that is no number, a signature or a body that is no text
        return False


async def _bounded(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MOST:
            return None
    return bytes(body)


def _quiet() -> logging.Logger:
    """Bolt and the SDK log payloads at DEBUG, and with them what customers wrote."""
    logger = logging.getLogger("tocsin.slack")
    logger.setLevel(max(logger.getEffectiveLevel(), logging.WARNING))
    return logger
