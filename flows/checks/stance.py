"""What a sentence does to its reader (argues, blames, promises, asks), as a linear score taught by written examples."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.checks.plain import plain
from flows.triage.encoder import UniversalEncoder, encoder_installed
from flows.triage.features import Rows, rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 16  # buckets of letters and words: 2**16
MOST_SENTENCES, MOST_LETTERS = 80, 400  # of one draft; longer ones are cut
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!]")
_PIECES, _MEANING = 1.4, 1.4  # the share of either kind of feature
MOSTENCODED = 1_000  # letters of one text that the encoder reads
KEPT = 2_000  # sentences whose vectors are remembered: 4 MB
ENCODED: dict[str, NDArray[np.float32]] = {}


@dataclass(frozen=True)
class Head:
    """One check's weights; a score above zero is a finding."""

    pieces: NDArray[np.float32]
    meaning: NDArray[np.float32] | None
    bias: float

    def scores(self, read: Read) -> NDArray[np.float32]:
        result = sums(read.rows, self.pieces) + np.float32(self.bias)
        return result if self.meaning is None or read.vectors is None else result + read.vectors @ self.meaning


@dataclass(frozen=True)
class Read:
    """Sentences as numbers."""

    rows: Rows
    vectors: NDArray[np.float32] | None

    def some(self, chosen: NDArray[Any]) -> Read:
        sizes = np.diff(self.rows.starts)[chosen]
        places = np.concatenate([np.arange(*self.rows.starts[one : one + 2]) for one in chosen]) if len(chosen) else np.zeros(0, np.int64)
        picked = Rows(np.concatenate(([0], np.cumsum(sizes))), self.rows.buckets[places], self.rows.weights[places])
        return Read(picked, None if self.vectors is None else self.vectors[chosen])


@dataclass(frozen=True)
class Taught:
    """The heads of the taught checks; `semantic` ones read an encoder's vectors too."""

    heads: Mapping[str, Head]
    semantic: bool

    def scores(self, check: str, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.heads[check].scores(read_sentences(tuple(texts), semantic=self.semantic))


def sums(read: Rows, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row's weights, added up."""
    owners = np.repeat(np.arange(len(read)), np.diff(read.starts))
    found = np.bincount(owners, read.weights * weights[read.buckets], minlength=len(read))
    result: NDArray[np.float32] = found.astype(np.float32)
    return result


@lru_cache(maxsize=64)
def read_sentences(texts: tuple[str, ...], *, semantic: bool) -> Read:
    found = rows([words_of(text) for text in texts])
    pieces = Rows(found.starts, found.buckets & ((1 << BITS) - 1), found.weights * np.float32(_PIECES))
    return Read(pieces, _vectors(texts) if semantic and texts else None)


def _vectors(texts: tuple[str, ...]) -> NDArray[np.float32]:
    """Each sentence is encoded once, whichever check asks first."""
    known = {text: vector for text in texts if (vector := ENCODED.get(text)) is not None}
    fresh = [text for text in dict.fromkeys(texts) if text not in known]
    if fresh:
        found = np.asarray(_encoder().encode([text[:MOSTENCODED] for text in fresh]), np.float32) * np.float32(_MEANING)
        known.update(zip(fresh, found, strict=True))
        if len(ENCODED) > KEPT:
            ENCODED.clear()
        ENCODED.update({text: known[text] for text in fresh})
    return np.array([known[text] for text in texts], np.float32)


def words_of(text: str) -> str:
    """Words without accents and capitals; digits are all the same, questions and cries are words too."""
    return " ".join("9" if one.isdigit() else one for one in _TOKEN.findall(plain(text[:MOST_LETTERS]).folded))


@cache
def _encoder() -> UniversalEncoder:
    return UniversalEncoder()


@cache
def semantic() -> bool:
    return encoder_installed()
