"""Finds sentences that a tired reader must read twice: too long, too nested, too passive."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.draft import Finding
from flows.checks.plain import Stretch
from flows.checks.reading import Reading

LONG = 38  # words of one sentence
HEAVY = 22  # words from which nesting counts
KNOTS = 4  # subordinate clauses and passives in one sentence


def readability(reading: Reading) -> Iterator[Finding]:
    for sentence in reading.plain.sentences:
        words = len(sentence.text.split())
        if words >= LONG or (words >= HEAVY and _knots(reading, sentence) >= KNOTS):
            yield reading.finding("readability", sentence, count=words)


def _knots(reading: Reading, sentence: Stretch) -> int:
    nested, passive = reading.phrased("subordinators"), reading.phrased("passives")
    return sum(1 for _ in nested.within(sentence)) + sum(1 for _ in passive.within(sentence))
