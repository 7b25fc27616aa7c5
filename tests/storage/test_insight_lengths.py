"""Medians and nine tenths by one pass of SQL are those of the textbook, in both databases."""

import random
import statistics
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from storage.insight.lengths import Lengths, measure, seconds_between
from storage.types import Instant

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def rows(*seconds: float) -> sa.Select:
    """A query with one moment in each row, so many seconds after AT."""
    moments = [sa.select(sa.literal(AT + timedelta(seconds=one), Instant).label("at")) for one in seconds]
    each = sa.union_all(*moments).subquery()
    return sa.select(seconds_between(sa.literal(AT, Instant), each.c.at))


async def measured(store, seconds, edges=()):
    async with store.read() as work:
        return await measure(work, rows(*seconds), edges)


def ninth(seconds) -> float:
    return statistics.quantiles(seconds, n=10, method="inclusive")[8]


@pytest.mark.parametrize("n", [2, 3, 4, 9, 10, 11, 12, 40, 101])
async def test_median_and_p90_are_those_of_the_textbook(store, n):
    seconds = [random.Random(n).choice((0, 0.25, 90, 90, 5400.125, 86400, 1e6)) + random.Random(one).randrange(500) for one in range(n)]
    found = await measured(store, seconds)
    assert found.n == n
    assert found.median == pytest.approx(statistics.median(seconds), abs=0.002)
    assert found.p90 == pytest.approx(ninth(seconds), abs=0.002)


async def test_one_length_is_its_own_median(store):
    assert await measured(store, [90.5]) == Lengths(1, 90.5, 90.5)


async def test_none_at_all_have_no_median(store):
    async with store.read() as work:
        nothing = rows(1).where(sa.false())
        assert await measure(work, nothing, (60,)) == Lengths(0, None, None, (0,))


async def test_what_lies_on_an_edge_lies_within_it(store):
    found = await measured(store, [0, 59.999, 60, 60.001, 3600, 7200], (60, 3600, 1e9))
    assert found.within == (3, 5, 6)


async def test_an_hour_that_the_wall_shows_twice_is_counted_once(store):
    twice = [sa.literal(datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=ZoneInfo("Europe/Madrid")), Instant) for fold in (0, 1)]
    async with store.read() as work:
        assert (await measure(work, sa.select(seconds_between(*twice)))).median == 3600
