"""Finds the earlier message that a text nearly repeats, so that a thousand copies of one outrage show as one."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.triage.normalise import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHINGLE = 5  # letters
ALIKE = 0.386  # likeness from which two texts are near-duplicates (measured on labelled pairs)
OTHER_FIGURES = 0.15  # taken off when both name figures and share none: two amounts are two matters
UNEQUAL_FIGURES = 0.05  # taken off when they share some only
_BANDS, _ROWS = 32, 2  # a pair at 0.4 meets in a band with probability 0.996
_MOST_SHINGLES = 1_000
_MOST_MATES = 64  # texts compared at most for one question
_PRIME = np.uint64((1 << 31) - 1)
_GENERATOR = np.random.Generator(np.random.PCG64(20_201))
_FACTORS = _GENERATOR.integers(1, _PRIME, (_BANDS * _ROWS, 1), dtype=np.uint64)
_OFFSETS = _GENERATOR.integers(0, _PRIME, (_BANDS * _ROWS, 1), dtype=np.uint64)
_SALTS = _GENERATOR.integers(1, 1 << 63, (_BANDS, _ROWS), dtype=np.uint64) | np.uint64(1)


_ASIDE = re.compile(r"https?\S*|@\w+|&#?\w+;|\brt\b|__\w+__")
_WORD = re.compile(r"[^\W_]+")


def core(text: str) -> str:
    """The words and figures of a text, without what a copy changes: links, handles, signs, capitals, accents."""
    return " ".join(_WORD.findall(_ASIDE.sub(" ", plain(text))))


def shingles(words: str) -> NDArray[np.uint64]:
    """The distinct five-letter pieces, as sorted numbers below 2**31 - 1."""
    letters = np.frombuffer(words.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    if len(letters) < SHINGLE:
        letters = np.concatenate((letters, np.zeros(SHINGLE - len(letters), np.uint64)))
    numbers = np.zeros(len(letters) - SHINGLE + 1, np.uint64)
    for offset in range(SHINGLE):
        numbers = numbers * np.uint64(1_000_003) + letters[offset : len(letters) - SHINGLE + 1 + offset]
    mixed = (numbers ^ (numbers >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(33)
    return np.unique(mixed % _PRIME)[:_MOST_SHINGLES]


@dataclass(frozen=True)
class Trace:
    """What is kept of a text to know its near-duplicates by."""

    pieces: NDArray[Any]
    figures: frozenset[str]
    bands: tuple[int, ...]

    @classmethod
    def of(cls, words: str) -> Trace:
        pieces = shingles(words)
        figures = frozenset(word for word in words.split() if word.isdigit())
        return cls(pieces.astype(np.uint32), figures, _bands_of(pieces))


def likeness(one: Trace, other: Trace) -> float:
    """Jaccard similarity of the pieces, less where the figures are others."""
    return likenesses(one, (other,))[0]


def likenesses(one: Trace, others: Sequence[Trace]) -> list[float]:
    """The likeness of one text and each of some others, of which there is at least one."""
    sizes = np.array([len(other.pieces) for other in others])
    pieces = np.concatenate([other.pieces for other in others])
    met = one.pieces[np.minimum(np.searchsorted(one.pieces, pieces), len(one.pieces) - 1)] == pieces
    shared = np.add.reduceat(met, np.cumsum(sizes) - sizes, dtype=np.int64)
    alike = (shared / (len(one.pieces) + sizes - shared)).tolist()
    return [each - _figures_apart(one.figures, other.figures) for each, other in zip(alike, others, strict=True)]


def _may_be_alike(one: Trace, other: Trace) -> bool:
    """Two texts share no more pieces than the shorter has."""
    return min(len(one.pieces), len(other.pieces)) >= ALIKE * max(len(one.pieces), len(other.pieces))


def _figures_apart(one: frozenset[str], other: frozenset[str]) -> float:
    if one == other:
        return 0.0
    return OTHER_FIGURES if one and other and one.isdisjoint(other) else UNEQUAL_FIGURES


def cluster_of(words: str) -> int:
    """The number of the cluster that this text begins: signed 64 bit, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


class NearDuplicates:
    """The latest representatives, found again through bands of MinHash values and then compared exactly."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._kept: OrderedDict[int, Trace] = OrderedDict()
        self._bands: defaultdict[int, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._kept)

    def place(self, text: str) -> int:
        """The cluster of a text; one unlike all others begins its own."""
        words = core(text) or text.strip()
        fresh = cluster_of(words)
        if fresh in self._kept:
            self._kept.move_to_end(fresh)
            return fresh
        trace = Trace.of(words)
        found = self._nearest(trace)
        if found is None:
            self._keep(fresh, trace)
            return fresh
        self._kept.move_to_end(found)
        return found

    def remember(self, text: str, cluster: int) -> None:
        """Makes a text of the past stand for the cluster that it was given then."""
        if cluster not in self._kept:
            self._keep(cluster, Trace.of(core(text) or text.strip()))

    def _nearest(self, trace: Trace) -> int | None:
        met = Counter(chain.from_iterable(self._bands.get(band, ()) for band in trace.bands))
        likeliest = sorted(met, key=lambda mate: (-met[mate], mate))[:_MOST_MATES]
        mates = [mate for mate in likeliest if _may_be_alike(trace, self._kept[mate])]
        if not mates:
            return None
        best = max(zip(likenesses(trace, [self._kept[mate] for mate in mates]), mates, strict=True))
        return best[1] if best[0] >= ALIKE else None

    def _keep(self, cluster: int, trace: Trace) -> None:
        self._kept[cluster] = trace
        for band in trace.bands:
            self._bands[band].append(cluster)
        while len(self._kept) > self._most:
            self._forget()

    def _forget(self) -> None:
        cluster, trace = self._kept.popitem(last=False)
        for band in trace.bands:
            mates = self._bands[band]
            mates.remove(cluster)
            if not mates:
                del self._bands[band]


def _bands_of(pieces: NDArray[Any]) -> tuple[int, ...]:
    least = ((pieces[None, :] * _FACTORS + _OFFSETS) % _PRIME).min(axis=1).reshape(_BANDS, _ROWS)
    mixed = (least * _SALTS).sum(axis=1, dtype=np.uint64)
    return tuple(mixed.tolist())
