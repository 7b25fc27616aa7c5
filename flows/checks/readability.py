"""Finds sentences that a tired reader must read twice: too long, too nested, too passive."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.plain import Stretch
from flows.checks.reading import Reading

LONG = 48  # words of one sentence, however plain
BURDEN = 42.5  # between the heaviest plain sentence and the lightest tangled one of the labelled sentences
_WORD, _COMMA = 0.6, 0.5
_KNOTS = {"subordinators": 5.0, "passives": 6.0, "abstracts": 2.0}  # what each costs a reader, in the same unit


def readability(reading: Reading) -> Iterator[Finding]:
    for sentence in reading.plain.sentences:
        words = len(sentence.text.split())
        if reading.words.language and (words >= LONG or burden(reading, sentence) >= BURDEN):
            yield reading.finding("readability", sentence, count=words)


def burden(reading: Reading, sentence: Stretch) -> float:
    """What a sentence asks of its reader: length, clauses within clauses, passives and abstract nouns."""
    knots = sum(weight * sum(1 for _ in reading.phrased(name).within(sentence)) for name, weight in _KNOTS.items())
    return _WORD * len(sentence.text.split()) + _COMMA * sentence.text.count(",") + knots
