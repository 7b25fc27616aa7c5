"""Upright lines with words at their heads, in as few rows as they need without touching each other. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.pictures.chart_shapes import FLAG, MARGIN, WIDTH, Part
from bot.pictures.lettering import cut, width
from bot.pictures.shapes import Line, Text

ROW = 40  # from one row of words to the next
BESIDE = 10  # between a line and its words
APART = 18  # between two in one row
CLEAR = 5  # between words and a line that passes them
ROWS = 8


@dataclass(frozen=True)
class Flag:
    """`rank`: the smaller, the sooner it is shown when there is no room for all."""

    x: float
    words: str
    rank: int = 0


@dataclass(frozen=True)
class Raised:
    """A flag in its row, counted from below; its words reach from `begin` to `end`."""

    flag: Flag
    row: int
    begin: float
    end: float

    def touches(self, other: "Raised") -> bool:
        """Side by side in one row, or the line of the higher one through the words of the lower."""
        if self.row == other.row:
            ours, theirs = (sorted((one.flag.x, one.begin, one.end)) for one in (self, other))
            return ours[0] < theirs[2] + APART and theirs[0] < ours[2] + APART
        low, high = sorted((self, other), key=lambda one: one.row)
        return low.begin - CLEAR < high.flag.x < low.end + CLEAR


def raised(flags: Sequence[Flag]) -> tuple[list[Raised], int]:
    """All that fit, and how many had to be left out, the least important first."""
    wanted = sorted(flags, key=lambda flag: (flag.rank, flag.x))
    while (found := _placed(wanted)) is None:
        wanted = wanted[:-1]
    return found, len(flags) - len(wanted)


def _placed(flags: Sequence[Flag]) -> list[Raised] | None:
    """Words stand behind their lines, the earlier the higher; at the right edge before them, the later the higher."""
    found: list[Raised] = []
    ahead = sorted((flag for flag in flags if not _has_room_behind(flag)), key=lambda flag: flag.x)
    behind = sorted((flag for flag in flags if _has_room_behind(flag)), key=lambda flag: -flag.x)
    for flag in (*ahead, *behind):
        place = next((one for one in _choices(flag) if not any(one.touches(other) for other in found)), None)
        if place is None:
            return None
        found.append(place)
    return found


def _has_room_behind(flag: Flag) -> bool:
    return flag.x + BESIDE + width(flag.words, FLAG) <= WIDTH - MARGIN


def _choices(flag: Flag) -> list[Raised]:
    """Behind the line rather than before it, then as low as can be."""
    wide = width(flag.words, FLAG)
    sides = [(flag.x + BESIDE, flag.x + BESIDE + wide), (flag.x - BESIDE - wide, flag.x - BESIDE)]
    return [Raised(flag, row, *side) for side in sides if side[0] >= MARGIN and side[1] <= WIDTH - MARGIN for row in range(ROWS)]


def drawn(found: Sequence[Raised], foot: float, ends: Callable[[float], float]) -> list[Part]:
    """`foot` is where the lowest row of words stands; `ends` says how far down the line at a place goes."""
    lines: list[Part] = []
    words: list[Part] = []
    for one in found:
        y = foot - one.row * ROW
        lines.append(Line(one.flag.x, y - FLAG.size + 4, one.flag.x, ends(one.flag.x), "flag"))
        words.append(Text(one.begin, y, one.flag.words, FLAG, one.end - one.begin))
    return [*lines, *words]


def room_for(found: Sequence[Raised]) -> float:
    """How much height the rows of words take."""
    return (max((one.row for one in found), default=-1) + 1) * ROW


def short(words: str) -> str:
    """So that it fits on one side of any line."""
    return cut(words, (WIDTH - 2 * MARGIN) / 2 - BESIDE, FLAG)
