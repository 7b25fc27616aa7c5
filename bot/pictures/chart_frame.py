"""The frame of a chart: its title and what stands under it, heights to read by, and the words of an empty one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.pictures.blocks import Block, Spot, lines
from bot.pictures.chart_axis import heights
from bot.pictures.chart_shapes import BESIDE, MARGIN, ROOM, SCALE, TITLE, UNDER, VALUE, WIDTH, Part
from bot.pictures.chart_words import Manner
from bot.pictures.lettering import width
from bot.pictures.shapes import Box, Line, Text

LEVEL = 150  # how wide the words of a height may be
GUTTER = 16  # between the words of a height and the plot


def head(title: str, under: Sequence[str]) -> Block:
    """The title, and beneath it a line or more for each sentence."""
    block = lines(title, Spot(MARGIN, 34, ROOM), TITLE, most=2)
    shapes, at = [*block.shapes], Spot(MARGIN, block.bottom + 4, ROOM)
    for said in under:
        block = lines(said, at, UNDER)
        shapes += block.shapes
        at = at.below(block)
    return Block(shapes, at.y)


def gutter(peak: int, manner: Manner) -> float:
    """How wide the words of the heights are, with the room beside them."""
    return max(width(manner.number(n, SCALE, LEVEL), SCALE) for n in heights(peak)) + GUTTER


@dataclass(frozen=True)
class Plot:
    """Where bars stand: from `x` to `end`, on `bottom`; the greatest number, `peak`, reaches `top`."""

    x: float
    top: float
    bottom: float
    peak: int
    end: float = WIDTH - MARGIN

    def height(self, n: float) -> float:
        """Where a bar of so many ends above."""
        return self.bottom - (self.bottom - self.top) * n / max(1, self.peak)

    def bar(self, edges: tuple[float, float], n: int, look: str = "bar") -> list[Part]:
        """None for nought; a single one can always be seen."""
        y = min(round(self.height(n)), self.bottom - 3)
        return [Box(edges[0], y, edges[1] - edges[0], self.bottom - y, look, round=0)] if n else []

    def base(self) -> Line:
        return Line(self.x, self.bottom, self.end, self.bottom, "base")

    def levels(self, manner: Manner) -> list[Part]:
        shapes: list[Part] = [self.base()]
        for n in heights(self.peak):
            y, said = round(self.height(n)), manner.number(n, SCALE, LEVEL)
            shapes += [Line(self.x, y, self.end, y, "grid")] if n else []
            shapes.append(Text(self.x - GUTTER, y + 10, said, SCALE, width(said, SCALE), anchor="end"))
        return shapes

    def value(self, said: str, middle: float, n: int, look: str = "plain") -> Text:
        """A number over its bar, moved inwards at the edges."""
        half = width(said, VALUE) / 2
        x = min(max(middle, self.x + half), self.end - half)
        return Text(x, round(self.height(n)) - 12, said, VALUE, 2 * half, look, anchor="middle")

    def nothing(self, said: str) -> Text:
        wide = width(said, BESIDE)
        return Text((self.x + self.end) / 2, (self.top + self.bottom) / 2, said, BESIDE, wide, anchor="middle")
