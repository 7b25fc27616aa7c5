"""Opens the door to Microsoft Teams and closes it again. Nothing here waits for Teams: a bot whose Teams is away must still start."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from starlette.routing import Route

from bot.teams.access import NAME, Access
from bot.teams.acquaintance import Acquaintance
from bot.teams.listeners import Listeners, register
from bot.teams.replies import Replies
from bot.teams.route import knock
from bot.teams.sdk import open_sdk
from bot.teams.services import Services
from bot.teams.tokens import Tokens
from bot.teams.troubles import Troubles
from bot.teams.trust import Trust
from bot.teams.workspace import TeamsWorkspace
from handlers.buttons import Buttons
from handlers.known import Known
from handlers.use_cases import UseCases

log = structlog.get_logger()
PATIENCE = 10.0  # seconds
MEET_EVERY, MEET_LEAST = 300.0, 2.0  # seconds from one time to the next, and at the least however many ask for it


@dataclass(frozen=True)
class TeamsDoor:
    workspace: TeamsWorkspace
    routes: list[Route]
    troubles: Troubles
    meeting: "asyncio.Task[None]"
    memory: "Memory"
    web: httpx.AsyncClient

    async def hears(self) -> bool:
        """Teams comes to us: as long as the door stands open, nothing says that it does not."""
        return bool(self.routes)

    async def close(self) -> None:
        """Stop listening, finish telling people what they were about to be told, let go of the connections."""
        self.meeting.cancel()
        await asyncio.gather(self.meeting, return_exceptions=True)
        await self.troubles.close()
        await self.memory.share()
        await self.workspace.close()
        await self.web.aclose()


async def open_teams(acts: UseCases, access: Access, channels: "dict[str, str]") -> TeamsDoor:
    """`channels` are ours, by the name that FLOW has for them."""
    _quiet()
    web = httpx.AsyncClient(timeout=PATIENCE)
    tokens, trust = Tokens(access, web), Trust(access, web)
    app = await open_sdk(access, tokens)
    workspace = TeamsWorkspace(app.api, access, tokens, web, graph_url=access.graph_url)
    acquaintance = Acquaintance(acts.staff, workspace.client, workspace.services, access.tenants, tuple(channels.values()))
    replies = Replies(workspace, acts.glance, acts.staff, access.language, access.url)
    buttons = Buttons.of(acts)
    troubles = Troubles(replies, acquaintance, buttons)
    register(app, Listeners(acts, buttons, replies, acquaintance, troubles))
    memory = Memory(acts.known, workspace.services)
    await memory.share()
    meeting = asyncio.create_task(_meet(acquaintance, memory))
    return TeamsDoor(workspace, [knock(app, trust, workspace.services)], troubles, meeting, memory, web)


@dataclass(frozen=True)
class Memory:
    """Where conversations are served, and how people are called, is told by activities alone: after a restart it must still be known."""

    known: Known
    services: Services

    async def share(self) -> None:
        """What other processes have learnt comes in, what this one has goes out."""
        try:
            self.services.restore(await self.known.recall(NAME))
            await self.known.keep(NAME, self.services.kept())
        except Exception as error:  # noqa: BLE001 - a database that is away is told elsewhere; here nothing hangs on it
            log.warning("teams_memory_not_shared", reason=type(error).__name__)


async def _meet(acquaintance: Acquaintance, memory: Memory) -> None:
    while True:
        acquaintance.asked.clear()
        try:
            await acquaintance.meet()
        except Exception:
            log.exception("teams_people_not_met")
        await memory.share()
        await asyncio.sleep(MEET_LEAST)
        with suppress(TimeoutError):
            async with asyncio.timeout(MEET_EVERY):
                await acquaintance.asked.wait()


def _quiet() -> None:
    """The SDK logs activities at DEBUG, and with them what people wrote; httpx every address at INFO."""
    for name in ("microsoft_teams", "httpx", "httpcore", "msal"):
        logger: Any = logging.getLogger(name)
        logger.setLevel(max(logger.getEffectiveLevel(), logging.WARNING))
