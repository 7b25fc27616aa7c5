"""Tells an angry text from a calm one by FLOW's examples, its words, shouting and exclamation marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flows.flow import Flow
from flows.triage.lessons import anger_lessons, anger_triggers
from flows.triage.linear import softmax
from flows.triage.model import Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

CALM, ANGRY = 0, 1


class AngerReader:
    """A model of two classes, taught by the FLOW at construction."""

    def __init__(self, flow: Flow) -> None:
        taught = anger_lessons(flow)
        self._model = Model(2, anger_triggers(flow))
        self._model.study([with_shouting(text) for text, _ in taught], [ANGRY if angry else CALM for _, angry in taught])

    def read(self, texts: Sequence[str]) -> NDArray[Any]:
        """From 0, calm, to 1, furious."""
        result: NDArray[Any] = softmax(self._model.scores([with_shouting(text) for text in texts]))[:, ANGRY]
        return result


def with_shouting(text: str) -> str:
    """The text with signs for what lower case and masking would lose: capitals and rows of exclamation marks."""
    letters = [c for c in text[:1_000] if c.isalpha()]
    shouting = len(letters) > 8 and sum(c.isupper() for c in letters) > 0.6 * len(letters)
    return f"{text}{' §shouting' * shouting}{' §marks' * ('!!' in text or '?!' in text or '!?' in text)}"
