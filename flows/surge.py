"""Whether more came in during the last hour than could be expected, from counts by quarters of an hour: pure, the time is passed in.

Expected is what any hour of the past half day brought, and the same hour, give or take half of one, of yesterday and of a week ago.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

QUARTER = timedelta(minutes=15)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
REACH = WEEK + 2 * HOUR  # how far back the counts must go
LOOKED_BACK = 12  # hours
FEWEST = 10  # messages of an hour that are worth a word
TIMES = 2.0  # as many as expected, at least
SPREAD = 3.0  # standard deviations beyond it: chance alone is not told
FEWEST_UNKNOWN, TIMES_UNKNOWN = 20, 3.0  # while we do not know yet how a day is
OF_RECENT = 0.9  # the share of the past half day's hours that brought no more than what is expected: one loud hour hides nothing
MULTIPLES = 3  # in its first hour a crisis is told of again only when it multiplies
LASTS = timedelta(hours=12)  # what lasts longer is usual from then on
NEVER = 1_000_000_000  # messages
_PER_HOUR = 4
_BESIDE = 2  # quarters by which the same hour of another day may be earlier or later


@dataclass(frozen=True)
class Wave:
    """A spike that was seen; `usual` would have been no surprise then. `over_at` None while it lasts."""

    seen_at: datetime
    usual: int
    over_at: datetime | None

    def is_odd(self, quarter: datetime) -> bool:
        """Whether a quarter of an hour belongs to it, and so tells nothing of what is usual; unless it lasted so long that it does."""
        over = self.over_at or quarter + QUARTER
        return over - self.seen_at < LASTS and self.seen_at - HOUR < quarter + QUARTER and quarter < over


@dataclass(frozen=True)
class Past:
    """What is known beside the counts: since when we count, when the crisis began, and the spikes of before."""

    known_from: datetime | None
    opened_at: datetime | None = None
    waves: Sequence[Wave] = ()


Counts = Mapping[datetime, int]


def last_hour(counts: Counts, at: datetime) -> int:
    """What came in during the quarter that runs and the three before it."""
    return _hour(counts, floor(at))


def floor(at: datetime) -> datetime:
    """The beginning of its quarter of an hour."""
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


def usual(counts: Counts, at: datetime, past: Past) -> int:
    """Up to so many in the last hour are no surprise."""
    quarter = floor(at)
    recent = sorted(_hour(counts, last) for last in _unspoilt(_recent(quarter), past))
    same = [_hour(counts, last) for last in _unspoilt(_same(quarter), past)]
    expected = max([*recent[int(OF_RECENT * len(recent)) :][:1], *same, 0])
    unknown = past.known_from is None or past.known_from > quarter - DAY - HOUR
    fewest, times = (FEWEST_UNKNOWN, TIMES_UNKNOWN) if unknown else (FEWEST, TIMES)
    bound = max(fewest - 1, times * expected, expected + SPREAD * sqrt(expected) + SPREAD)
    return int(max([bound, *_beginning(counts, quarter, past)]))


def is_over(count: int, at: datetime, wave: Wave) -> bool:
    """It has calmed down, well below what was seen as unusual; or it has lasted so long that it is usual."""
    return 2 * count <= wave.usual or at - wave.seen_at >= LASTS


def _hour(counts: Counts, last: datetime) -> int:
    """The hour whose last quarter begins then."""
    return sum(counts.get(last - n * QUARTER, 0) for n in range(_PER_HOUR))


def _recent(quarter: datetime) -> Iterator[datetime]:
    """The last quarter of each hour of the past half day that ended before the last hour began."""
    return (quarter - n * QUARTER for n in range(_PER_HOUR, (LOOKED_BACK + 1) * _PER_HOUR))


def _same(quarter: datetime) -> Iterator[datetime]:
    return (quarter - back + n * QUARTER for back in (DAY, WEEK) for n in range(-_BESIDE, _BESIDE + 1))


def _unspoilt(hours: Iterable[datetime], past: Past) -> Iterator[datetime]:
    """Those that no spike was part of."""
    for last in hours:
        if not any(wave.is_odd(last - n * QUARTER) for wave in past.waves for n in range(_PER_HOUR)):
            yield last


def _beginning(counts: Counts, quarter: datetime, past: Past) -> Iterable[float]:
    """Whoever has just opened a crisis knows that much comes in: its first hour is expected, and in it only what multiplies is told."""
    if past.opened_at is None or not past.opened_at <= quarter + QUARTER <= past.opened_at + 2 * HOUR + QUARTER:
        return ()
    first = floor(past.opened_at)
    if quarter >= first + HOUR:
        return (TIMES * _hour(counts, first + HOUR - QUARTER),)
    so_far = [counts.get(first + n * QUARTER, 0) for n in range(int((quarter - first) / QUARTER))]
    before = _hour(counts, first - QUARTER)
    return (MULTIPLES * max([before, *(_PER_HOUR * one for one in so_far)]),) if so_far else (NEVER,)
