"""The process that is killed: what of the product works by itself, on the real database and by real HTTP; a minute of it takes six seconds."""

import argparse
import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

import app
from bot.clock import running
from bot.doors import open_doors
from bot.opening import ticks
from bot.server import background
from bot.settings import Settings, read_settings
from bot.slack.door import PATIENCE
from bot.slack.pace import Pace
from bot.slack.workspace import ARRIVE_EVERY, CLOCKS_APART, SlackWorkspace
from bot.terminal.logs import load_logging
from handlers.answers.publishing import ways_out
from handlers.escalation.telling import Outcome
from handlers.ports import LEASE, Bucket
from handlers.renderer import Renderer
from handlers.sender import Sender
from handlers.showing import ways_to
from tests.chaos.shaky_slack import CHANNELS, TOKEN

HASTE = 10


class Hurried(SlackWorkspace):
    """The same limits, on a clock that runs so many times as fast."""

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:
        return [replace(one, every=one.every / HASTE) for one in super().limits(channel_id, act)]


@asynccontextmanager
async def hurried(api_url: str) -> AsyncIterator[Hurried]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=(PATIENCE.total or 0) / HASTE)) as session:
        client = AsyncWebClient(token=TOKEN, base_url=api_url, session=session, retry_handlers=[])
        yield Hurried(client, alone=False, clocks_apart=CLOCKS_APART / HASTE, _pace=Pace(ARRIVE_EVERY / HASTE))


def settings(database: str, api_url: str, flow: Path) -> Settings:
    return read_settings(
        _env_file=None,
        DATABASE_URL=database,
        SLACK_BOT_TOKEN=TOKEN,
        SLACK_API_URL=api_url,
        TOCSIN_SLACK_CHANNELS=", ".join(f"{name}={channel_id}" for name, channel_id in CHANNELS.items()),
        TOCSIN_FLOW=flow,
        TOCSIN_LEARN=False,  # else each would read its examples for a while before it is worth killing
    )


async def work(configured: Settings, lease: timedelta) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(app.open_house(configured))
        doors = await open_doors(configured, house, "http://replica", stack)
        doors.workspaces["slack"] = await stack.enter_async_context(hurried(configured.slack_api_url))
        leaving = house.acts.answers.drafts.departures
        renderer = Renderer(house.store, house.shelf, {"slack": configured.language})
        outcome = Outcome(leaving.course.caller)
        ways = {**ways_to(doors.workspaces, renderer, outcome), **ways_out(leaving.networks, house.store, leaving.gate, leaving.course)}
        await stack.enter_async_context(background(Sender(house.store, ways, lease=lease).run))
        await stack.enter_async_context(running(ticks(configured, house)))
        await stop.wait()


if __name__ == "__main__":
    load_logging()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("api_url")
    parser.add_argument("flow", type=Path)
    options = parser.parse_args()
    asyncio.run(work(settings(options.database, options.api_url, options.flow), LEASE / HASTE))
