"""Whether somebody is at work: the hours that a person keeps, by the clock on their own wall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = f"(?:{'|'.join(_DAYS)})"
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_SPAN = f"{_DAY}(?:-{_DAY})? {_TIME}-(?:{_TIME}|24:00)"
HOURS = re.compile(f"{_SPAN}(?:, ?{_SPAN})*")
_DAY_LENGTH = 24 * 60


@dataclass(frozen=True)
class _Span:
    """The days on which it begins; minutes of the day. It runs past midnight unless the end is after the beginning."""

    days: frozenset[int]
    begin: int
    end: int

    def holds(self, day: int, minute: int) -> bool:
        today, since_yesterday = day in self.days, (day - 1) % 7 in self.days
        if self.begin < self.end:
            return today and self.begin <= minute < self.end
        return (today and minute >= self.begin) or (since_yesterday and minute < self.end)

    def on(self, day: int) -> Iterator[tuple[int, int]]:
        past_midnight = self.begin >= self.end
        if day in self.days:
            yield self.begin, _DAY_LENGTH if past_midnight else self.end
        if past_midnight and (day - 1) % 7 in self.days and self.end:
            yield 0, self.end


def at_work(hours: str | None, timezone: str, at: datetime) -> bool:
    """`hours` as flows/people.py reads them, None is always; "mon 08:00-08:00" is a day and a night.

    When the clock is set back, an hour that comes twice counts twice; an hour that is skipped is not there. Raises ValueError
    for hours in another form and for a time without its zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    local = at.astimezone(ZoneInfo(timezone))
    return hours is None or any(span.holds(local.weekday(), local.hour * 60 + local.minute) for span in _spans(hours))


def minutes_of(hours: str, day: int) -> tuple[tuple[int, int], ...]:
    """The minutes worked on a weekday (Monday is 0), from the first until before the last, tails of the day before with them."""
    return tuple(stretch for span in _spans(hours) for stretch in span.on(day))


@lru_cache(maxsize=1_024)
def _spans(hours: str) -> tuple[_Span, ...]:
    if not HOURS.fullmatch(hours):
        raise ValueError(f"{hours!r} are no hours")
    return tuple(_span(text.strip()) for text in hours.split(","))


def _span(text: str) -> _Span:
    days, times = text.split(" ")
    first, _, last = days.partition("-")
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    begin, until = (int(time[:2]) * 60 + int(time[3:]) for time in times.split("-"))
    return _Span(frozenset((start + step) % 7 for step in range((end - start) % 7 + 1)), begin, until)
