"""A softmax over hashed features that learns one example at a time: the quick model, and the one that clicks teach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flows.triage.features import SPACE, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_FEATURES = 1 << 18  # rows of weights at most: 20 MB at twenty classes


class LinearModel:
    """Weights for the features met so far, moved by AdaGrad; the same examples in the same order give the same weights."""

    def __init__(self, classes: int, rate: float = 0.5) -> None:
        self.classes, self._rate = classes, rate
        self._place = np.zeros(SPACE, np.int32)  # bucket -> row of weights; row 0 is "never met"
        self._used = 1
        self._weights = np.zeros((1024, classes), np.float32)
        self._moved = np.full((1024, classes), 1e-3, np.float32)
        self._bias = np.zeros(classes, np.float32)
        self._bias_moved = np.full(classes, 1e-3, np.float32)

    def scores(self, rows: Rows) -> NDArray[np.float32]:
        """One row of scores per text; only their differences mean anything."""
        result = np.empty((len(rows), self.classes), np.float32)
        for number in range(len(rows)):
            buckets, weights = rows.row(number)
            result[number] = weights @ self._weights[self._place[buckets]]
        return result + self._bias

    def learn(self, buckets: NDArray[np.int64], weights: NDArray[np.float32], target: NDArray[np.float32]) -> None:
        """Moves towards `target`, the probabilities that the classes should have had."""
        places = self._places(buckets)
        mine = self._weights[places]
        error = softmax(weights @ mine + self._bias) - target
        slope = weights[:, None] * error
        moved = self._moved[places] + slope * slope
        self._moved[places] = moved
        self._weights[places] = mine - self._rate * slope / np.sqrt(moved)
        self._bias_moved += error * error
        self._bias -= 0.1 * self._rate * error / np.sqrt(self._bias_moved)

    def _places(self, buckets: NDArray[np.int64]) -> NDArray[np.int32]:
        fresh = buckets[self._place[buckets] == 0][: MOST_FEATURES - self._used]
        if len(fresh):
            self._place[fresh] = np.arange(self._used, self._used + len(fresh), dtype=np.int32)
            self._used += len(fresh)
            self._grow()
        return self._place[buckets]

    def _grow(self) -> None:
        if self._used > len(self._weights):
            more = 2 * max(len(self._weights), self._used) - len(self._weights)
            self._weights = np.concatenate((self._weights, np.zeros((more, self.classes), np.float32)))
            self._moved = np.concatenate((self._moved, np.full((more, self.classes), 1e-3, np.float32)))


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities from scores, row by row."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: NDArray[np.float32] = powers / powers.sum(axis=-1, keepdims=True)
    return result
