"""What the tests of listening share: a process that listens to a source in memory, and what is in the rows."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa

from handlers.answers.returned import Returned
from handlers.listening import Listening, heard
from storage import tables
from tests.builders import TestHouse


def process(house: TestHouse, **changes: Any) -> Listening:
    """One that listens; each has a name of its own."""
    return Listening(house.store, changes.get("inbox", house.inbox), Returned(house.store, house.course))


@asynccontextmanager
async def listening(house: TestHouse, *sources: Any, by: Listening | None = None):
    async with heard(by or process(house), sources):
        yield


async def until(holds: Callable[[], bool | Awaitable[bool]], seconds: float = 8.0) -> None:
    """Real time passes until this is so."""
    async with asyncio.timeout(seconds):
        while True:
            found = holds()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.01)


async def rows(house: TestHouse, query: sa.Select) -> Sequence[Any]:
    async with house.store.read() as work:
        return (await work.execute(query)).all()


async def stored(house: TestHouse) -> list[str]:
    c = tables.mentions.c
    return [row.external_id for row in await rows(house, sa.select(c.external_id).order_by(c.id))]


async def position(house: TestHouse, door: str = "x:in") -> str | None:
    c = tables.cursors.c
    return next((row.position for row in await rows(house, sa.select(c.position).where(c.source == door))), None)


async def door(house: TestHouse, name: str = "x:in") -> Any:
    return next(iter(await rows(house, sa.select(tables.health).where(tables.health.c.door == name))), None)


async def gaps(house: TestHouse, name: str = "x:in") -> Sequence[Any]:
    c = tables.gaps.c
    return await rows(house, sa.select(tables.gaps).where(c.door == name).order_by(c.id))


async def aside(house: TestHouse) -> Sequence[Any]:
    c = tables.raw_payloads.c
    return await rows(house, sa.select(c.body, c.refused_because).where(c.refused_because.is_not(None)).order_by(c.id))
