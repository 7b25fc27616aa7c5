"""Our side of Meta, as it is configured, and the door at which its webhook knocks, with an inbox that can be told to fail."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.settings import Settings, read_settings
from handlers.networks import Connected, Gone, News, Unread
from handlers.ports import Mention
from tests.fakes.meta import FakeMeta


def environment(meta: FakeMeta) -> dict[str, str]:
    world = meta.world
    return {
        "META_GRAPH_URL": meta.url,
        "META_APP_SECRET": world.app_secret,
        "META_VERIFY_TOKEN": world.verify_token,
        "FACEBOOK_PAGE_ID": world.page_id,
        "FACEBOOK_PAGE_TOKEN": world.token,
        "INSTAGRAM_ACCOUNT_ID": world.instagram_id,
    }


def settings(meta: FakeMeta, **changes: str) -> Settings:
    return read_settings(_env_file=None, **{**environment(meta), **changes})


def connected(meta: FakeMeta, network: str, **changes: str) -> Connected:
    given = settings(meta, **changes)
    assert network in given.connected
    one: Connected = import_module(f"bot.networks.{network}").connect(given, None)
    return one


@dataclass
class Noted:
    """An Inbox: `away` keeps everything from being stored."""

    news: list[News] = field(default_factory=list)
    aside: list[Unread] = field(default_factory=list)
    away: bool = False
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self, mention: Mention) -> bool:
        self._note(mention)
        return True

    async def gone(self, network: str, external_ids: Sequence[str]) -> None:
        for one in external_ids:
            self._note(Gone(one))

    async def set_aside(self, source: str, body: str, because: str) -> None:
        if self.away:
            raise ConnectionError
        self.aside.append(Unread(body, because))

    def _note(self, news: News) -> None:
        if self.away:
            raise ConnectionError
        self.news.append(news)
        self.told.set()

    @property
    def mentions(self) -> list[Mention]:
        return [one for one in self.news if isinstance(one, Mention)]


@asynccontextmanager
async def served(routes: Sequence[Any]) -> AsyncIterator[str]:
    """On a port of this machine, as Meta would reach us."""
    app = Starlette(routes=list(routes))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


@asynccontextmanager
async def subscribed(meta: FakeMeta, inbox: Any) -> AsyncIterator[Connected]:
    """The page, with its door open and Meta knocking there."""
    page = connected(meta, "facebook")
    assert page.routes and page.close
    async with served(page.routes(inbox)) as url:
        meta.telling.endpoint = f"{url}/hooks/meta"
        yield page
        meta.telling.endpoint = ""
    await page.close()
