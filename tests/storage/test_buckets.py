"""Limits that sends count against, to the microsecond."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import buckets
from storage.buckets import Bucket

SECOND = timedelta(seconds=1)


async def take(store, *limits):
    async with store.begin() as work:
        taken = await buckets.take(work, limits)
        await work.commit()
    return taken is not None


async def wait(store, *limits):
    async with store.read() as work:
        return await buckets.wait(work, limits)


async def test_one_token_a_second_and_not_a_microsecond_sooner(store, dial):
    lane = Bucket("lane", SECOND)
    assert await take(store, lane) and not await take(store, lane)
    assert await wait(store, lane) == SECOND
    dial.forward(seconds=1, microseconds=-1)
    assert not await take(store, lane)
    dial.forward(microseconds=1)
    assert await wait(store, lane) == timedelta() and await take(store, lane)


async def test_a_burst_may_be_spent_at_once_and_comes_back_one_by_one(store, dial):
    lane = Bucket("lane", SECOND, burst=3)
    assert [await take(store, lane) for _ in range(4)] == [True, True, True, False]
    dial.forward(seconds=1)
    assert [await take(store, lane) for _ in range(2)] == [True, False]
    dial.forward(hours=1)
    assert [await take(store, lane) for _ in range(4)] == [True, True, True, False], "an idle hour saves no more than the burst"


async def test_who_may_be_early_waits_for_the_rest_so_that_being_a_little_late_costs_nothing(store, dial):
    lane, waits = Bucket("lane", SECOND, early=SECOND / 4), []
    for milliseconds in (0, 749, 1, 1200, 900):
        dial.forward(milliseconds=milliseconds)
        async with store.begin() as work:
            waits.append(await buckets.take(work, [lane]))
            await work.commit()
    late = timedelta(milliseconds=50)
    assert waits == [timedelta(), None, SECOND / 4, late, 3 * late], "posts leave at 0, 1, 2 and 3 seconds"
    assert await wait(store, lane) == SECOND - SECOND / 4 + 3 * late


async def test_what_leaves_late_moves_the_next_one_back_and_never_forward(store, dial):
    lane, began = Bucket("lane", SECOND), dial.at
    assert await take(store, lane)
    for late in (0.3, 0.1):
        async with store.begin() as work:
            await buckets.move_back(work, lane, began + late * SECOND)
            await work.commit()
        assert await wait(store, lane) == 1.3 * SECOND


async def test_a_token_is_spent_in_every_bucket_or_in_none(store, dial):
    narrow, wide = Bucket("narrow", SECOND), Bucket("wide", SECOND, burst=2)
    assert await take(store, narrow, wide) and not await take(store, wide, narrow)
    assert await take(store, wide), "the refused take cost nothing"
    assert await wait(store, narrow, wide) == SECOND


async def test_a_pause_stops_everybody_until_its_moment_and_a_shorter_one_does_not_cut_it(store, dial):
    lane = Bucket("lane", SECOND, burst=5)
    async with store.begin() as work:
        await buckets.pause(work, "lane", dial.at + timedelta(seconds=30))
        await buckets.pause(work, "lane", dial.at + timedelta(seconds=5))
        await work.commit()
    dial.forward(seconds=29)
    assert not await take(store, lane) and await wait(store, lane) == SECOND
    dial.forward(seconds=1)
    assert await take(store, lane)


async def test_no_limits_are_always_open(store):
    assert await take(store) and await wait(store) == timedelta()


async def test_a_bucket_that_nobody_drew_from_is_full(store):
    assert await wait(store, Bucket("new", SECOND)) == timedelta()


async def test_many_takers_at_once_get_one_token(store):
    lane, shared = Bucket("lane", SECOND), Bucket("shared", SECOND, burst=5)
    taken = await asyncio.gather(*(take(store, *((lane, shared) if number % 2 else (shared, lane))) for number in range(12)))
    assert sum(taken) == 1


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, 1500), min_size=1, max_size=30), burst=st.integers(1, 4))
def test_no_window_ever_holds_more_than_the_burst_and_the_rate(store, dial, steps, burst):
    lane = Bucket(f"lane{datetime.now(UTC).timestamp()}", SECOND, burst)
    taken = []

    async def play():
        for step in steps:
            dial.forward(milliseconds=step)
            if await take(store, lane):
                taken.append(dial.at)

    asyncio.run(play())
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + (taken[last] - taken[first]) / SECOND + 1e-9


async def test_a_clock_that_is_set_back_holds_no_lane(store, dial):
    lane = Bucket("lane", SECOND)
    assert await take(store, lane)
    dial.forward(hours=-1)
    assert await wait(store, lane) == timedelta()
    assert await take(store, lane) and not await take(store, lane)
    dial.forward(seconds=1)
    assert await take(store, lane)


async def test_what_is_kept_for_the_critical_nobody_else_spends(store, dial):
    lane = Bucket("lane", SECOND, burst=4, kept=2)

    async def ordinary():
        async with store.begin() as work:
            taken = await buckets.take(work, [lane], critical=False)
            await work.commit()
        return taken is not None

    assert [await ordinary() for _ in range(3)] == [True, True, False]
    assert await wait(store, lane) == SECOND  # for whatever comes
    assert [await take(store, lane) for _ in range(3)] == [True, True, False]
    dial.forward(seconds=2)
    assert not await ordinary()  # what was kept comes back first
    dial.forward(seconds=1)
    assert await ordinary() and not await ordinary()


async def test_a_bucket_that_the_critical_have_emptied_is_no_clock_that_was_wrong(store, dial):
    lane = Bucket("lane", SECOND, burst=10, kept=9)
    assert [await take(store, lane) for _ in range(11)] == [True] * 10 + [False]
    async with store.begin() as work:
        assert await buckets.take(work, [lane], critical=False) is None
    dial.forward(seconds=9)
    assert await wait(store, lane) == SECOND
