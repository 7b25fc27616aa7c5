"""What networks that are paid for by the call have cost: counted once for all processes, by month, and told to those who may see it."""

import asyncio
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.voice import speak
from handlers.costs import Cost, KeptPurse, costs
from handlers.desk import Desk
from handlers.insight.status import cost_lines, standing, status_card
from storage import spendings
from templates import LANGUAGES

READ, POST = Decimal("0.005"), Decimal("0.015")


async def told(store, ceilings):
    async with store.read() as work:
        return await costs(work, ceilings)


async def test_two_processes_that_pay_at_once_pay_for_both(store):
    mine, theirs = KeptPurse(store, "x"), KeptPurse(store, "x")
    await asyncio.gather(*(purse.pay("read", 3, READ) for purse in (mine, theirs) for _ in range(5)), mine.pay("post", 1, POST))
    assert await mine.spent() == await theirs.spent() == Decimal("0.165")
    async with store.read() as work:
        rows = [tuple(row) for row in await spendings.of_month(work, "x")]
    assert rows == [("post", 1, 15_000), ("read", 30, 150_000)]
    assert await KeptPurse(store, "other").spent() == 0


async def test_nothing_is_paid_for_nothing(store):
    await KeptPurse(store, "x").pay("read", 0, READ)
    assert await told(store, {}) == ()


async def test_a_new_month_begins_at_nothing_by_the_clock_of_utc(store, dial):
    purse = KeptPurse(store, "x")
    dial.at = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    await purse.pay("read", 100, READ)
    assert await purse.spent() == Decimal("0.5")
    dial.forward(seconds=1)
    assert await purse.spent() == 0 and await told(store, {}) == ()


@pytest.mark.parametrize(
    ("at", "by_end"),
    [
        (datetime(2026, 11, 16, tzinfo=UTC), Decimal("24.80")),  # half of it is over
        (datetime(2026, 11, 2, tzinfo=UTC), Decimal(372)),
        (datetime(2026, 11, 1, 23, 59, tzinfo=UTC), None),  # nobody can tell yet
    ],
)
async def test_what_the_whole_month_will_cost_is_told_once_a_day_of_it_is_over(store, dial, at, by_end):
    dial.at = at
    await KeptPurse(store, "x").pay("read", 2480, READ)
    (one,) = await told(store, {"x": Decimal(100)})
    assert (one.network, one.spent, one.ceiling) == ("x", Decimal("12.4"), Decimal(100))
    assert one.by_end is by_end if by_end is None else round(one.by_end, 4) == by_end


async def test_no_ceiling_is_no_ceiling(store):
    await KeptPurse(store, "x").pay("read", 1, READ)
    assert [one.ceiling for one in await told(store, {"x": Decimal(0)})] == [None]
    assert [one.ceiling for one in await told(store, {})] == [None]


@pytest.mark.parametrize(("role", "sees"), [("manager", True), ("admin", True), ("agent", False), ("lead", False), ("legal", False)])
async def test_those_who_may_see_it_see_it_on_the_status_below_its_ten_lines(house, role, sees):
    await KeptPurse(house.store, "x").pay("read", 2480, READ)
    who = await house.person("Somebody", role)
    card = status_card(standing(await Desk(house.store, house.shelf, {"x": Decimal(100)}).status(who), house.flow))
    assert [one.name for one in card.small] == (["status.cost"] if sees else [])
    if sees:
        assert speak(card.small[0], "en", str, str).startswith("X: $12.40 of $100 this month, about $")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_every_language(language):
    full, bare = cost_lines([Cost("x", Decimal("1234.5"), Decimal(2000), Decimal(2469)), Cost("x", Decimal("0.004"), None, None)])
    said = [speak(one, language, str, str) for one in (full, bare)]
    assert "X" in said[0] and re.sub(r"\D", "", said[0]) == "12345020002469"
    assert "None" not in said[1] and "0" in said[1]
    if language == "en":
        assert said == ["X: $1,234.50 of $2,000 this month, about $2,469 by its end", "X: $0.00 this month"]
