"""Reads the word lists of the checks, one YAML file for each language, so that a team can add its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flows.checks.phrases import PhraseError, Phrases, Sets
from flows.checks.plain import plain
from flows.document import Faults, FileErrors, LineError, Place, read
from flows.flow import LANGUAGES

SHIPPED = Path(__file__).parent.parent / "definitions"
PHRASE_LIMIT = 1_000
_TOP = ("language", "sets", "rules", "lists", "phrases", "topics", "plain", "nicknames", "numbers")


class WordsError(LineError):
    """One fault in a file of word lists."""


class WordsErrors(FileErrors):
    """Every fault of a file of word lists."""


@dataclass(frozen=True)
class Rule:
    """Phrases that are a finding unless the same sentence holds a spared one, and better words in their place."""

    find: Phrases
    spare: Phrases
    better: str | None


@dataclass(frozen=True)
class Words:
    """One language's lists, by the names of the file."""

    language: str
    rules: Mapping[str, tuple[Rule, ...]]
    lists: Mapping[str, frozenset[str]]
    phrases: Mapping[str, Phrases]
    topics: Mapping[str, Phrases]
    plain: tuple[tuple[Phrases, str], ...]
    nicknames: Mapping[str, frozenset[str]]
    numbers: Mapping[str, int]

    def listed(self, name: str) -> frozenset[str]:
        return self.lists.get(name, frozenset())

    def phrased(self, name: str) -> Phrases:
        return self.phrases.get(name) or Phrases(None)


def load_words(file: str, text: str) -> Words:
    """Raises WordsErrors, which holds a WordsError for every fault."""
    faults = Faults(WordsError)
    root = read(file, text, faults)
    words = _words(root) if root else None
    if words is None or faults.errors:
        raise WordsErrors(faults.errors)
    return words


@cache
def shipped_words(language: str) -> Words | None:
    """The lists that ship; None for a language that the checks cannot read."""
    if language not in LANGUAGES:
        return None
    name = f"checks.{language}.yaml"
    return load_words(name, (SHIPPED / name).read_text(encoding="utf-8"))


def _words(root: Place) -> Words:
    top = root.fields(_TOP)
    sets: Sets = {name: _texts(place) for name, place in top["sets"].entries()}
    return Words(
        language=top["language"].one_of(LANGUAGES),
        rules={name: tuple(_rule(one, sets) for one in place.items()) for name, place in top["rules"].entries()},
        lists={name: frozenset(_folded(place)) for name, place in top["lists"].entries()},
        phrases=_phrases_by_name(top["phrases"], sets),
        topics=_phrases_by_name(top["topics"], sets),
        plain=tuple((_phrases(place, (key,), sets), place.text(PHRASE_LIMIT)) for key, place in top["plain"].entries()),
        nicknames={plain(name).folded: frozenset(_folded(place)) for name, place in top["nicknames"].entries()},
        numbers={plain(name).folded: place.number(0) for name, place in top["numbers"].entries()},
    )


def _rule(place: Place, sets: Sets) -> Rule:
    fields = place.fields(("find",), ("spare", "better"))
    better = fields["better"].text(PHRASE_LIMIT) if place.holds("better") else None
    return Rule(_phrases_at(fields["find"], sets), _phrases_at(fields["spare"], sets), better)


def _phrases_by_name(place: Place, sets: Sets) -> dict[str, Phrases]:
    return {name: _phrases_at(one, sets) for name, one in place.entries()}


def _phrases_at(place: Place, sets: Sets) -> Phrases:
    return _phrases(place, _texts(place), sets)


def _phrases(place: Place, texts: tuple[str, ...], sets: Sets) -> Phrases:
    try:
        return Phrases.of(texts, sets)
    except PhraseError as error:
        place.refuse("phrases", str(error))
        return Phrases(None)


def _texts(place: Place) -> tuple[str, ...]:
    return place.distinct(_text)


def _text(place: Place) -> str:
    return place.text(PHRASE_LIMIT)


def _folded(place: Place, read_one: Callable[[Place], str] = _text) -> tuple[str, ...]:
    return tuple(plain(text).folded for text in place.distinct(read_one))
