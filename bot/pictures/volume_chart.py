"""Draws how many messages came in, hour by hour or day by day, beside the period before and what happened meanwhile. Pure."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.pictures.chart_axis import BY_THE_HOUR, Axis, Slot, foot, grid
from bot.pictures.chart_flags import Flag, Raised, drawn, raised, room_for, short
from bot.pictures.chart_frame import Plot, gutter, head
from bot.pictures.chart_shapes import BESIDE, MARGIN, ROOM, WIDTH, Chart, Part, Trace
from bot.pictures.chart_words import Manner, capital, length_of, shown
from bot.pictures.lettering import width
from bot.pictures.shapes import Text
from handlers.insight.figures import Arrivals, Figures, Mark

HEIGHT = 400
TOP = 54  # over the highest bar, for its number
MARKS = 12  # at the most
# the marks of a crisis that the picture shows, the most telling first
SHOWN = (
    "crisis_opened",
    "hold_silent",
    "hold_off",
    "hold_holding",
    "statement_approved_full",
    "statement_approved",
    "statement_approved_holding",
    "statement_withdrawn",
    "customers_first_attested",
    "authority_told",
    "update_given",
    "crisis_closed",
)


def volume_chart(figures: Figures, manner: Manner) -> Chart:
    return _Volume(figures, manner).chart()


@dataclass(frozen=True)
class _Volume:
    figures: Figures
    manner: Manner

    @property
    def arrivals(self) -> Arrivals:
        return self.figures.arrivals

    @cached_property
    def length(self) -> str:
        return length_of(self.figures.period)

    @cached_property
    def time(self) -> Axis:
        return Axis(self.figures.period, 0, 1)

    @cached_property
    def counts(self) -> list[int]:
        return self.time.spread((hour.at, hour.n) for hour in self.arrivals.hours)

    @cached_property
    def earlier(self) -> list[int]:
        """Nothing where it is not known, or where so many hours would be a thicket."""
        legible = self.time.daily or self.time.hours <= BY_THE_HOUR
        return self.time.gathered(self.arrivals.hours_before) if legible and any(self.arrivals.hours_before) else []

    @cached_property
    def peak(self) -> int:
        return max([*self.counts, *self.earlier])

    @cached_property
    def axis(self) -> Axis:
        x = MARGIN + gutter(self.peak, self.manner)
        return Axis(self.figures.period, x, WIDTH - MARGIN - x)

    @cached_property
    def flags(self) -> tuple[list[Raised], int]:
        chosen: dict[tuple[str, int], Mark] = {}
        for mark in self.arrivals.marks:
            if (what := shown(mark)) in SHOWN and self.axis.since <= mark.at <= self.axis.until:
                chosen[what, self.axis.hour_of(mark.at)] = mark  # the same again within an hour is one
        marks = sorted(chosen.values(), key=lambda mark: (SHOWN.index(shown(mark)), mark.at))
        found, left_out = raised([self._flag(mark) for mark in marks[:MARKS]])
        return found, left_out + len(marks[MARKS:])

    def _flag(self, mark: Mark) -> Flag:
        at = self.manner.date(mark.at) if self.axis.daily else self.manner.hour(mark.at)
        words = short(self.manner.say("mark", what=shown(mark), at=at))
        return Flag(round(self.axis.place(mark.at)), words, SHOWN.index(shown(mark)))

    def chart(self) -> Chart:
        title = self.manner.say("volume_title", daily=self.axis.daily)
        total = self.manner.say("volume_sum", n=self.arrivals.mentions.n, earlier=self.arrivals.mentions.before, length=self.length)
        top = head(title, [self.manner.period(self.figures.period), capital(total)])
        y = top.bottom + (BESIDE.leading if self.earlier else 0) + 28
        flags, left_out = self.flags
        y += room_for(flags)
        plot = Plot(self.axis.x, y + TOP, y + TOP + HEIGHT, self.peak)
        words, bottom = foot(self.axis, plot.bottom, self.manner)
        shapes = [*top.shapes, *self._key(top.bottom), *self._more(left_out, top.bottom), *plot.levels(self.manner)]
        shapes += [
            *grid(self.axis, plot.top, plot.bottom),
            *self._bars(plot),
            *self._before(plot),
            *drawn(flags, y, lambda x: self._above(plot, x)),
        ]
        return Chart("volume", title, self._described(), round(bottom + 28), (*shapes, *self._tops(plot), *words))

    def _key(self, y: float) -> list[Part]:
        """A piece of the line, and what it means."""
        if not self.earlier:
            return []
        said = capital(self.manner.say("volume_before", n=self.arrivals.mentions.before, length=self.length))
        stroke = Trace(((MARGIN, y + 20), (MARGIN + 44, y + 20)), "before")
        return [stroke, Text(MARGIN + 60, y + 30, said, BESIDE, ROOM - 60)]

    def _more(self, count: int, y: float) -> list[Part]:
        if not count:
            return []
        said = self.manner.say("more_marks", n=count)
        return [Text(WIDTH - MARGIN, y + 30, said, BESIDE, width(said, BESIDE), anchor="end")]

    def _bars(self, plot: Plot) -> list[Part]:
        slots = zip(self.axis.slots, self.counts, strict=True)
        return [part for slot, n in slots for part in plot.bar(self.axis.edges(slot), n)]

    def _before(self, plot: Plot) -> list[Part]:
        """In steps, as wide as the slots are."""
        if not self.earlier:
            return []
        places = [self.axis.place(slot.begin) for slot in self.axis.slots] + [self.axis.place(self.axis.until)]
        steps = [(x, plot.height(n)) for ends, n in zip(pairwise(places), self.earlier, strict=True) for x in ends]
        return [Trace(tuple(steps), "before")]

    def _above(self, plot: Plot, x: float) -> float:
        """How far down a line comes from above: to the bars that stand there, and the number over the highest."""
        beside = [n for slot, n in zip(self.axis.slots, self.counts, strict=True) if self._is_near(slot, x)]
        most = max(beside, default=0)
        return plot.height(most) - (48 if most == max(self.counts) else 10)

    def _is_near(self, slot: Slot, x: float) -> bool:
        begin, end = self.axis.edges(slot)
        return begin - 6 <= x <= end + 6

    def _tops(self, plot: Plot) -> list[Part]:
        """The greatest number over its bar; or that there is none."""
        most = max(self.counts)
        if not most:
            return [plot.nothing(self.manner.say("no_messages"))]
        begin, end = self.axis.edges(self.axis.slots[self.counts.index(most)])
        return [plot.value(self.manner.number(most), (begin + end) / 2, most)]

    def _described(self) -> str:
        most = max(self.counts)
        at = self.axis.slots[self.counts.index(most)].begin
        said = self.manner.long_date(at) if self.axis.daily else self.manner.moment(at)
        return capital(self.manner.say("volume_described", n=self.arrivals.mentions.n, peak=most, at=said, daily=self.axis.daily))
