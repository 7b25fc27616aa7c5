"""Whether a text speaks of the crisis, so that a hold stops it whatever its case is called."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from flows.flow import Flow
from flows.triage.normalise import tokens
from flows.triage.triggers import Triggers

_PIECE, _OVERLAP = 120, 30  # words; the comparison reads the beginning and the end of a long text, a hold must read all of it
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014/")


def about_crisis(flow: Flow, text: str) -> bool:
    """Any of the crisis's words, in any of the languages, as the triage compares them; "data-breach" is "data breach" too."""
    triggers = _triggers(tuple(word for words in flow.crisis.words.values() for word in words))
    return any(triggers.owners(words) for piece in _pieces(text) for words in _readings(tokens(piece)))


@lru_cache(maxsize=64)
def _triggers(phrases: tuple[str, ...]) -> Triggers:
    return Triggers((phrase, 0) for phrase in phrases)


def _pieces(text: str) -> Iterator[str]:
    words = text.split()
    for start in range(0, max(len(words) - _OVERLAP, 1), _PIECE - _OVERLAP):
        yield " ".join(words[start : start + _PIECE])


def _readings(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    if not _DASHES.isdisjoint(words):
        yield tuple(word for word in words if word not in _DASHES)
