"""An encoder's vectors of customers' texts, read in one plain form and in bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.triage.normalise import readable
from flows.triage.values import Encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_LETTERS = 600  # the encoder's time grows with the length


class SentenceVectors:
    """Encodes texts; while the models are built, each example is encoded once only."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._kept: dict[str, NDArray[Any]] = {}

    def of(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row per text."""
        return self._encoder.encode([readable(text, _MOST_LETTERS) for text in texts])

    def kept(self, texts: Sequence[str]) -> NDArray[Any]:
        """The same, kept for the next who asks, until `forget`."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._kept]
        self._kept.update(zip(fresh, self.of(fresh) if fresh else (), strict=True))
        return np.stack([self._kept[text] for text in texts]) if texts else np.empty((0, 1))

    def forget(self) -> None:
        """Lets go of what was kept."""
        self._kept.clear()
