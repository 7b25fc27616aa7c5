"""A text folded to plain lower case that remembers where each sign stood, and its sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

MOST = 10_000  # characters looked at; no network takes more
_SIGNS = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "œ": "oe", "æ": "ae", "ß": "ss", "\u00a0": " ", "\u202f": " ", "…": "..."}  # noqa: RUF001
_ABBREVIATION = re.compile(r"\b(?:mr|mrs|ms|dr|st|sr|sra|srta|dna|d|m|mme|mlle|no|nº|n°|approx|e\.g|i\.e|p\.ej|tel|exp)\.$")
_END = re.compile(r"[.!?]+[\"'»”)]*(?=\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Stretch:
    """A part [start, end) of the folded text."""

    start: int
    end: int
    text: str

    @property
    def asks(self) -> bool:
        return self.text.rstrip(" \"'»)").endswith("?")


@dataclass(frozen=True)
class Plain:
    """`folded` has no accents and no capitals; `places` says where in the original each of its signs stands."""

    original: str
    folded: str
    places: tuple[int, ...]

    def at(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the folded text as one of the original."""
        if start >= end or end > len(self.places):
            return 0, min(len(self.original), MOST)
        return self.places[start], self.places[end - 1] + 1

    @cached_property
    def sentences(self) -> tuple[Stretch, ...]:
        return tuple(_sentences(self.folded))

    @property
    def whole(self) -> Stretch:
        return Stretch(0, len(self.folded), self.folded)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(match.group() for match in _WORD.finditer(self.folded))

    def around(self, at: int) -> Stretch:
        """The sentence that a position of the folded text stands in."""
        inside = (one for one in self.sentences if one.start <= at < one.end)
        return next(inside, Stretch(0, len(self.folded), self.folded))


@lru_cache(maxsize=256)
def plain(text: str) -> Plain:
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text[:MOST]):
        for one in _folded(sign):
            signs.append(one)
            places.append(place)
    return Plain(text, "".join(signs), tuple(places))


@lru_cache(maxsize=4096)
def _folded(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    kept = [part for part in unicodedata.normalize("NFKD", sign) if unicodedata.category(part) not in ("Mn", "Me", "Cf", "Cs")]
    return "".join(kept)[:4].lower() if sign.isalnum() or not kept else sign


def _sentences(text: str) -> Iterator[Stretch]:
    start = 0
    for match in _END.finditer(text):
        if match.group().startswith(".") and _ABBREVIATION.search(text, max(start, match.start() - 6), match.start() + 1):
            continue
        if text[start : match.end()].strip():
            yield _trimmed(text, start, match.end())
        start = match.end()
    if text[start:].strip():
        yield _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Stretch:
    inside = text[start:end]
    begun = start + len(inside) - len(inside.lstrip())
    return Stretch(begun, begun + len(inside.strip()), inside.strip())
