"""How wide words are in the letters that we ship, so that every line is broken where its box ends."""

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.pictures.shapes import Look
from templates import FONTS

MORE = "…"


@dataclass(frozen=True)
class Letters:
    """Widths of one TrueType font by code point, in ems."""

    widths: dict[int, float]

    @classmethod
    def read(cls, file: Path) -> "Letters":
        """Tables cmap (format 4), hhea and hmtx, https://learn.microsoft.com/typography/opentype/spec/otff"""
        data = file.read_bytes()
        tables = _tables(data)
        per_em = struct.unpack_from(">H", data, tables["head"] + 18)[0]
        measured = struct.unpack_from(">H", data, tables["hhea"] + 34)[0]
        advances = [struct.unpack_from(">H", data, tables["hmtx"] + 4 * glyph)[0] for glyph in range(measured)]
        glyphs = _glyphs(data, tables["cmap"])
        return cls({code: advances[min(glyph, measured - 1)] / per_em for code, glyph in glyphs.items()})

    def width(self, words: str) -> float:
        """What we have no letter for counts as a full square, as Chinese characters and emoji are."""
        return sum(self.widths.get(ord(letter), 1.0) for letter in words)


def _tables(data: bytes) -> dict[str, int]:
    count = struct.unpack_from(">H", data, 4)[0]
    entries = (struct.unpack_from(">4sIII", data, 12 + 16 * place) for place in range(count))
    return {name.decode(): offset for name, _, offset, _ in entries}


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    offsets = [struct.unpack_from(">HHI", data, cmap + 4 + 8 * place)[2] for place in range(count)]
    at = next(cmap + offset for offset in offsets if struct.unpack_from(">H", data, cmap + offset)[0] == 4)
    segments = struct.unpack_from(">H", data, at + 6)[0] // 2
    column = f">{segments}H"
    ends = struct.unpack_from(column, data, at + 14)
    starts, shifts, ranges = (struct.unpack_from(column, data, at + 16 + 2 * segments * place) for place in (1, 2, 3))
    found = {}
    for segment, (begin, end, shift, offset) in enumerate(zip(starts, ends, shifts, ranges, strict=True)):
        for code in range(begin, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                place = at + 16 + 6 * segments + 2 * segment + offset + 2 * (code - begin)
                glyph = struct.unpack_from(">H", data, place)[0]
            found[code] = (glyph + shift) & 0xFFFF
    return found


@cache
def letters(*, bold: bool) -> Letters:
    return Letters.read(FONTS / ("Inter-SemiBold.ttf" if bold else "Inter-Regular.ttf"))


def width(words: str, look: Look) -> float:
    return letters(bold=look.bold).width(words) * look.size


def drawable(words: str) -> bool:
    """Whether our own letters are enough for it."""
    return all(ord(letter) in letters(bold=False).widths for letter in words if letter.isprintable())


def cut(words: str, room: float, look: Look) -> str:
    """On one line, ended by … where it would be too long."""
    if width(words, look) <= room:
        return words
    kept = words
    while kept and width(kept + MORE, look) > room:
        kept = kept[:-1].rstrip(" ,;:")
    return kept + MORE


def broken(words: str, room: float, look: Look, most: int = 3) -> list[str]:
    """Lines no wider than `room`, `most` at the most; what is left out is an … at the end. A word too long for any line is divided."""
    lines, parts = [""], [word for word in words.replace("\n", " ").split(" ") if word]
    for word in parts:
        longer = f"{lines[-1]} {word}".strip(" ")
        if width(longer, look) <= room:
            lines[-1] = longer
        else:
            lines += _divided(word, room, look)
    found = [line for line in lines if line]
    if len(found) > most:
        found[most - 1 :] = [cut(_left(" ".join(parts), found[: most - 1]), room, look)]
    return found


def _left(words: str, lines: list[str]) -> str:
    """What comes after these lines, of which some end in a hyphen that is not in the words."""
    for line in lines:
        words = words.removeprefix(line if words.startswith(line) else line[:-1]).lstrip(" ")
    return words


def _divided(word: str, room: float, look: Look) -> list[str]:
    """After a sign of its own where there is one, else anywhere, with a hyphen."""
    parts = []
    while width(word, look) > room and len(word) > 1:
        fitting = [end for end in range(1, len(word)) if width(word[:end] + "-", look) <= room] or [1]
        signs = [end for end in fitting if word[end - 1] in "-/_.@"]
        end = max(signs or fitting)
        parts.append(word[:end] + ("" if signs else "-"))
        word = word[end:]
    return [*parts, word]
