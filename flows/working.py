"""Time as it passes for people: counted in the hours they keep, without their public holidays."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays

from flows.hours import at_work, minutes_of

Stretch = tuple[datetime, datetime]
"""From a moment until before another, both in UTC."""

_NOBODY_FOR = timedelta(days=60)
_AT_MOST = timedelta(days=3_660)
_WEEK, _HOUR, _SECOND = timedelta(weeks=1), timedelta(hours=1), timedelta(seconds=1)


@dataclass(frozen=True)
class Rhythm:
    """One person's: `hours` as flows/hours.py reads them, None is always; `holidays` is "ES" or "ES-MD", "" none."""

    hours: str | None
    timezone: str
    holidays: str = ""


def works(rhythm: Rhythm, at: datetime) -> bool:
    """Within their hours and no public holiday by the calendar on their wall. Who names no hours has no holidays either."""
    if rhythm.hours is None:
        return True
    free = _is_free(rhythm.holidays, at.astimezone(ZoneInfo(rhythm.timezone)).date())
    return at_work(rhythm.hours, rhythm.timezone, at) and not free


def after(start: datetime, length: timedelta, rhythms: Sequence[Rhythm]) -> datetime:
    """The moment, in UTC, when `length` has passed during which at least one of them works.

    From where nobody works for 60 days, and after ten years, the clock goes round as if somebody did: a deadline never waits for ever.
    """
    start = _utc(start)
    if length <= timedelta():
        return start
    for begin, end in _stretches(start, rhythms):
        if length <= end - begin:
            return begin + length
        length -= end - begin
    raise OverflowError(f"{length} is longer than time")


def left(paused: datetime, due: datetime, rhythms: Sequence[Rhythm]) -> timedelta:
    """The time worked between two moments, as `after` counts it: `after(at, left(paused, due, r), r)` moves a clock that stood still."""
    paused, due = _utc(paused), _utc(due)
    worked = timedelta()
    for begin, end in _stretches(paused, rhythms):
        if begin >= due:
            break
        worked += min(end, due) - begin
    return worked


def uncovered(rhythms: Sequence[Rhythm], begin: datetime, end: datetime) -> tuple[Stretch, ...]:
    """The stretches between two moments in which nobody is at work."""
    begin, end = _utc(begin), _utc(end)
    known, gaps, free_since = tuple(dict.fromkeys(rhythms)), [], begin
    monday = _monday(begin)
    while monday < end:
        for first, last in _week(known, monday):
            if free_since < first and free_since < end:
                gaps.append((free_since, min(first, end)))
            free_since = max(free_since, last)
        monday += _WEEK
    return (*gaps, (free_since, end)) if free_since < end else tuple(gaps)


@cache
def holiday_codes() -> frozenset[str]:
    """Countries whose public holidays we know, and their parts: "ES", "ES-MD", "GB-ENG"."""
    known = holidays.list_supported_countries(include_aliases=False)
    return frozenset(code for country, parts in known.items() for code in (country, *(f"{country}-{part}" for part in parts)))


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    return at.astimezone(UTC)


def _stretches(start: datetime, rhythms: Sequence[Rhythm]) -> Iterator[Stretch]:
    """What is worked from `start` on, in order, without end: the last stretch is all the time there is."""
    known = tuple(dict.fromkeys(rhythms))
    free_since, monday, horizon = start, _monday(start), start + _AT_MOST
    while monday < min(free_since + _NOBODY_FOR, horizon):
        week = _week(known, monday)
        for begin, end in week[bisect.bisect_right(week, free_since, key=_end) :]:
            if begin >= free_since + _NOBODY_FOR:
                break
            yield max(begin, free_since), end
            free_since = end
        monday += _WEEK
    yield free_since, datetime.max.replace(tzinfo=UTC)


def _end(stretch: Stretch) -> datetime:
    return stretch[1]


def _monday(at: datetime) -> datetime:
    return datetime(at.year, at.month, at.day, tzinfo=UTC) - timedelta(days=at.weekday())


@lru_cache(maxsize=4_096)
def _week(rhythms: tuple[Rhythm, ...], monday: datetime) -> tuple[Stretch, ...]:
    """When at least one of them works in the week that begins at this midnight in UTC."""
    joined: list[Stretch] = []
    for begin, end in sorted(stretch for rhythm in rhythms for stretch in _week_of(rhythm, monday)):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)


@lru_cache(maxsize=4_096)
def _week_of(rhythm: Rhythm, monday: datetime) -> tuple[Stretch, ...]:
    if rhythm.hours is None:
        return ((monday, monday + _WEEK),)
    return tuple(
        stretch
        for begin, end, offset in _clock(rhythm.timezone, monday)
        for stretch in _cut(_by_the_wall(rhythm.hours, rhythm.holidays, begin + offset, end + offset), begin, end, offset)
    )


def _by_the_wall(hours: str, free: str, begin: datetime, end: datetime) -> Iterator[Stretch]:
    """What is worked between two readings of the wall's clock, and perhaps a little beside it."""
    midnight = begin.replace(hour=0, minute=0, second=0)
    while midnight < end:
        if not _is_free(free, midnight.date()):
            for first, last in minutes_of(hours, midnight.weekday()):
                yield midnight + timedelta(minutes=first), midnight + timedelta(minutes=last)
        midnight += timedelta(days=1)


def _cut(by_the_wall: Iterable[Stretch], begin: datetime, end: datetime, offset: timedelta) -> Iterator[Stretch]:
    for first, last in by_the_wall:
        since, until = max(first - offset, begin), min(last - offset, end)
        if since < until:
            yield since, until


@lru_cache(maxsize=4_096)
def _clock(timezone: str, monday: datetime) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The week's stretches with one distance to UTC each: a zone that changes its clocks, or skips a day, has several."""
    zone = ZoneInfo(timezone)
    hours = [monday + step * _HOUR for step in range(_WEEK // _HOUR + 1)]
    changes = [_change(zone, begin, end) for begin, end in pairwise(hours) if _offset(zone, begin) != _offset(zone, end)]
    return tuple((begin, end, _offset(zone, begin)) for begin, end in pairwise([monday, *changes, monday + _WEEK]) if begin < end)


def _change(zone: ZoneInfo, begin: datetime, end: datetime) -> datetime:
    """The second at which the clocks of an hour are changed."""
    before = _offset(zone, begin)
    return begin + _SECOND * bisect.bisect_left(
        range((end - begin) // _SECOND), True, key=lambda second: _offset(zone, begin + second * _SECOND) != before
    )


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _is_free(code: str, day: date) -> bool:
    return bool(code) and day in _free_days(code, day.year)


@lru_cache(maxsize=1_024)
def _free_days(code: str, year: int) -> frozenset[date]:
    country, _, part = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
