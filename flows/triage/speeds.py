"""The two speeds side by side, each with its model and its threshold, taught by the same clicks."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.flow import Flow
from flows.triage.lessons import Classes, Lesson, balanced, lessons, triggers
from flows.triage.linear import softmax
from flows.triage.model import EPOCHS, Model, orders
from flows.triage.normalise import tokens
from flows.triage.threshold import Threshold
from flows.triage.triggers import Triggers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from flows.triage.vectors import SentenceVectors

_LATER = 5_000  # clicks that wait for the semantic speed to be built
_HELD_OUT = 3  # every third example judges a model of the others, to find the threshold
_QUICKLY = 3  # epochs of that model


@dataclass
class _Speed:
    model: Model
    threshold: Threshold


class Speeds:
    """Built from a FLOW: the linear speed at construction, the semantic one at its first use."""

    def __init__(self, flow: Flow, classes: Classes, encoder: SentenceVectors | None) -> None:
        self._classes, self._encoder = classes, encoder
        self._triggers: Triggers = triggers(flow, classes)
        self._lessons = lessons(flow, classes)
        self._linear = self._built(None)
        self._semantic: _Speed | None = None
        self._waiting: deque[tuple[str, int, bool]] = deque(maxlen=_LATER)

    def judge(self, texts: Sequence[str], vectors: NDArray[Any] | None) -> tuple[NDArray[Any], NDArray[Any]]:
        """How surely each text is about the crisis; how surely each tag holds if it is. Semantic where vectors are given."""
        speed = self._linear if vectors is None else self._behind()
        scores = speed.model.scores([tokens(text) for text in texts], vectors)
        tags = softmax(scores[:, : self._classes.ordinary])[:, : self._classes.crisis]
        return speed.threshold.confidence(self._ranking(scores)), tags

    def learn(self, text: str, number: int, *, truth: bool) -> None:
        """Both speeds learn a click; the semantic one later, if it is not built yet."""
        self._learn(self._linear, text, number, truth=truth)
        if self._semantic is not None and self._encoder is not None:
            self._learn(self._semantic, text, number, truth=truth, vectors=self._encoder.of([text]))
        elif self._encoder is not None:
            self._waiting.append((text, number, truth))

    def reasons(self, text: str) -> tuple[tuple[str, str], ...]:
        """Trigger words with the class that each hints at."""
        names = (*self._classes.tags, "crisis", "ordinary")
        return tuple((word, names[owner]) for word, owner in self._triggers.found(tokens(text)))

    def _behind(self) -> _Speed:
        if self._semantic is None:
            assert self._encoder is not None
            self._semantic = self._built(self._encoder.kept([lesson.text for lesson in self._lessons]))
            while self._waiting:
                text, number, truth = self._waiting.popleft()
                self._learn(self._semantic, text, number, truth=truth, vectors=self._encoder.of([text]))
        return self._semantic

    def _learn(self, speed: _Speed, text: str, number: int, *, truth: bool, vectors: NDArray[Any] | None = None) -> None:
        read = speed.model.read([tokens(text)], vectors)
        about = _about_the_crisis(number, self._classes, truth=truth)
        if about is not None:
            speed.threshold.learn(float(self._ranking(speed.model.scores_of(read))[0]), truth=about)
        speed.model.learn_row(read, lambda believed: _wanted(believed, number, self._classes, truth=truth))

    def _ranking(self, scores: NDArray[Any]) -> NDArray[Any]:
        ordinary = self._classes.ordinary
        result: NDArray[Any] = np.logaddexp.reduce(scores[:, :ordinary], axis=1) - scores[:, ordinary]
        return result

    def _built(self, vectors: NDArray[Any] | None) -> _Speed:
        everything = np.ones(len(self._lessons), bool)
        return _Speed(self._taught(everything, vectors, EPOCHS), self._found_threshold(vectors))

    def _taught(self, chosen: NDArray[Any], vectors: NDArray[Any] | None, epochs: int) -> Model:
        taught = self._of(chosen)
        model = Model(self._classes.count, self._triggers)
        seen = None if vectors is None else vectors[chosen]
        shown = (balanced(taught, self._classes, order) for order in orders(len(taught), epochs))
        model.study([tokens(lesson.text) for lesson in taught], [lesson.owner for lesson in taught], seen, shown)
        return model

    def _found_threshold(self, vectors: NDArray[Any] | None) -> Threshold:
        """Learnt on examples that the model had not seen: every third is judged by a model of the others."""
        held = np.array([lesson.example and n % _HELD_OUT == 0 for n, lesson in enumerate(self._lessons)], bool)
        asked = self._of(held)
        truths = np.array([lesson.owner != self._classes.ordinary for lesson in asked], bool)
        if truths.all() or not truths.any():
            return Threshold()
        model = self._taught(~held, vectors, _QUICKLY)
        scores = model.scores([tokens(lesson.text) for lesson in asked], None if vectors is None else vectors[held])
        return Threshold.fitted(self._ranking(scores), truths)

    def _of(self, chosen: NDArray[Any]) -> list[Lesson]:
        return [lesson for lesson, taken in zip(self._lessons, chosen, strict=True) if taken]


def _about_the_crisis(number: int, classes: Classes, *, truth: bool) -> bool | None:
    """A tag that does not hold says nothing about crisis or ordinary."""
    if number == classes.ordinary:
        return not truth
    if number == classes.crisis:
        return truth
    return True if truth else None


def _wanted(believed: NDArray[Any], number: int, classes: Classes, *, truth: bool) -> NDArray[Any]:
    """The probabilities that would have agreed with the click and changed nothing else."""
    about = _about_the_crisis(number, classes, truth=truth)
    wanted: NDArray[Any] = believed.astype(np.float64)
    if (number < classes.crisis and truth) or about is False:
        wanted[:] = 0.0
        wanted[number if about else classes.ordinary] = 1.0
        return wanted
    wanted[classes.ordinary if about else number] = 0.0
    wanted /= max(wanted.sum(), 1e-12)
    return wanted
