"""Who is on duty, and who comes next: people take turns, and written shifts go before the turns."""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

_LOOKS_AHEAD = (timedelta(days=15), timedelta(days=60), timedelta(days=366))


@dataclass(frozen=True)
class Shift:
    """One person's duty, from its beginning until before its end, both in UTC."""

    rota: str
    who: str
    begin: datetime
    end: datetime


class Duty(ABC):
    """Whatever says who is on duty."""

    @abstractmethod
    def layers(self, begin: datetime, end: datetime) -> Iterable[Shift]:
        """Every shift that touches this time, whole; where several lie over each other, the last one counts."""

    def on(self, at: datetime) -> str | None:
        at = in_utc(at)
        return next((shift.who for shift in self.between(at, at + timedelta(microseconds=1))), None)

    def then(self, at: datetime) -> Shift | None:
        """The next change to somebody else, or to somebody at all; None when there is none within a year."""
        at = in_utc(at)
        for ahead in _LOOKS_AHEAD:
            found = next((shift for shift in self.between(at, at + ahead) if shift.begin > at), None)
            if found and (found.end < at + ahead or ahead == _LOOKS_AHEAD[-1]):
                return found
        return None

    def between(self, begin: datetime, end: datetime) -> tuple[Shift, ...]:
        """Who is on duty from one moment to another, in order, cut to that time; nobody is a gap."""
        begin, end = in_utc(begin), in_utc(end)
        if end <= begin:
            return ()
        joined: list[Shift] = []
        for shift in _uppermost(self.layers(begin, end), begin, end):
            last = joined[-1] if joined else None
            if last and last.end == shift.begin and last.who == shift.who:
                joined[-1] = Shift(last.rota, last.who, last.begin, shift.end)
            else:
                joined.append(shift)
        return tuple(joined)


@dataclass(frozen=True)
class Rota(Duty):
    """Each of `order` has a turn of `every` (whole days), the first from `since` at `handover` by the wall clock of `timezone`.

    A handover in an hour that comes twice is the first of both, in one that is skipped as much later. Written `shifts` go before turns.
    """

    name: str
    timezone: str
    order: tuple[str, ...] = ()
    since: date = date.min
    every: timedelta = timedelta(days=7)
    handover: time = time(9)
    shifts: tuple[Shift, ...] = ()

    def layers(self, begin: datetime, end: datetime) -> Iterator[Shift]:
        if self.order:
            yield from self._turns(begin, end)
        yield from (shift for shift in self.shifts if shift.begin < end and shift.end > begin)

    def _turns(self, begin: datetime, end: datetime) -> Iterator[Shift]:
        number = max(0, self._number(begin))
        since = self._begin(number)
        while since < end:
            number, until = number + 1, self._begin(number + 1)
            yield Shift(self.name, self.order[(number - 1) % len(self.order)], since, until)
            since = until

    def _number(self, at: datetime) -> int:
        """Of the turn at a moment; negative before the first one."""
        # a skipped hour or day moves a handover past those after it: the turn may be one further back
        near = (at.astimezone(ZoneInfo(self.timezone)).date() - self.since) // self.every
        return next((number for number in (near + 1, near, near - 1) if self._begin(number) <= at), near - 2)

    def _begin(self, number: int) -> datetime:
        return in_zone(self.since + number * self.every, self.handover, self.timezone)


def in_zone(day: date, wall_clock: time, timezone: str) -> datetime:
    return datetime.combine(day, wall_clock, ZoneInfo(timezone)).astimezone(UTC)


def in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    return at.astimezone(UTC)


def _uppermost(layers: Iterable[Shift], begin: datetime, end: datetime) -> Iterator[Shift]:
    """The shift that counts, from each change to the next."""
    waiting = sorted(((shift.begin, -layer, shift) for layer, shift in enumerate(layers)), key=lambda entry: entry[:2], reverse=True)
    changes = {moment for entry in waiting for moment in (entry[2].begin, entry[2].end) if begin < moment < end}
    running: list[tuple[int, Shift]] = []
    for since, until in pairwise(sorted({begin, *changes, end})):
        while waiting and waiting[-1][0] <= since:
            _, layer, shift = waiting.pop()
            heapq.heappush(running, (layer, shift))
        while running and running[0][1].end <= since:
            heapq.heappop(running)
        if running:
            yield Shift(running[0][1].rota, running[0][1].who, since, until)
