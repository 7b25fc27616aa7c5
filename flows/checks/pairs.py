"""Reads the pairs of what a customer wrote and what was replied that teach the check `unrelated`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from flows.checks.words import SHIPPED, WordsError, WordsErrors
from flows.document import Faults, Place, read
from flows.flow import LANGUAGES

FILE = "checks.pairs.yaml"
_LIMIT = 1_000


@dataclass(frozen=True)
class Pair:
    """`unrelated` where the reply takes up nothing of what the customer wrote."""

    language: str
    customer: str
    reply: str
    unrelated: bool


@dataclass(frozen=True)
class Lessons:
    """`generic`: language → sentences that any customer could get."""

    pairs: tuple[Pair, ...]
    generic: dict[str, tuple[str, ...]]


def load_lessons(file: str, text: str) -> Lessons:
    """Raises WordsErrors."""
    faults = Faults(WordsError)
    root = read(file, text, faults)
    pairs: list[Pair] = []
    generic: dict[str, tuple[str, ...]] = {}
    for language, place in (root.fields(LANGUAGES) if root else {}).items():
        parts = place.fields(("generic", "unrelated", "related"))
        generic[language] = parts["generic"].distinct(_text)
        pairs += [_pair(one, language, unrelated=name == "unrelated") for name in ("unrelated", "related") for one in parts[name].items()]
    if faults.errors:
        raise WordsErrors(faults.errors)
    return Lessons(tuple(pairs), generic)


@cache
def shipped_lessons() -> Lessons:
    return load_lessons(FILE, (SHIPPED / FILE).read_text(encoding="utf-8"))


def _pair(place: Place, language: str, *, unrelated: bool) -> Pair:
    fields = place.fields(("customer", "reply"))
    return Pair(language, _text(fields["customer"]), _text(fields["reply"]), unrelated)


def _text(place: Place) -> str:
    return place.text(_LIMIT)
