"""The head of each finished day is kept apart, the days of an outage too."""

import sqlalchemy as sa

from storage import tables, timeline


async def heads(house) -> list[tuple[str, int]]:
    async with house.store.read() as work:
        rows = await work.execute(sa.select(tables.timeline_days.c.day, tables.timeline_days.c.links).order_by(tables.timeline_days.c.day))
        return [(row.day, row.links) for row in rows]


async def test_a_day_is_sealed_once_it_is_over(house, dial):
    await house.case()
    await house.ticks.seal()
    assert await heads(house) == []
    dial.forward(days=1)
    await house.ticks.seal()
    await house.ticks.seal()
    assert await heads(house) == [("2026-11-20", 1)]


async def test_days_that_were_missed_are_sealed_later(house, dial):
    await house.case()
    dial.forward(days=3)
    await house.case()
    await house.ticks.seal()
    assert await heads(house) == [("2026-11-20", 1), ("2026-11-21", 0), ("2026-11-22", 0)]


async def test_a_link_that_is_changed_after_its_day_was_sealed_is_found(house, dial):
    await house.case()
    dial.forward(days=1)
    await house.ticks.seal()
    async with house.store.begin() as work:
        await work.execute(sa.update(tables.timeline).values(hash=b"x" * 32))
        await work.commit()
    async with house.store.read() as work:
        _, breaks = await timeline.verify(work)
    assert {one.chain for one in breaks} == {"case:1", "day:2026-11-20"}


async def test_a_bot_that_no_longer_hears_clicks_says_so(house):
    async def deaf() -> bool:
        return False

    await house.ticks.listen("slack", deaf)
    async with house.store.read() as work:
        doors = {row.door: (row.state, row.reason) for row in await work.execute(sa.select(tables.health))}
    assert doors["slack:clicks"] == ("closed", "deaf")
