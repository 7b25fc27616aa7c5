"""What a FLOW teaches: its examples, words and labels as texts, each with the classes that it is a case of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from flows.flow import Flow, Vocabulary
from flows.triage.triggers import Triggers


@dataclass(frozen=True)
class Lesson:
    """One text and its class; `example` is false for bare words and labels, which hint but are not messages."""

    text: str
    owner: int
    example: bool
    language: str = ""
    angry: bool = False


class Classes:
    """The columns of the models: FLOW's tags in their order, then crisis in general, then ordinary."""

    def __init__(self, flow: Flow) -> None:
        self.tags = tuple(flow.tags)
        self.crisis, self.ordinary = len(self.tags), len(self.tags) + 1
        self.count = len(self.tags) + 2
        self._numbers = {**{tag: n for n, tag in enumerate(self.tags)}, "crisis": self.crisis, "ordinary": self.ordinary}

    def number(self, name: str) -> int | None:
        """None for a tag that this FLOW does not know: an older version's click."""
        return self._numbers.get(name)


def lessons(flow: Flow, classes: Classes) -> list[Lesson]:
    """Every text of the FLOW that teaches tags and crisis or ordinary."""
    return list(_lessons(flow, classes))


def _lessons(flow: Flow, classes: Classes) -> Iterator[Lesson]:
    angry = set(_all(flow.anger.examples.values()))
    for owner, vocabulary in vocabularies(flow, classes):
        for language, texts in vocabulary.examples.items():
            for text in texts:
                yield Lesson(text, owner, example=True, language=language, angry=text in angry)
        for phrase in _all(vocabulary.words.values()):
            yield Lesson(phrase.rstrip("*"), owner, example=False)
    for owner, tag in enumerate(flow.tags.values()):
        for label in sorted(set(tag.label.values())):
            yield Lesson(label, owner, example=False)


def balanced(taught: Sequence[Lesson], classes: Classes, order: Iterable[int]) -> list[int]:
    """The order without what one tag has more of in a language than most: how much was written of a tag is no sign of its frequency."""
    written = Counter((lesson.owner, lesson.language) for lesson in taught if lesson.example)
    most = {language: median(written[tag, language] for tag in range(classes.crisis)) for _, language in written}
    shown: Counter[tuple[int, str]] = Counter()
    kept = []
    for number in order:
        lesson = taught[number]
        shown[lesson.owner, lesson.language] += lesson.example
        if not lesson.example or lesson.owner >= classes.crisis or shown[lesson.owner, lesson.language] <= most[lesson.language]:
            kept.append(number)
    return kept


def vocabularies(flow: Flow, classes: Classes) -> Iterator[tuple[int, Vocabulary]]:
    """Each class with its words and examples."""
    for owner, tag in enumerate(flow.tags.values()):
        yield owner, tag.vocabulary
    yield classes.crisis, flow.crisis
    yield classes.ordinary, flow.ordinary


def triggers(flow: Flow, classes: Classes) -> Triggers:
    """The trigger words of every class."""
    return Triggers((word, owner) for owner, v in vocabularies(flow, classes) for word in _all(v.words.values()))


def _all(lists: Iterable[Iterable[str]]) -> Iterator[str]:
    for texts in lists:
        yield from texts


def anger_lessons(flow: Flow) -> list[tuple[str, bool]]:
    """Angry examples and words, and every other example as calm."""
    angry = list(dict.fromkeys(_all(flow.anger.examples.values())))
    words = [word.rstrip("*") for word in _all(flow.anger.words.values())]
    known = set(angry)
    calm = [t for _, v in vocabularies(flow, Classes(flow)) for t in _all(v.examples.values()) if t not in known]
    return [(text, True) for text in (*angry, *words)] + [(text, False) for text in calm]


def anger_triggers(flow: Flow) -> Triggers:
    """The trigger words of anger, as one owner."""
    return Triggers((word, 0) for word in _all(flow.anger.words.values()))
