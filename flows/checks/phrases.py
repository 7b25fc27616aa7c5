"""Phrases as people write them in the word lists, and what they find in a folded text.

`word` is itself, `stem*` every word that begins so, `(one|two)` either, `word?` may be missing, `...` stands for up to four words
and `<name>` for any of a named list. Accents and capitals do not count; no phrase reaches over the end of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.checks.plain import Stretch, plain

DEPTH = 6  # lists within lists
_GAP = r"[^\w.!?;\n]{1,3}"
_ANY = r"[\w'-]{1,40}"
_PIECE = re.compile(r"\.\.\.|[()|?<>*]|\s+|[^()|?<>*\s]+")
Sets = Mapping[str, Sequence[str]]


class PhraseError(ValueError):
    """A phrase that cannot be read."""


@dataclass
class _Reader:
    pieces: list[str]
    sets: Sets
    depth: int = 0
    at: int = 0

    def peek(self) -> str:
        return self.pieces[self.at] if self.at < len(self.pieces) else ""

    def take(self) -> str:
        piece = self.peek()
        self.at += 1
        return piece

    def choices(self) -> str:
        found = [self.sequence()]
        while self.peek() == "|":
            self.take()
            found.append(self.sequence())
        return f"(?:{'|'.join(found)})" if len(found) > 1 else found[0]

    def sequence(self) -> str:
        """Elements with gaps between them; one that may be missing takes its gap along."""
        pattern, begun = "", False
        while self.peek() not in ("", "|", ")"):
            if self.peek().isspace():
                self.take()
                continue
            element, optional = self.element()
            if element == "...":
                pattern += f"(?:{_GAP}{_ANY}){{0,4}}?" if begun else ""
            elif optional:
                pattern += f"(?:{_GAP}{element})?" if begun else f"(?:{element}{_GAP})?"
            else:
                pattern += (_GAP if begun else "") + element
                begun = True
        if not begun:
            raise PhraseError("a phrase needs a word")
        return pattern

    def element(self) -> tuple[str, bool]:
        """One word with what is attached to it, and whether it may be missing."""
        pattern = ""
        while (piece := self.peek()) and not piece.isspace() and piece not in ("|", ")", "?"):
            self.take()
            if piece == "...":
                return piece, False
            part = self.part(piece)
            if pattern and piece == "(" and self.peek() == "?":
                self.take()
                part = f"(?:{part})?"
            pattern += part
        if self.peek() == "?":
            self.take()
            return f"(?:{pattern})", True
        return pattern, False

    def part(self, piece: str) -> str:
        if piece == "(":
            inside = self.choices()
            if self.take() != ")":
                raise PhraseError("a bracket is not closed")
            return f"(?:{inside})"
        if piece == "<":
            name, closed = self.take(), self.take()
            if closed != ">" or name not in self.sets or self.depth >= DEPTH:
                raise PhraseError(f"no list {name}")
            return _any_of(self.sets[name], self.sets, self.depth + 1)
        if piece == ">":
            raise PhraseError("a > without its <")
        return r"\w*" if piece == "*" else re.escape(piece).replace("'", "'? ?").replace(r"\-", "[ -]?")


def _any_of(phrases: Sequence[str], sets: Sets, depth: int = 0) -> str:
    return "(?:" + "|".join(_pattern(phrase, sets, depth) for phrase in phrases) + ")"


def _pattern(phrase: str, sets: Sets, depth: int) -> str:
    reader = _Reader(_PIECE.findall(plain(phrase).folded), sets, depth)
    found = reader.choices()
    if reader.at < len(reader.pieces):
        raise PhraseError("a bracket too many")
    return found


@dataclass(frozen=True)
class Phrases:
    """Many phrases as one expression."""

    expression: re.Pattern[str] | None

    @classmethod
    def of(cls, phrases: Sequence[str], sets: Sets) -> Phrases:
        """Raises PhraseError."""
        if not phrases:
            return cls(None)
        return cls(re.compile(rf"(?<![\w-]){_any_of(phrases, sets)}(?!\w)"))

    def first(self, text: str) -> re.Match[str] | None:
        return self.expression.search(text) if self.expression else None

    def within(self, stretch: Stretch) -> Iterator[Stretch]:
        """Each place of the sentence where a phrase stands."""
        for match in self.expression.finditer(stretch.text) if self.expression else ():
            yield Stretch(stretch.start + match.start(), stretch.start + match.end(), match.group())

    def __contains__(self, text: str) -> bool:
        return self.first(text) is not None
