"""Tells an angry text from a calm one by FLOW's examples, its words, shouting and exclamation marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flows.flow import Flow
from flows.triage.lessons import anger_lessons, anger_triggers
from flows.triage.linear import softmax
from flows.triage.model import Model, orders
from flows.triage.normalise import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flows.triage.vectors import SentenceVectors

CALM, ANGRY = 0, 1
_SHOUTING, _MARKS = ("§", "shouting"), ("§", "marks")


class AngerReader:
    """Models of two classes, taught by the FLOW: the linear one at construction, the semantic one at its first use."""

    def __init__(self, flow: Flow) -> None:
        self._lessons = anger_lessons(flow)
        self._triggers = anger_triggers(flow)
        self._linear = self._taught(None)
        self._semantic: Model | None = None

    def read(self, texts: Sequence[str]) -> NDArray[Any]:
        """From 0, calm, to 1, furious."""
        return _anger(self._linear, texts, None)

    def reread(self, texts: Sequence[str], vectors: NDArray[Any], encoder: SentenceVectors) -> NDArray[Any]:
        """The same with the texts' meaning: the mean of both models, whose mistakes lie on different sides."""
        if not self._lessons:
            return self.read(texts)
        if self._semantic is None:
            self._semantic = self._taught(encoder.kept([text for text, _ in self._lessons]))
        result: NDArray[Any] = (self.read(texts) + _anger(self._semantic, texts, vectors)) / 2
        return result

    def _taught(self, vectors: NDArray[Any] | None) -> Model:
        model = Model(2, self._triggers)
        words = [with_shouting(text) for text, _ in self._lessons]
        model.study(words, [ANGRY if angry else CALM for _, angry in self._lessons], vectors, orders(len(words), 3))
        return model


def _anger(model: Model, texts: Sequence[str], vectors: NDArray[Any] | None) -> NDArray[Any]:
    result: NDArray[Any] = softmax(model.scores([with_shouting(text) for text in texts], vectors))[:, ANGRY]
    return result


def with_shouting(text: str) -> Sequence[str]:
    """The words with signs for what lower case and masking would lose: capitals and rows of exclamation marks."""
    letters = [*filter(str.isalpha, text[:1_000])]
    shouting = len(letters) > 8 and sum(map(str.isupper, letters)) > 0.6 * len(letters)
    marks = "!!" in text or "?!" in text or "!?" in text
    return (*tokens(text), *_SHOUTING * shouting, *_MARKS * marks)
