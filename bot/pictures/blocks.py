"""Lines of words and signs, set from a top on downwards: what every picture is built of. Pure."""

from dataclasses import dataclass

from bot.pictures.lettering import broken
from bot.pictures.shapes import Look, Shape, Sign, Text
from bot.pictures.words import Tongue
from handlers.pictures.flow_picture import Item

MARGIN, PAD, GAP = 28, 24, 18
INDENT = 30  # of words behind a sign


@dataclass(frozen=True)
class Block:
    """Shapes, and how far down they reach."""

    shapes: list[Shape]
    bottom: float


@dataclass(frozen=True)
class Spot:
    """Where something begins, and how wide it may be."""

    x: float
    y: float
    room: float

    def below(self, block: Block) -> "Spot":
        return Spot(self.x, block.bottom, self.room)


def lines(words: str, at: Spot, look: Look, *, tone: str = "plain", most: int = 3) -> Block:
    """Words from a top on downwards."""
    parts = broken(words, at.room, look, most)
    foot = at.y + look.size
    shapes: list[Shape] = [Text(at.x, foot + place * look.leading, part, look, at.room, tone) for place, part in enumerate(parts)]
    return Block(shapes, at.y + len(parts) * look.leading)


def item(one: Item, at: Spot, look: Look, tongue: Tongue) -> Block:
    """A sign and its words behind it, which begin at the same place without one."""
    block = lines(tongue.speak(one.words), Spot(at.x + INDENT, at.y, at.room - INDENT), look, most=5)
    signs = [Sign(one.sign, at.x, at.y + (look.leading - 21) / 2 + 1, 21)] if one.sign else []
    return Block([*signs, *block.shapes], block.bottom + 2)
