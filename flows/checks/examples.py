"""Reads the sentences that teach the fuzzy checks, one YAML file for each language, so that a team can add its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from flows.checks.words import SHIPPED, WordsError, WordsErrors
from flows.document import Faults, Place, read
from flows.flow import LANGUAGES

TAUGHT = ("arguing", "blaming", "liability", "screenshot", "asks_private", "handover")
ANY = "any"  # sentences of drafts with nothing wrong, whatever check reads them
SENTENCE_LIMIT = 500


@dataclass(frozen=True)
class Example:
    """A sentence that a check should find, or one that only looks like it."""

    check: str
    language: str
    text: str
    finding: bool


def load_examples(file: str, text: str) -> tuple[Example, ...]:
    """Raises WordsErrors, which holds a WordsError for every fault."""
    faults = Faults(WordsError)
    root = read(file, text, faults)
    found = tuple(_examples(root)) if root else ()
    if faults.errors:
        raise WordsErrors(faults.errors)
    return found


def files() -> list[Path]:
    return [SHIPPED / f"checks.examples.{language}.yaml" for language in LANGUAGES]


@cache
def shipped_examples() -> tuple[Example, ...]:
    return tuple(one for path in files() for one in load_examples(path.name, path.read_text(encoding="utf-8")))


def digest() -> str:
    """Tells whether anything was written since."""
    return sha256(b"".join(path.read_bytes() for path in files())).hexdigest()


def _examples(root: Place) -> Iterator[Example]:
    top = root.fields(("language", *TAUGHT), (ANY,))
    language = top["language"].one_of(LANGUAGES)
    for name in TAUGHT:
        sides = top[name].fields(("finding", "innocent"))
        for side, place in sides.items():
            for text in place.distinct(_sentence):
                yield Example(name, language, text, side == "finding")
    if root.holds(ANY):
        for text in top[ANY].distinct(_sentence):
            yield Example(ANY, language, text, finding=False)


def _sentence(place: Place) -> str:
    return place.text(SENTENCE_LIMIT)
