"""The few shapes that our pictures are made of, with their places in units of the picture. Colours and strokes are the sheet's own."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """How letters look: size in units, weight, and the name of a colour."""

    size: int
    bold: bool = False
    ink: str = "ink"

    @property
    def leading(self) -> int:
        """From one line's foot to the next."""
        return round(self.size * 1.32)


TITLE = Look(32, bold=True)
UNDER = Look(19, ink="soft")
EYEBROW = Look(16, bold=True, ink="tone")
HEADING = Look(23, bold=True)
LEAD = Look(17, ink="soft")
MARK = Look(17)
CLOCK = Look(18, bold=True)
NAME = Look(20, bold=True)
NARROW_NAME = Look(19, bold=True)
WAY = Look(17)
NOTE = Look(16, bold=True, ink="tone")
SCALE = Look(16, ink="soft")
COUNT = Look(16, bold=True, ink="sheet")
FAINT_COUNT = Look(16, bold=True)  # in a dot that is not filled


@dataclass(frozen=True)
class Text:
    """One line; `x` is its beginning, or its middle or end as `anchor` says; `y` is its foot. `room` is what it may take at most."""

    x: float
    y: float
    words: str
    look: Look
    room: float
    tone: str = "plain"
    anchor: str = "start"
    kind = "text"


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    look: str
    tone: str = "plain"
    round: float = 12
    kind = "box"


@dataclass(frozen=True)
class Line:
    x: float
    y: float
    to_x: float
    to_y: float
    look: str
    kind = "line"


@dataclass(frozen=True)
class Sign:
    """A small drawing of its own, `size` wide and high, from its upper left corner."""

    name: str
    x: float
    y: float
    size: float
    tone: str = "plain"
    kind = "sign"


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    radius: float
    look: str
    tone: str = "plain"
    kind = "dot"


Shape = Text | Box | Line | Sign | Dot


@dataclass(frozen=True)
class Sheet:
    """A finished picture. `title` and `about` are for those who hear it."""

    width: int
    height: int
    title: str
    about: str
    language: str
    shapes: tuple[Shape, ...]

    def texts(self) -> Iterator[Text]:
        return (shape for shape in self.shapes if isinstance(shape, Text))
