"""Open pages are told of changes: one question for all of them, silence when nobody looks, an end when the session ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.console.live import Live
from tests.doors.console import Room, room


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as opened:
        await opened.person("Ana", "agent", "admin")
        yield opened


class Asked:
    """Counts the questions put to the desk."""

    def __init__(self, console: Room) -> None:
        self.desk, self.times, self.away = console.acts.desk, 0, False

    async def newest(self) -> str:
        self.times += 1
        if self.away:
            raise ConnectionError
        return await self.desk.newest()


async def welcome() -> bool:
    return True


async def test_fifty_listeners_cost_one_question_at_a_time(console: Room):
    asked = Asked(console)
    live = Live(asked.newest, every=0.05)
    await console.write("high press: one")

    async def listen() -> str:
        async with aclosing(live.listen(welcome)) as news:
            async for newest in news:
                if newest:
                    return newest
        return ""

    seen = await asyncio.wait_for(asyncio.gather(*(listen() for _ in range(50))), 5)
    assert len(set(seen)) == 1
    assert asked.times <= 3
    await asyncio.sleep(0.15)
    quiet = asked.times
    await asyncio.sleep(0.2)
    assert asked.times == quiet


async def test_a_database_that_is_away_is_asked_again(console: Room):
    asked = Asked(console)
    asked.away = True
    live = Live(asked.newest, every=0.02)
    await console.write("high press: one")
    async with aclosing(live.listen(welcome)) as news:
        assert await anext(news) == ""
        later = asyncio.ensure_future(anext(news))
        await asyncio.sleep(0.1)
        assert not later.done()
        asked.away = False
        assert await asyncio.wait_for(later, 5) == "1.1-0.0"


async def test_a_listener_is_told_nothing_more_once_its_session_is_over(console: Room):
    live = Live(console.acts.desk.newest, every=0.02, beat=0.1)
    is_welcome = True

    async def still() -> bool:
        return is_welcome

    async with aclosing(live.listen(still)) as news:
        await anext(news)
        is_welcome = False
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(news), 5)
