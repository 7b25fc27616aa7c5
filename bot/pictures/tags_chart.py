"""Draws what new cases were about over time: a row for each of the most frequent tags and one for all others. Pure."""

from dataclasses import dataclass
from functools import cached_property

from bot.pictures.chart_axis import Axis, foot, grid
from bot.pictures.chart_frame import Plot, head
from bot.pictures.chart_shapes import BESIDE, MARGIN, NAME, ROOM, WIDTH, Chart, Part
from bot.pictures.chart_words import Manner, capital, length_of
from bot.pictures.lettering import cut, width
from bot.pictures.shapes import Text
from handlers.insight.figures import Figures, Tally

ROWS = 5  # tags with a row of their own
HEIGHT, HEADING, BETWEEN = 76, 84, 22  # of the bars, of the words over them, and to the next row
EMPTY = 200


@dataclass(frozen=True)
class _Row:
    """`names` are the tags that it counts."""

    said: str
    n: int
    before: int
    names: tuple[str, ...]
    look: str = "bar"


def tags_chart(figures: Figures, manner: Manner) -> Chart:
    return _Tags(figures, manner).chart()


@dataclass(frozen=True)
class _Tags:
    figures: Figures
    manner: Manner

    @cached_property
    def axis(self) -> Axis:
        return Axis(self.figures.period, MARGIN, ROOM)

    @cached_property
    def rows(self) -> list[_Row]:
        found = sorted((tag for tag in self.figures.arrivals.tags if tag.n), key=lambda tag: (-tag.n, tag.name))
        own, rest = (found, []) if len(found) == ROWS + 1 else (found[:ROWS], found[ROWS:])
        rows = [_Row(self.manner.label(tag.name, self.figures.labels), tag.n, tag.before, (tag.name,)) for tag in own]
        return [*rows, self._others(rest)] if rest else rows

    def _others(self, rest: list[Tally]) -> _Row:
        names = tuple(tag.name for tag in rest)
        return _Row(self.manner.say("others", n=len(rest)), sum(tag.n for tag in rest), sum(tag.before for tag in rest), names, "rest")

    @property
    def compared(self) -> bool:
        """Whether anything is known of the period before."""
        return any(row.before for row in self.rows)

    def chart(self) -> Chart:
        title = self.manner.say("tags_title")
        under = [self.manner.period(self.figures.period)]
        if self.rows:
            compared = [self.manner.say("changed_from", length=length_of(self.figures.period))] if self.compared else []
            under += [". ".join([self.manner.say("tags_note"), *compared])]
        top = head(title, under)
        shapes: list[Part] = [*top.shapes]
        y = top.bottom + 20
        for row in self.rows:
            shapes += self._row(row, y)
            y += HEADING + HEIGHT + BETWEEN
        if not self.rows:
            plot = Plot(MARGIN, y, y + EMPTY, 1)
            shapes += [plot.base(), plot.nothing(self.manner.say("no_tags"))]
            y = plot.bottom + BETWEEN
        words, bottom = foot(self.axis, y - BETWEEN, self.manner)
        return Chart("tags", title, self._described(), round(bottom + 28), (*shapes, *words))

    def _row(self, row: _Row, y: float) -> list[Part]:
        counts = self.axis.spread((hour.at, sum(hour.tags.get(name, 0) for name in row.names)) for hour in self.figures.arrivals.hours)
        peak = max(counts)
        plot = Plot(MARGIN, y + HEADING, y + HEADING + HEIGHT, peak)
        shapes = [*self._heading(row, y + 36), plot.base()]
        shapes += grid(self.axis, plot.top - 8, plot.bottom)
        for slot, n in zip(self.axis.slots, counts, strict=True):
            shapes += plot.bar(self.axis.edges(slot), n, row.look)
        if peak:
            begin, end = self.axis.edges(self.axis.slots[counts.index(peak)])
            shapes.append(plot.value(self.manner.number(peak), (begin + end) / 2, peak))
        return shapes

    def _heading(self, row: _Row, y: float) -> list[Part]:
        """The tag on the left; how many, and how many more than before, on the right."""
        total = self.manner.number(row.n)
        change = self.manner.say("change", n=row.n - row.before) if self.compared else ""
        end = WIDTH - MARGIN
        beside = width(change, BESIDE) + 14 if change else 0
        taken = width(total, NAME) + beside + 24
        shapes: list[Part] = [Text(MARGIN, y, cut(row.said, ROOM - taken, NAME), NAME, ROOM - taken)]
        shapes.append(Text(end - beside, y, total, NAME, width(total, NAME), anchor="end"))
        return [*shapes, Text(end, y, change, BESIDE, beside, anchor="end")] if change else shapes

    def _described(self) -> str:
        counts = [self.manner.say("tag_count", what=row.said, n=row.n) for row in self.rows]
        return capital(self.manner.say("tags_described", counts=counts))
