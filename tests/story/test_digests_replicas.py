"""Two processes owe the same digests while Slack loses answers: each channel gets one card and one set of pictures."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.workspace import SlackWorkspace
from handlers.board import Board
from handlers.escalation.telling import Outcome
from handlers.insight.commands import understand
from handlers.insight.leaving import Delivery, with_digests
from handlers.insight.spoken import DigestsSpoken
from handlers.renderer import Renderer
from handlers.sender import Sender
from handlers.showing import ways_to
from storage.database import Store
from tests.builders import Scripted, TestHouse, data_breach, mention
from tests.dial import RunningDial
from tests.doors.slack_house import all_text, until
from tests.fakes.slack import FakeSlack

EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
CHANNELS = 3


async def replica(url: str, dial: RunningDial, slack: FakeSlack, stack: AsyncExitStack) -> tuple[TestHouse, Sender]:
    store = Store(url, dial)
    stack.push_async_callback(store.close)
    session = await stack.enter_async_context(aiohttp.ClientSession())
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, session=session, retry_handlers=[])
    board = Board({"slack": {"crisis": "C0", "ordinary": "C0"}})
    house = await TestHouse(store, data_breach(), board, Scripted()).begin()
    workspace = SlackWorkspace(client, alone=False)
    house.insight.places.know({"slack": workspace})
    delivery = Delivery(store, house.insight.places, board)
    ways = ways_to({"slack": workspace}, Renderer(store, house.shelf, {}), Outcome(house.course.caller))
    return house, Sender(store, with_digests(ways, delivery), lease=timedelta(seconds=10))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_two_processes_and_lost_answers_make_one_digest(database):
    dial = RunningDial(EVENING)
    async with FakeSlack() as slack, AsyncExitStack() as stack:
        places = [slack.add_channel(f"place{n}", channel_id=f"C0000{n}", is_private=True) for n in range(CHANNELS)]
        slack.add_channel("crisis", channel_id="C0", is_private=True)
        both = [await replica(database, dial, slack, stack) for _ in range(2)]
        boss = await both[0][0].person("Max", "manager")
        for place in places:
            await DigestsSpoken(both[0][0].insight).obey(boss, understand(f"subscribe #{place.id} daily 08:30 Europe/Madrid".split()))
        await both[0][0].mentions.receive([mention(f"ordinary {n}") for n in range(3)])
        slack.faults.next("chat.postMessage", "500_after_accept", 2)
        slack.faults.next("files.completeUploadExternal", "500_after_accept", 2)
        dial.at += timedelta(hours=13, minutes=30, seconds=1)
        stop = asyncio.Event()
        sending = [asyncio.create_task(sender.run(stop)) for _, sender in both]
        for _ in range(3):
            await asyncio.gather(*(house.insight.digests.fire() for house, _ in both))
        await until(lambda: all(_files(place) for place in places), seconds=60)
        await until(lambda: slack.calls_of("conversations.history"), seconds=30)
        await asyncio.sleep(3)
        stop.set()
        await asyncio.gather(*sending)
        assert [len([one for one in place.messages if "3 messages" in all_text(one)]) for place in places] == [1] * CHANNELS
        assert [len(_files(place)) for place in places] == [1] * CHANNELS


def _files(place) -> list[dict]:
    return [one for one in place.messages if one.get("files")]
