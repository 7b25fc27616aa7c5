"""Draws how long customers waited for their first answer: how many waited how long, the middle, and how many were in time. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import inf, isfinite

from bot.pictures.chart_axis import row
from bot.pictures.chart_flags import Flag, Raised, drawn, raised, room_for
from bot.pictures.chart_frame import Plot, head
from bot.pictures.chart_shapes import MARGIN, ROOM, VALUE, WIDTH, Chart, Part
from bot.pictures.chart_words import Manner, capital
from handlers.insight.figures import Figures, Spread

HEIGHT = 360
FEW = 10  # answers
TOP = 54  # over the highest bar, for its number


def times_chart(figures: Figures, manner: Manner) -> Chart:
    return _Times(figures, manner).chart()


@dataclass(frozen=True)
class _Times:
    figures: Figures
    manner: Manner

    @property
    def spread(self) -> Spread:
        return self.figures.times.first_answer

    @cached_property
    def bins(self) -> tuple[tuple[float, int], ...]:
        return self.spread.bins or ((inf, 0),)

    @cached_property
    def peak(self) -> int:
        return max(n for _, n in self.bins)

    @property
    def each(self) -> float:
        """Each bin is as wide as any other, however long it lasts."""
        return ROOM / len(self.bins)

    def place(self, seconds: float) -> float:
        """Evenly within its bin; in the middle of the one that has no end."""
        begins = [0.0, *(until for until, _ in self.bins)]
        for at, (begin, end) in enumerate(pairwise(begins)):
            if seconds <= end:
                share = (seconds - begin) / (end - begin) if isfinite(end) else 0.5
                return round(MARGIN + (at + share) * self.each)
        return round(WIDTH - MARGIN)

    @cached_property
    def measured(self) -> list[tuple[float, str]]:
        """Of few answers nine in ten say nothing that the middle does not."""
        found = [("median", self.spread.median), ("most", self.spread.p90 if self.spread.n >= FEW else None)]
        return [(seconds, self.manner.say(name, minutes=round(seconds / 60))) for name, seconds in found if seconds is not None]

    @cached_property
    def flags(self) -> list[Raised]:
        return raised([Flag(self.place(seconds), said) for seconds, said in self.measured])[0]

    def chart(self) -> Chart:
        title = self.manner.say("times_title")
        answered = self.manner.say("answered", n=self.spread.n)
        top = head(title, [self.manner.period(self.figures.period), capital(answered), capital(self._in_time())])
        y = top.bottom + 34 + room_for(self.flags)
        plot = Plot(MARGIN, y + TOP, y + TOP + HEIGHT, self.peak)
        shapes = [
            *top.shapes,
            plot.base(),
            *self._bars(plot),
            *drawn(self.flags, y, lambda x: self._above(plot, x)),
            *self._values(plot),
        ]
        return Chart("times", title, self._described(), round(plot.bottom + 80), (*shapes, *row(list(self._ends()), plot.bottom + 40)))

    def _in_time(self) -> str:
        if self.spread.share is None:
            return self.manner.say("none_due")
        return self.manner.say("in_time", share=self.spread.share, n=self.spread.in_time, due=self.spread.due)

    def _edges(self, at: int) -> tuple[float, float]:
        return round(MARGIN + at * self.each) + 4, round(MARGIN + (at + 1) * self.each) - 4

    def _bars(self, plot: Plot) -> list[Part]:
        return [part for at, (_, n) in enumerate(self.bins) for part in plot.bar(self._edges(at), n)]

    def _above(self, plot: Plot, x: float) -> float:
        """How far down a line comes from above: to the number over what stands there."""
        counts = [n for at, (_, n) in enumerate(self.bins) if MARGIN + at * self.each - 24 <= x <= MARGIN + (at + 1) * self.each + 24]
        return plot.height(max(counts, default=0)) - 48

    def _values(self, plot: Plot) -> list[Part]:
        if not self.peak:
            return [plot.nothing(self.manner.say("no_answers"))]
        found = [(at, n, self.manner.number(n, VALUE, self.each - 8)) for at, (_, n) in enumerate(self.bins) if n]
        return [plot.value(said, sum(self._edges(at)) / 2, n) for at, n, said in found]

    def _ends(self) -> Iterator[tuple[float, str, str]]:
        """Below the line between two bins, how long the left one lasts."""
        for at, (until, _) in enumerate(self.bins):
            if isfinite(until):
                yield MARGIN + (at + 1) * self.each, "middle", self.manner.lasting(until)

    def _described(self) -> str:
        parts = [said for _, said in self.measured]
        if self.spread.share is not None:
            parts.append(self._in_time())
        return capital(self.manner.say("times_described", n=self.spread.n, parts=parts))
