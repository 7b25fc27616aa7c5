"""What a chart is made of beside the shapes of our other pictures. Its pixels are counted for a sheet that is 1,080 wide."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.pictures.shapes import Look, Shape, Text

WIDTH, MARGIN = 1080, 48
ROOM = WIDTH - 2 * MARGIN

# 28 of 1,080 are 10 on a telephone 390 wide: nothing is smaller
TITLE = Look(46, bold=True)
UNDER = Look(30, ink="soft")
NAME = Look(31, bold=True)
BESIDE = Look(29, ink="soft")
SCALE = Look(28, ink="soft")
VALUE = Look(28, bold=True)
FLAG = Look(28)
FIGURE = Look(64, bold=True)
RED = Look(29, bold=True, ink="tone")


@dataclass(frozen=True)
class Trace:
    """A line through several points."""

    points: tuple[tuple[float, float], ...]
    look: str
    kind = "trace"


Part = Shape | Trace


@dataclass(frozen=True)
class Chart:
    """A chart with every shape in its place. `described` says it in one sentence to those who cannot see it."""

    name: str
    title: str
    described: str
    height: int
    shapes: tuple[Part, ...]

    def texts(self) -> Iterator[Text]:
        return (shape for shape in self.shapes if isinstance(shape, Text))
