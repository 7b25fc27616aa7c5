"""One model of a FLOW: reads texts into scores for its classes, is taught by its examples and by clicks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.triage.features import RESERVED, Rows, beside, rarity_of, rows
from flows.triage.linear import LinearModel, softmax
from flows.triage.triggers import Triggers

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HITS = RESERVED + 1024  # the first bucket of trigger words' owners; those before hold the encoder's vector
EPOCHS = 6
_KEPT = 2_000  # clicks that are rehearsed
_REHEARSED = 2  # earlier clicks gone over again with each new one


class Model:
    """Hashed letters and words, trigger words and, at the semantic speed, an encoder's vector, under one softmax."""

    def __init__(self, classes: int, triggers: Triggers, *, rate: float = 0.3) -> None:
        self.classes = classes
        self._triggers = triggers
        self._rarity: NDArray[np.float32] | None = None
        self._middle: Any = 0.0
        self._linear = LinearModel(classes, rate)
        self._past: deque[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = deque(maxlen=_KEPT)
        self._clicks = 0

    def study(
        self, words: Sequence[Sequence[str]], owners: Sequence[int], vectors: NDArray[Any] | None, orders: Iterable[Iterable[int]]
    ) -> None:
        """Learns the written examples, once for each of the orders."""
        self._rarity = rarity_of([" ".join(found) for found in words])
        if vectors is not None and len(words):
            self._middle = vectors.mean(axis=0)
        taught = self.read(words, vectors)
        targets = np.eye(self.classes, dtype=np.float32)[np.asarray(owners, np.int64)]
        for order in orders:
            for number in order:
                self._linear.learn(*taught.row(number), targets[number])

    def scores(self, words: Sequence[Sequence[str]], vectors: NDArray[Any] | None = None) -> NDArray[np.float32]:
        """One row per text, one column per class; their softmax are the probabilities."""
        return self.scores_of(self.read(words, vectors))

    def read(self, words: Sequence[Sequence[str]], vectors: NDArray[Any] | None = None) -> Rows:
        """The features of texts' words, beside an encoder's vectors of them at the semantic speed."""
        result = rows([" ".join(found) for found in words], self._rarity)
        result = beside(result, *self._hits(words))
        return result if vectors is None else beside(result, *_spread(vectors - self._middle))

    def scores_of(self, read: Rows) -> NDArray[np.float32]:
        """The same for texts that were read already."""
        return self._linear.scores(read)

    def learn_row(self, read: Rows, target_of: Callable[[NDArray[Any]], NDArray[Any]]) -> None:
        """Learns from one click on one read text: `target_of` turns what was believed into what should have been."""
        target = target_of(softmax(self._linear.scores(read))[0]).astype(np.float32)
        buckets, weights = read.row(0)
        self._linear.learn(buckets, weights, target)
        self._past.append((buckets, weights, target))
        self._clicks += 1
        for step in range(1, 1 + min(_REHEARSED, len(self._past) - 1)):
            self._linear.learn(*self._past[(self._clicks * 7_919 + step * 104_729) % len(self._past)])

    def _hits(self, words: Sequence[Sequence[str]]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        found = [sorted(self._triggers.owners(each)) for each in words]
        owners = np.repeat(np.arange(len(words)), [len(each) for each in found])
        buckets = np.array([_HITS + owner for each in found for owner in each], np.int64)
        return owners, buckets, np.full(len(buckets), 0.5, np.float32)


def orders(count: int, epochs: int = EPOCHS) -> Iterator[list[int]]:
    """Random orders of so many examples, always the same ones."""
    for epoch in range(epochs):
        yield np.random.Generator(np.random.PCG64(epoch)).permutation(count).tolist()


def _spread(vectors: NDArray[Any], share: float = 1.5) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    count, width = vectors.shape
    owners = np.repeat(np.arange(count), width)
    return owners, np.tile(np.arange(RESERVED, RESERVED + width), count), (vectors * (share / lengths)).ravel()
