"""Deadlines when the clock goes wrong: summer time, jumps both ways, a day off. Each falls due once, the late ones at once, the gravest first."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage import deadlines
from storage.deadlines import Deadline
from storage.types import CRITICAL, HIGH, LOW, NORMAL

MADRID = ZoneInfo("Europe/Madrid")


async def arm(store, *rows):
    async with store.begin() as work:
        await deadlines.arm(work, rows)
        await work.commit()


async def fire(store, limit=100):
    """The keys of what is due, which is told with that."""
    async with store.begin() as work:
        due = await deadlines.due(work, await work.now(), limit, kinds=("test",))
        await deadlines.mark_told(work, [one.id for one in due])
        await work.commit()
        return [one.key for one in due]


def ahead(dial, key, severity=CRITICAL, **span):
    return Deadline(key, "test", dial() + timedelta(**span), severity=severity)


async def test_the_hour_that_comes_twice_in_october_has_two_deadlines_an_hour_apart(store, dial):
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=MADRID, fold=fold) for fold in (0, 1))
    dial.at = datetime(2026, 10, 25, 2, 0, tzinfo=MADRID)
    await arm(store, Deadline("second", "test", second), Deadline("first", "test", first))
    fired = {}
    for minute in range(0, 150, 10):
        fired[minute] = await fire(store)
        dial.at = dial.at.astimezone(ZoneInfo("UTC")) + timedelta(minutes=10)
    assert {minute: keys for minute, keys in fired.items() if keys} == {30: ["first"], 90: ["second"]}


async def test_an_hour_that_summer_time_leaves_out_loses_no_deadline(store, dial):
    dial.at = datetime(2027, 3, 28, 1, 50, tzinfo=MADRID)
    left_out = datetime(2027, 3, 28, 2, 30, tzinfo=MADRID)  # no clock in Madrid ever shows it
    await arm(store, Deadline("left out", "test", left_out), Deadline("after", "test", datetime(2027, 3, 28, 3, 5, tzinfo=MADRID)))
    began = dial.at.astimezone(ZoneInfo("UTC"))
    dial.at = began + timedelta(minutes=14)
    assert await fire(store) == []
    dial.at = began + timedelta(minutes=15)
    assert await fire(store) == ["after"]
    dial.at = began + timedelta(minutes=40)
    assert await fire(store) == ["left out"]
    dial.forward(days=1)
    assert await fire(store) == []


async def test_what_was_left_of_a_clock_is_as_long_over_the_night_of_summer_time(store, dial):
    dial.at = datetime(2026, 10, 24, 22, 0, tzinfo=MADRID)
    await arm(store, Deadline("a", "test", dial() + timedelta(hours=1), paused_at=dial()))
    dial.at = datetime(2026, 10, 25, 8, 0, tzinfo=MADRID)
    async with store.begin() as work:
        assert await deadlines.resume(work, "test") == 1
        assert (await deadlines.get(work, "a")).due_at == datetime(2026, 10, 25, 9, 0, tzinfo=MADRID)


async def test_after_a_day_off_all_that_is_late_falls_due_at_once_and_once_the_gravest_first(store, dial):
    graves = [LOW, CRITICAL, NORMAL, HIGH]
    rows = [ahead(dial, f"{number:03}", graves[number % 4], minutes=300 - number) for number in range(200)]
    await arm(store, *rows, ahead(dial, "tomorrow", hours=30))
    dial.forward(days=1)
    fired = []
    while some := await fire(store, limit=30):
        fired += some
    expected = sorted(rows, key=lambda row: (-row.severity, row.due_at))
    assert fired == [row.key for row in expected]
    dial.forward(hours=6)
    assert await fire(store) == ["tomorrow"]


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=1), timedelta(days=400)])
async def test_a_clock_that_jumps_back_tells_nothing_twice(store, dial, back):
    await arm(store, ahead(dial, "told", minutes=1), ahead(dial, "later", minutes=3))
    dial.forward(minutes=2)
    assert await fire(store) == ["told"]
    dial.at -= back
    fired = []
    for _ in range(10):
        fired += await fire(store)
        dial.at += (back + timedelta(minutes=10)) / 10
    assert fired + await fire(store) == ["later"]


async def test_a_clock_that_jumps_ahead_tells_each_once_and_none_again_when_it_is_put_right(store, dial):
    await arm(store, *(ahead(dial, key, hours=hours) for key, hours in (("a", 1), ("b", 5), ("c", 40))))
    right = dial()
    dial.forward(days=1)
    assert await fire(store) == ["a", "b"]
    dial.at = right
    for _ in range(7):
        dial.forward(hours=1)
        assert await fire(store) == []
    dial.at = right + timedelta(hours=40)
    assert await fire(store) == ["c"]


async def test_what_was_set_by_a_clock_that_ran_ahead_runs_from_now_once_that_is_seen(store, dial):
    await arm(store, ahead(dial, "before", minutes=20), Deadline("other", "update", dial() + timedelta(minutes=1)))
    right = dial()
    dial.forward(days=1)
    stopped = Deadline("stopped", "test", dial() + timedelta(minutes=5), paused_at=dial())
    await arm(store, ahead(dial, "wrong", minutes=15), stopped, Deadline("absolute", "authority", dial() + timedelta(hours=1)))
    assert await fire(store) == ["before"]
    dial.at = right + timedelta(minutes=1)
    async with store.begin() as work:
        assert await deadlines.rewind(work, ("test", "update")) == 1
        assert await deadlines.rewind(work, ("test", "update")) == 0
        await work.commit()
        assert (await deadlines.get(work, "absolute")).due_at == right + timedelta(days=1, hours=1)
    dial.forward(minutes=14, seconds=59)
    assert await fire(store) == []
    dial.forward(seconds=1)
    assert await fire(store) == ["wrong"]
    async with store.begin() as work:
        await deadlines.resume(work, "test")
        assert (await deadlines.get(work, "stopped")).due_at == dial() + timedelta(minutes=5)


async def test_a_clock_that_jumps_back_during_a_pause_takes_nothing_from_what_was_left(store, dial):
    await arm(store, Deadline("a", "test", dial() + timedelta(minutes=30), paused_at=dial()))
    dial.forward(hours=-1)
    async with store.begin() as work:
        await deadlines.resume(work, "test")
        await work.commit()
    dial.forward(minutes=29)
    assert await fire(store) == []
    dial.forward(minutes=1)
    assert await fire(store) == ["a"]
