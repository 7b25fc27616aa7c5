"""Turns many texts at once into sparse rows of hashed character and word pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 20  # buckets of the hash: 2**20
RESERVED = 1 << BITS  # buckets from here on are free for other features
SPACE = RESERVED + 2048  # buckets in all
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
_SPACE = 32


@dataclass(frozen=True)
class Rows:
    """Sparse rows: row r owns buckets[starts[r]:starts[r + 1]], each bucket once, with its weight."""

    starts: NDArray[np.int64]
    buckets: NDArray[np.int64]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        span = slice(self.starts[number], self.starts[number + 1])
        return self.buckets[span], self.weights[span]


@lru_cache(maxsize=1)
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Powers of the base and of its inverse modulo 2**64, kept for the longest batch seen lately."""
    return tuple(np.concatenate(([np.uint64(1)], np.cumprod(np.full(size, b)))) for b in (_BASE, _INVERSE))  # type: ignore[return-value]


class _Letters:
    """A batch of plain texts as one line of code points, any stretch of which hashes in constant time."""

    def __init__(self, texts: Sequence[str]) -> None:
        line = "".join(f" {text} " for text in texts)
        self.codes = np.frombuffer(line.encode("utf-32-le", "replace"), np.uint32)
        self.owners = np.repeat(np.arange(len(texts)), [len(text) + 2 for text in texts])
        size = 1 << max(12, len(line).bit_length())
        up, self._down = _powers(size)
        self._sums = np.zeros(len(line) + 1, np.uint64)
        np.cumsum((self.codes + np.uint64(1)) * up[: len(line)], out=self._sums[1:])

    def hashes(self, begins: NDArray[np.int64], ends: NDArray[np.int64], salt: int) -> NDArray[np.int64]:
        """A bucket for each stretch of letters: the same letters give the same bucket wherever they stand."""
        raw = (self._sums[ends] - self._sums[begins]) * self._down[begins] + np.uint64(salt)
        raw = (raw ^ (raw >> np.uint64(32))) * _MIX
        return (raw >> np.uint64(64 - BITS)).astype(np.int64)


def _letter_pieces(letters: _Letters) -> tuple[NDArray[Any], NDArray[Any]]:
    """Two to five letters inside a word, its borders included."""
    gap = letters.codes == _SPACE
    gaps_before = np.concatenate(([0], np.cumsum(gap)))
    owners, buckets = [], []
    for length in (2, 3, 4, 5):
        begins = np.arange(len(gap) - length + 1)
        inside = gaps_before[begins + length - 1] == gaps_before[begins + 1]
        if length == 2:
            inside &= ~(gap[:-1] & gap[1:])
        begins = begins[inside]
        owners.append(letters.owners[begins])
        buckets.append(letters.hashes(begins, begins + length, length))
    return np.concatenate(owners), np.concatenate(buckets)


def _word_pieces(letters: _Letters) -> tuple[NDArray[Any], NDArray[Any]]:
    """Single words and pairs of neighbours."""
    gap = letters.codes == _SPACE
    edges = np.flatnonzero(gap[:-1] != gap[1:]) + 1
    begins, ends = edges[0::2], edges[1::2]
    owners = letters.owners[begins]
    together = owners[:-1] == owners[1:]
    pairs = letters.hashes(begins[:-1][together], ends[1:][together], 92)
    singles = letters.hashes(begins, ends, 91)
    return np.concatenate((owners, owners[:-1][together])), np.concatenate((singles, pairs))


def _counted(
    count: int, pieces: tuple[NDArray[Any], NDArray[Any]], rarity: NDArray[np.float32] | None, share: float
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Each piece once per text, damped by repetition, weighted by rarity, of length `share` per text."""
    keys, times = np.unique((pieces[0].astype(np.int64) << BITS) | pieces[1], return_counts=True)
    owners, buckets = keys >> BITS, keys & ((1 << BITS) - 1)
    weights = (1.0 + np.log(times)).astype(np.float32)
    if rarity is not None:
        weights *= rarity[buckets]
    lengths = np.sqrt(np.bincount(owners, weights * weights, minlength=count))
    return owners, buckets, weights * (share / np.maximum(lengths, 1e-9))[owners].astype(np.float32)


def rows(texts: Sequence[str], rarity: NDArray[np.float32] | None = None) -> Rows:
    """The features of plain texts; `rarity` gives each bucket's weight (see `rarity_of`)."""
    if not texts:
        return Rows(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
    letters = _Letters(texts)
    pieces, words = (_counted(len(texts), found(letters), rarity, 0.7071) for found in (_letter_pieces, _word_pieces))
    owners, buckets, weights = pieces
    return beside(Rows(np.searchsorted(owners, np.arange(len(texts) + 1)), buckets, weights), *words)


def rarity_of(texts: Sequence[str]) -> NDArray[np.float32]:
    """Inverse document frequency of every bucket, smoothed, over the examples."""
    seen = np.bincount(rows(texts).buckets, minlength=1 << BITS) if texts else np.zeros(1 << BITS)
    return (np.log((1 + len(texts)) / (1 + seen)) + 1.0).astype(np.float32)


def beside(base: Rows, owners: NDArray[Any], buckets: NDArray[Any], weights: NDArray[Any]) -> Rows:
    """The rows with further entries, ordered by owner; the caller keeps the new buckets apart from those there."""
    ends = base.starts[owners + 1]
    starts = base.starts + np.searchsorted(owners, np.arange(len(base) + 1))
    return Rows(starts, np.insert(base.buckets, ends, buckets), np.insert(base.weights, ends, weights))
