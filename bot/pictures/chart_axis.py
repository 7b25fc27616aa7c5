"""Where a moment and a number stand in a chart: slots of an hour or a day, the words below, lines to read heights by. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from math import ceil, log10

from bot.pictures.chart_shapes import SCALE, Part
from bot.pictures.chart_words import Manner
from bot.pictures.lettering import width
from bot.pictures.shapes import Line, Text
from handlers.insight.figures import Period

HOUR = timedelta(hours=1)
HOURLY = 8 * 24 + 1  # hours; above it a slot is a day
BY_THE_HOUR = 50  # hours; above it days are written below
APART = 26  # pixels between two words of the scale
HOUR_STEPS, DAY_STEPS = (1, 2, 3, 4, 6, 12, 24), (1, 2, 3, 5, 7, 10, 14, 28)


@dataclass(frozen=True)
class Slot:
    """A part of the period; `hours` are the places of the hours in it."""

    begin: datetime
    end: datetime
    hours: range


@dataclass(frozen=True)
class Axis:
    """Time runs evenly from `x` on, so a day on which clocks change is longer or shorter by an hour."""

    period: Period
    x: float
    width: float

    @property
    def since(self) -> datetime:
        return self.period.since.astimezone(UTC)

    @property
    def until(self) -> datetime:
        return max(self.period.until.astimezone(UTC), self.since + timedelta(minutes=15))

    @property
    def hours(self) -> int:
        return ceil((self.until - self.since) / HOUR)

    @property
    def daily(self) -> bool:
        return self.hours > HOURLY

    def place(self, at: datetime) -> float:
        """What lies outside stands at the edge."""
        share = (at.astimezone(UTC) - self.since) / (self.until - self.since)
        return self.x + self.width * min(1.0, max(0.0, share))

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        groups = [range(hour, hour + 1) for hour in range(self.hours)] if not self.daily else list(self._days())
        return tuple(Slot(self._at(hours.start), min(self.until, self._at(hours.stop)), hours) for hours in groups)

    def _at(self, hour: int) -> datetime:
        return self.since + hour * HOUR

    def _days(self) -> Iterator[range]:
        for _, hours in groupby(range(self.hours), lambda hour: self._at(hour).astimezone(self.period.zone).date()):
            found = list(hours)
            yield range(found[0], found[-1] + 1)

    def hour_of(self, at: datetime) -> int:
        return (at.astimezone(UTC) - self.since) // HOUR

    def spread(self, counts: Iterable[tuple[datetime, int]]) -> list[int]:
        """By slot, of counts by the moment at which their hour begins."""
        by_hour = [0] * self.hours
        for at, n in counts:
            if 0 <= (hour := self.hour_of(at)) < self.hours:
                by_hour[hour] += n
        return self.gathered(by_hour)

    def gathered(self, by_hour: Sequence[int]) -> list[int]:
        return [sum(by_hour[slot.hours.start : slot.hours.stop]) for slot in self.slots]

    def edges(self, slot: Slot) -> tuple[float, float]:
        """Whole pixels, with a little room between two of them."""
        begin, end = round(self.place(slot.begin)), round(self.place(slot.end))
        gap = min(6, (end - begin) // 5)
        wide = min(end - begin - gap, 160)  # a single hour is no wall
        middle = (begin + end) / 2
        return round(middle - wide / 2), round(middle + wide / 2)

    def local(self, step: int) -> Iterator[datetime]:
        """The full hours of the local clock that `step` divides; an hour that a day has twice comes once, one that it lacks never."""
        day = self.since.astimezone(self.period.zone).date()
        while self._of(day, 0) <= self.until:
            found = [at for hour in range(0, 24, step) if self._is(at := self._of(day, hour), hour)]
            yield from (at for at in found if self.since <= at <= self.until)
            day += timedelta(days=1)

    def _of(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), self.period.zone).astimezone(UTC)

    def _is(self, at: datetime, hour: int) -> bool:
        return at.astimezone(self.period.zone).hour == hour

    def dawns(self) -> list[datetime]:
        """Midnights within the period, its edges left out."""
        return [at for at in self.local(24) if self.since < at < self.until]


def foot(axis: Axis, y: float, manner: Manner) -> tuple[list[Part], float]:
    """What is written below an axis at `y`, and how far down that reaches."""
    if axis.hours > BY_THE_HOUR:
        return row(days(axis, manner), y + 44), y + 56
    marked = row(hours(axis, manner), y + 44)
    ticks = [Line(text.x, y, text.x, y + 9, "base") for text in marked if isinstance(text, Text)]
    shapes = [*ticks, *marked]
    dated = row(dates(axis, manner), y + 84)
    return [*shapes, *dated], y + (96 if dated else 56)


def row(words: Sequence[tuple[float, str, str]], y: float) -> list[Part]:
    """(place, anchor, words) in one line; what would touch the word before it is left out."""
    shapes: list[Part] = []
    free = -1000.0
    for x, anchor, said in words:
        wide = width(said, SCALE)
        begin = x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        if begin >= free:
            shapes.append(Text(x, y, said, SCALE, wide, anchor=anchor))
            free = begin + wide + APART / 2
    return shapes


def hours(axis: Axis, manner: Manner) -> list[tuple[float, str, str]]:
    widest = max(width(manner.say("hour", hour=hour, minute=0), SCALE) for hour in (10, 20)) + APART
    step = next((step for step in HOUR_STEPS if axis.width / max(1, axis.hours) * step >= widest), HOUR_STEPS[-1])
    return [(axis.place(at), "middle", manner.hour(at)) for at in axis.local(step)]


def dates(axis: Axis, manner: Manner) -> list[tuple[float, str, str]]:
    """From each midnight on; the first day where the period begins, when there is room before the next."""
    begins = sorted({axis.since, *axis.dawns()})
    ends = [*begins[1:], axis.until]
    found = [(axis.place(at), manner.long_date(at), axis.place(end)) for at, end in zip(begins, ends, strict=True)]
    return [(x, "start", said) for x, said, end in found if x + width(said, SCALE) <= end]


def days(axis: Axis, manner: Manner) -> list[tuple[float, str, str]]:
    """In the middle of each day, as many as can be read."""
    say = manner.date if axis.daily else manner.weekday
    begins = sorted({axis.since, *axis.dawns()})
    ends = [*begins[1:], axis.until]
    middles = [at + (end - at) / 2 for at, end in zip(begins, ends, strict=True)]
    widest = max(width(say(at), SCALE) for at in middles) + APART
    step = next((step for step in DAY_STEPS if axis.width * (24 * HOUR / (axis.until - axis.since)) * step >= widest), DAY_STEPS[-1])
    return [(axis.place(at), "middle", say(at)) for at in middles[::step]]


def heights(peak: int, most: int = 4) -> list[int]:
    """Round numbers to read heights by, from nought on and no greater than the peak."""
    if peak <= 0:
        return [0]
    magnitude = 10 ** int(log10(peak))
    steps = sorted(max(1, round(base * magnitude / 10)) for base in (1, 2, 5, 10, 20, 50, 100))
    step = next(step for step in steps if peak / step < most)
    return list(range(0, peak + 1, step))


def grid(axis: Axis, top: float, bottom: float) -> list[Part]:
    """Where a day ends."""
    return [Line(axis.place(at), top, axis.place(at), bottom, "midnight") for at in axis.dawns()] if not axis.daily else []
