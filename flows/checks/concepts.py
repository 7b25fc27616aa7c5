"""Words of one meaning in three languages, so that a fact written in one supports a draft written in another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from flows.checks.plain import plain
from flows.checks.words import SHIPPED, WordsError, WordsErrors
from flows.document import Faults, Place, read
from flows.flow import LANGUAGES

SECTIONS = ("particulars", "scope", "neutral", "units", "grammar", "months", "weekdays")
_TOKEN = re.compile(r"\d+|[^\W\d_]+'?|[%€$£]")
_LIMIT = 100
_SHORTEST = 2  # letters of a stem


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign of money, [start, end) of the folded text."""

    text: str
    start: int
    end: int


def tokens_of(text: str, start: int = 0) -> tuple[Token, ...]:
    return tuple(Token(one.group(), start + one.start(), start + one.end()) for one in _TOKEN.finditer(text))


@dataclass(frozen=True)
class Entry:
    """The words of one way to say a concept; a stem stands for all words that begin so."""

    name: str
    words: tuple[str, ...]
    stems: tuple[bool, ...]

    @classmethod
    def of(cls, name: str, text: str) -> Entry:
        pieces = re.findall(rf"(?:{_TOKEN.pattern})\*?", plain(text).folded)
        return cls(name, tuple(one.rstrip("*") for one in pieces), tuple(one.endswith("*") for one in pieces))

    def fits(self, tokens: Sequence[Token], at: int) -> bool:
        if at + len(self.words) > len(tokens):
            return False
        pairs = zip(self.words, self.stems, tokens[at : at + len(self.words)], strict=True)
        return all(one.text.startswith(word) if stem else one.text == word for word, stem, one in pairs)


@dataclass(frozen=True)
class Met:
    """A concept that stands in a text, over the tokens [first, last)."""

    name: str
    first: int
    last: int


class Lexicon:
    """One section's concepts in one language."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._exact: dict[str, list[Entry]] = {}
        self._stems: dict[str, list[Entry]] = {}
        for one in sorted(entries, key=lambda entry: -len(entry.words)):
            table = self._stems if one.stems[0] else self._exact
            table.setdefault(one.words[0], []).append(one)

    def at(self, tokens: Sequence[Token], place: int) -> Iterator[Met]:
        """Every concept that begins at this token, those of most words first."""
        word = tokens[place].text
        found = [one for one in self._begun(word) if one.fits(tokens, place)]
        for one in sorted(found, key=lambda entry: -len(entry.words)):
            yield Met(one.name, place, place + len(one.words))

    def first(self, tokens: Sequence[Token], place: int, names: Sequence[str] = ()) -> Met | None:
        """The longest concept at this token, among the named ones where any are named."""
        if not 0 <= place < len(tokens):
            return None
        return next((met for met in self.at(tokens, place) if not names or met.name in names), None)

    def before(self, tokens: Sequence[Token], place: int, name: str, most: int = 3) -> Met | None:
        """The concept that ends right before this token."""
        for back in range(1, most + 1):
            met = self.first(tokens, place - back, (name,)) if place - back >= 0 else None
            if met and met.last == place:
                return met
        return None

    def within(self, tokens: Sequence[Token]) -> Iterator[Met]:
        for place in range(len(tokens)):
            yield from self.at(tokens, place)

    def _begun(self, word: str) -> Iterator[Entry]:
        yield from self._exact.get(word, ())
        for length in range(_SHORTEST, len(word) + 1):
            yield from self._stems.get(word[:length], ())


Concepts = Mapping[str, Mapping[str, Lexicon]]


@cache
def shipped_concepts() -> Concepts:
    """Section → language → lexicon, as they ship."""
    name = "checks.concepts.yaml"
    return load_concepts(name, (SHIPPED / name).read_text(encoding="utf-8"))


def load_concepts(file: str, text: str) -> Concepts:
    """Raises WordsErrors."""
    faults = Faults(WordsError)
    root = read(file, text, faults)
    found = {name: _section(place) for name, place in root.fields(SECTIONS).items()} if root else {}
    if faults.errors:
        raise WordsErrors(faults.errors)
    return found


def _section(place: Place) -> dict[str, Lexicon]:
    entries: dict[str, list[Entry]] = {language: [] for language in LANGUAGES}
    for name, ways in place.entries():
        for language, texts in ways.fields(LANGUAGES).items():
            entries[language] += [Entry.of(name, one) for one in texts.distinct(_text)]
    return {language: Lexicon([one for one in found if one.words]) for language, found in entries.items()}


def _text(place: Place) -> str:
    return place.text(_LIMIT)


def lexicon(section: str, language: str) -> Lexicon:
    """Empty for a language that the checks cannot read."""
    return shipped_concepts()[section].get(language) or Lexicon(())
