"""Two processes post to one channel of a Slack that counts: neither has to know of the other."""

import asyncio
from contextlib import AsyncExitStack

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.workspace import SlackWorkspace
from handlers.board import Board
from handlers.escalation.telling import Outcome
from handlers.renderer import Renderer
from handlers.sender import Sender
from handlers.showing import ways_to
from storage.database import Store
from tests.builders import Scripted, TestHouse, data_breach, mention
from tests.doors.slack_house import until
from tests.fakes.slack import FakeSlack

POSTS, LATE = 10, 0.12  # of every other request, seconds


def uneven() -> aiohttp.TraceConfig:
    """A way to Slack on which every other request is held up."""
    trace, count = aiohttp.TraceConfig(), [0]

    async def hold_up(*_: object) -> None:
        count[0] += 1
        await asyncio.sleep(LATE * (count[0] % 2))

    trace.on_request_start.append(hold_up)
    return trace


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_post_that_was_held_up_on_its_way_moves_the_next_one_of_the_other_process(database):
    async with FakeSlack() as slack, AsyncExitStack() as stack:
        channel = slack.add_channel("crisis", channel_id="C1", is_private=True)
        stores = [Store(database), Store(database)]
        board = Board({"slack": {"crisis": channel.id, "ordinary": channel.id}})
        house = await TestHouse(stores[0], data_breach(), board, Scripted()).begin()
        await house.mentions.receive([mention(f"my_data {n}") for n in range(POSTS)])
        stop, running = asyncio.Event(), []
        for store in stores:
            stack.push_async_callback(store.close)
            session = await stack.enter_async_context(aiohttp.ClientSession(trace_configs=[uneven()]))
            client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, session=session, retry_handlers=[])
            renderer = Renderer(store, house.shelf, {})
            ways = ways_to({"slack": SlackWorkspace(client, alone=False)}, renderer, Outcome(house.course.caller))
            running.append(asyncio.create_task(Sender(store, ways).run(stop)))
        await until(lambda: len(channel.messages) == POSTS, seconds=40)
        stop.set()
        await asyncio.gather(*running)
        assert slack.rate_limited == []
