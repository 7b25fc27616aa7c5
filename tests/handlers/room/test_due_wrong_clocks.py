"""What fires the clocks of the crisis, when time goes wrong: a day off, jumps both ways, several processes. Each is told once."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import deadlines, tables
from storage.database import Store
from tests.builders import TestHouse

KINDS = ("authority", "update", "fact", "first_answer", "resolution")
WORDS = ("due.authority", "due.update", "due.fact", "due.your_fact", "due.first_answer", "due.resolution")


@pytest.fixture
async def busy(room):
    """Clocks of every kind: the authority's, the next update, the first questions, twelve customers of all severities."""
    for number in range(3):
        for word in ("low", "normal", "high", "critical"):
            await room.house.case(f"is my data safe? {word} {number}")
    return room


async def passed(room):
    """How often it was written down that each clock went by, by chain, kind and subject."""
    c = tables.timeline.c
    async with room.store.read() as work:
        rows = await work.execute(sa.select(c.chain, c.payload).where(c.act == "deadline_passed"))
        return Counter((row.chain, row.payload["kind"], row.payload.get("subject")) for row in rows)


async def said(room):
    """How often each of the words about one clock was queued for each lane."""
    c = tables.outbox.c
    async with room.store.read() as work:
        rows = await work.execute(sa.select(c.lane, c.facts).where(c.kind == "words"))
        return Counter((row.lane, str(row.facts)) for row in rows if row.facts["name"] in WORDS)


async def fire_all(*houses):
    """Until nobody finds anything; how many went by."""
    fired = 0
    while some := sum(await asyncio.gather(*(house.due.fire() for house in houses))):
        fired += some
    return fired


async def test_after_a_day_off_each_clock_is_told_once_however_many_processes_start(busy, dial, database):
    dial.forward(days=4)
    async with busy.store.read() as work:
        waiting = await deadlines.due(work, await work.now(), 1000, kinds=KINDS)
    assert {one.kind for one in waiting} == set(KINDS) and len(waiting) >= 15
    stores = [Store(database, dial) for _ in range(2)]
    restarted = [TestHouse(store, busy.house.flow, busy.house.board, busy.house.machine) for store in stores]
    assert await fire_all(*restarted) >= len(waiting)
    for store in stores:
        await store.close()
    once = await passed(busy)
    told = [one for one in waiting if one.kind not in ("first_answer", "resolution") or one.severity == 3]
    assert len(once) == len(told) and set(once.values()) == {1}
    assert set((await said(busy)).values()) == {1}
    async with busy.store.read() as work:
        assert await deadlines.due(work, await work.now(), kinds=KINDS) == []


async def test_a_clock_that_jumps_back_and_comes_again_has_nothing_told_twice(busy, dial):
    dial.forward(hours=5)
    assert await fire_all(busy.house)
    once = await passed(busy)
    assert once
    dial.forward(hours=-5)
    for _ in range(10):
        dial.forward(minutes=30)
        await fire_all(busy.house)
    assert await passed(busy) == once
    assert set((await said(busy)).values()) == {1}


async def test_after_a_jump_ahead_was_put_right_new_clocks_are_told_in_time(busy, dial):
    right = dial()
    dial.forward(days=4)
    assert await fire_all(busy.house)
    dial.at = right
    before = await passed(busy)
    case = await busy.house.case("is my data safe? critical, and new")
    within = busy.house.flow.rules.first_answer[3]
    dial.at = right + within - timedelta(seconds=1)
    await fire_all(busy.house)
    assert await passed(busy) == before
    dial.forward(seconds=1)
    await fire_all(busy.house)
    assert await passed(busy) - before == {(f"case:{case}", "first_answer", None): 1}
