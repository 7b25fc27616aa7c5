"""Counts are right after every transaction, whoever wrote the rows; that a thousand other tests leave them right is asked where they end."""

import asyncio
import random
from dataclasses import replace

import sqlalchemy as sa
from alembic import command

from handlers.mentions import DRILL
from storage import counts, tables
from storage.migrate import _config
from tests.builders import mention
from tests.counting import wrong_counts


async def busy(house, seed: int = 7) -> list[int]:
    """Cases of all kinds, some taken, tagged, closed, opened again."""
    pick = random.Random(seed)
    words = ("critical", "high", "normal", "phishing", "ordinary question", "delete my data")
    receipts = await house.mentions.receive([mention(f"{pick.choice(words)} {number}") for number in range(40)])
    numbers = sorted({one.case_id for one in receipts if one})
    async with house.store.begin() as work:
        for number in numbers:
            values = {
                "status": pick.choice(("open", "acknowledged", "closed")),
                "severity": pick.randrange(4),
                "crisis": pick.random() < 0.5,
            }
            await work.execute(sa.update(tables.cases).where(tables.cases.c.id == number).values(values))
        await work.commit()
    return numbers


async def test_what_changes_at_once_in_many_rows_is_counted(house):
    await busy(house)
    assert await wrong_counts(house.store) == {}
    async with house.store.begin() as work:
        await work.execute(sa.update(tables.cases).where(tables.cases.c.id % 3 == 0).values(status="closed"))
        await work.execute(sa.update(tables.case_tags).where(tables.case_tags.c.case_id % 2 == 0).values(is_set=False))
        await work.execute(sa.update(tables.outbox).values(state="sent"))
        await work.commit()
    assert await wrong_counts(house.store) == {}
    async with house.store.read() as work:
        assert await counts.lanes(work) == []


async def test_what_is_rolled_back_is_not_counted(house):
    before = await busy(house)
    async with house.store.begin() as work:
        await work.execute(sa.update(tables.cases).values(severity=3))
    assert before and await wrong_counts(house.store) == {}


async def test_folding_changes_no_sum_and_leaves_one_row_a_key(house):
    await busy(house)
    async with house.store.begin() as work:
        await work.execute(sa.update(tables.cases).values(status="closed"))
        await work.commit()
    async with house.store.begin() as work:
        await counts.fold(work)
        await work.commit()
    assert await wrong_counts(house.store) == {}
    async with house.store.read() as work:
        for table in counts.TABLES:
            rows = (await work.execute(sa.select(table.c.part, table.c.n))).all()
            assert not [row for row in rows if row.part != 0 or row.n == 0], table.name


async def test_drills_are_not_counted(house):
    drill = [replace(mention(f"phishing, critical {number}"), source=DRILL) for number in range(5)]
    assert len(await house.mentions.receive(drill)) == 5
    assert await wrong_counts(house.store) == {}
    async with house.store.read() as work:
        assert not [table.name for table in counts.TABLES[:-1] if await counts.by(work, table, counts.keys_of(table)[0].name)]


async def test_those_who_write_at_once_wait_for_nobody_and_miss_nothing(kind, house):
    numbers = await busy(house)

    async def close(number: int) -> None:
        async with house.store.begin() as work:
            await work.execute(sa.update(tables.cases).where(tables.cases.c.id == number).values(status="closed"))
            await work.commit()

    async def fold() -> None:
        async with house.store.begin() as work:
            await counts.fold(work)
            await work.commit()

    async with asyncio.timeout(30):
        await asyncio.gather(*map(close, numbers), fold(), fold())
    assert await wrong_counts(house.store) == {}, kind


async def test_what_was_there_before_the_counts_is_counted_when_they_come(kind, house):
    numbers = await busy(house)

    def down_and_up(connection: sa.Connection) -> None:
        command.downgrade(_config(connection), "0005")
        command.upgrade(_config(connection), "head")

    async with house.store.begin() as work:
        await work.connection.run_sync(down_and_up)
        await work.commit()
    assert numbers and await wrong_counts(house.store) == {}, kind
