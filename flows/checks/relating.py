"""Scores how far a reply is from what the customer wrote: a small linear model over likeness, shared words and topics, generic phrases.

`python -m flows.checks.relating_lessons` learns it again from the pairs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from flows.checks.known import stem
from flows.checks.plain import plain
from flows.checks.reading import Reading
from flows.checks.stance import MOST_SENTENCES, Head, read_sentences
from flows.checks.words import SHIPPED

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = SHIPPED / "checks.relating.npz"
SHORTEST = 4  # letters of a word that tells a matter
LETTERS = 400  # of what the customer wrote
_FOLDED = 1 << 12  # buckets of letters where no encoder is installed
NAMES = ("nearest", "near", "shared", "topics", "own_topics", "boilerplate", "answers", "generic", "least_generic", "length")


@dataclass(frozen=True)
class Relating:
    """`generic` tells sentences that any customer could get; a score above zero of the rest: unrelated."""

    generic: Head
    weights: NDArray[np.float64]
    bias: float
    semantic: bool

    def score(self, reading: Reading) -> float:
        scores = self.generic.scores(read_sentences(sentences_of(reading), semantic=self.semantic))
        return float(features_of(reading, [float(one) for one in scores], semantic=self.semantic) @ self.weights + self.bias)


def sentences_of(reading: Reading) -> tuple[str, ...]:
    """As the taught checks read them too, so that each is read once."""
    told = reading.plain.sentences[:MOST_SENTENCES]
    return tuple(reading.draft.text[slice(*reading.plain.at(one.start, one.end))] for one in told)


def features_of(reading: Reading, generic: Sequence[float], *, semantic: bool) -> NDArray[np.float64]:
    """In the order of NAMES; `generic` are the scores of the reply's sentences."""
    customer = reading.surroundings.customer_text[:LETTERS]
    folded = plain(customer).folded
    told = reading.plain.sentences[:MOST_SENTENCES]
    asked, each = vectors_of((customer,), semantic=semantic)[0], vectors_of(sentences_of(reading), semantic=semantic)
    near = [float(one @ asked) for one in each]
    said = [one.text for one in told if one.text not in reading.phrased("boilerplate")]
    topics = [one for one in reading.words.topics.values() if folded in one]
    shared = _telling(reading.plain.folded, reading) & _telling(folded, reading)
    values = (
        max(near),
        sum(near) / len(near),
        min(len(shared), 2),
        min(sum(any(one.text in topic for one in told) for topic in topics), 3),
        min(sum(any(text in topic for text in said) for topic in topics), 3),
        1 - len(said) / len(told),
        float(any(one.text in reading.phrased("answers") for one in told)),
        sum(generic) / len(told),
        min(generic),
        min(len(folded.split()), 15) / 15,
    )
    return np.array(values)


def _telling(text: str, reading: Reading) -> set[str]:
    dull = reading.words.listed("everyday") | reading.words.listed("dull")
    return {stem(word) for word in re.findall(r"[^\W\d_]+", text) if len(word) >= SHORTEST and word not in dull}


def vectors_of(texts: Sequence[str], *, semantic: bool) -> NDArray[np.float32]:
    """One row of length one for each text."""
    read = read_sentences(tuple(texts), semantic=semantic)
    if read.vectors is not None:
        found = read.vectors
    else:
        found = np.zeros((len(texts), _FOLDED), np.float32)
        owners = np.repeat(np.arange(len(texts)), np.diff(read.rows.starts))
        np.add.at(found, (owners, read.rows.buckets % _FOLDED), read.rows.weights)
    result: NDArray[np.float32] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    return result


@cache
def shipped_relating(*, semantic: bool) -> Relating:
    kind = "encoder" if semantic else "letters"
    with np.load(WEIGHTS) as kept:
        pieces, meaning, rest = (kept[f"{kind}_{part}"].astype(np.float32) for part in ("pieces", "meaning", "rest"))
    head = Head(pieces, meaning if semantic else None, float(rest[0]))
    return Relating(head, rest[1:-1].astype(np.float64), float(rest[-1]), semantic)


def is_unrelated(reading: Reading) -> bool:
    return shipped_relating(semantic=reading.semantic).score(reading) > 0
