"""Turns a ranking into crisis or ordinary, with a confidence; the team's clicks move the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DEARER = 0.7  # weight of the crisis: a worried customer left among the ordinary costs more than the reverse
_STEPS = 200
_RATE = 0.15  # a click at the line moves it by so much of the scale


class Threshold:
    """A logistic curve over ranking scores: `middle` is where crisis and ordinary are equally likely."""

    def __init__(self, middle: float = 0.0, scale: float = 1.0) -> None:
        self._middle, self._scale = middle, scale

    @classmethod
    def fitted(cls, scores: NDArray[Any], truths: NDArray[Any]) -> Threshold:
        """Fitted with weights of its own, since a storm's share of each class is not known beforehand."""
        if truths.all() or not truths.any():
            return cls()
        centre, spread = float(scores.mean()), float(scores.std()) or 1.0
        x = (scores - centre) / spread
        weights = np.where(truths, _DEARER / truths.sum(), (1 - _DEARER) / (~truths).sum())
        slope, offset = 1.0, 0.0
        for _ in range(_STEPS):
            error = weights * (1.0 / (1.0 + np.exp(-(slope * x + offset))) - truths)
            slope = max(0.2, slope - 2.0 * float((error * x).sum()))
            offset -= 2.0 * float(error.sum())
        return cls(centre - spread * offset / slope, spread / slope)

    def confidence(self, scores: NDArray[Any]) -> NDArray[Any]:
        """From 0, surely ordinary, to 1, surely crisis."""
        result: NDArray[Any] = 1.0 / (1.0 + np.exp(-np.clip((scores - self._middle) / self._scale, -30, 30)))
        return result

    def learn(self, score: float, *, truth: bool) -> None:
        """Moves the line towards agreeing with one click; a click that it expected moves it little."""
        error = float(self.confidence(np.array([score]))[0]) - truth
        self._middle += _RATE * self._scale * error
