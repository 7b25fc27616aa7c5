"""Reads a FLOW from its YAML texts, or says in one go everything that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.answers_loader import read_answers, read_crisis_room
from flows.document import Faults, FileErrors, LineError, Place, read, shown
from flows.fields import LABEL_LIMIT, NAME_LIMIT, by_language, check_name, name_of, roles_of, severity_of
from flows.flow import KINDS, LANGUAGES, Flow, Tag, Vocabulary, folded
from flows.ladders_loader import read_ladders
from flows.parts_loader import read_parts

TITLE_LIMIT = 100
WORD_LIMIT = 60
EXAMPLE_LIMIT = 1_000

_RULES = ("flow", "version", "title", "channels", "crisis", "ordinary", "anger", "tags", "kinds", "first_told")
_MORE_RULES = ("answers", "crisis_room", "workspaces", "ladders")
_LESSONS = ("examples_of", "language", "crisis", "ordinary", "anger", "tags")
_STEM = re.compile(r"[^*]*[^\W\d_]{3}\*|[^*]+")

Lists = dict[str, tuple[str, ...]]


class FlowError(LineError):
    """One fault in a FLOW file."""


class FlowErrors(FileErrors):
    """Every fault of a FLOW's files."""


@dataclass(frozen=True)
class _Lessons:
    """The examples of every language, by what they are an example of."""

    crisis: Lists
    ordinary: Lists
    anger: Lists
    tags: dict[str, Lists]


def load_flow(files: Mapping[str, str]) -> Flow:
    """A FLOW from file name → text: one file of rules, and one file of examples for each language.

    Raises FlowErrors, which holds a FlowError for every fault.
    """
    faults = Faults(FlowError)
    roots = [root for name, text in files.items() if (root := read(name, text, faults))]
    rules = [root for root in roots if not root.holds("examples_of")]
    lessons = [root for root in roots if root.holds("examples_of")]
    for spare in rules[1:]:
        spare.refuse("the key examples_of", "a second FLOW")
    flow = _flow(rules[0], lessons) if rules else None
    if flow is None and not faults.errors:
        faults.add(next(iter(files), "?"), 1, "", "the key flow", "nothing")
    if flow is None or faults.errors:
        raise FlowErrors(faults.errors)
    return flow


def _flow(root: Place, lesson_files: list[Place]) -> Flow:
    rules = root.fields(_RULES, _MORE_RULES)
    name = name_of(rules["flow"])
    channels = rules["channels"].distinct(name_of)
    tags = list(rules["tags"].entries())
    tag_names = tuple(tag for tag, _ in tags)
    lessons = _lessons(root, name, tag_names, lesson_files)
    crisis = rules["crisis"].fields(("channel", "words"))
    ordinary = rules["ordinary"].fields(("channel", "words"))
    room = read_crisis_room(rules["crisis_room"], tag_names)
    return Flow(
        name=name,
        version=rules["version"].number(1),
        title=by_language(rules["title"], TITLE_LIMIT),
        channels=channels,
        crisis=Vocabulary(_words(crisis["words"]), lessons.crisis),
        crisis_channel=_channel(crisis["channel"], channels),
        ordinary=Vocabulary(_words(ordinary["words"]), lessons.ordinary),
        ordinary_channel=_channel(ordinary["channel"], channels),
        anger=Vocabulary(_words(rules["anger"].fields(("words",))["words"]), lessons.anger),
        tags={tag: _tag(tag, place, channels, lessons.tags[tag]) for tag, place in tags},
        kinds={kind: severity_of(place) for kind, place in rules["kinds"].fields(KINDS).items()},
        first_told=roles_of(rules["first_told"]),
        answers=read_answers(rules["answers"], tag_names),
        rules=room,
        ladders=read_ladders(rules["ladders"], tag_names, room),
        workspaces=read_parts(rules["workspaces"]),
    )


def _tag(name: str, place: Place, channels: tuple[str, ...], examples: Lists) -> Tag:
    check_name(name, place)
    fields = place.fields(("label", "severity", "channel", "words"))
    return Tag(
        name=name,
        label=by_language(fields["label"], LABEL_LIMIT),
        severity=severity_of(fields["severity"]),
        channel=_channel(fields["channel"], channels),
        vocabulary=Vocabulary(_words(fields["words"]), examples),
    )


def _channel(place: Place, channels: tuple[str, ...]) -> str:
    # a fault in `channels` itself is told once, there
    return place.one_of(channels) if channels else ""


def _words(place: Place) -> Lists:
    return {language: words.distinct(_word, folded) for language, words in place.fields(LANGUAGES).items()}


def _word(place: Place) -> str:
    word = place.text(WORD_LIMIT)
    if word and (not _STEM.fullmatch(word) or not any(letter.isalnum() for letter in word)):
        place.refuse("a word or stem*", shown(word))
    return word


def _lessons(root: Place, name: str, tags: Sequence[str], files: list[Place]) -> _Lessons:
    lessons = _Lessons({}, {}, {}, {tag: {} for tag in tags})
    for file in files:
        fields = file.fields(_LESSONS)
        if (of := fields["examples_of"].text(NAME_LIMIT)) and of != name:
            fields["examples_of"].refuse(name)
        language = fields["language"].one_of(LANGUAGES)
        if language in lessons.ordinary:
            fields["language"].refuse("one per language", f"a second {language}")
        _add_lessons(lessons, language, fields)
    for language in LANGUAGES:
        if language not in lessons.ordinary:
            root.refuse(f"the examples in {language}", "none")
    return lessons


def _add_lessons(lessons: _Lessons, language: str, fields: Mapping[str, Place]) -> None:
    lessons.crisis[language] = _examples(fields["crisis"])
    lessons.anger[language] = _examples(fields["anger"])
    for tag, place in fields["tags"].fields(tuple(lessons.tags)).items():
        lessons.tags[tag][language] = _examples(place)
    about = [lessons.crisis, *lessons.tags.values()]
    of_the_crisis = {folded(text) for lists in about for text in lists.get(language, ())}
    lessons.ordinary[language] = _examples(fields["ordinary"])
    for place in fields["ordinary"].items():
        if folded(_example(place)) in of_the_crisis:
            place.refuse("an ordinary example", "a crisis one")


def _examples(place: Place) -> tuple[str, ...]:
    return place.distinct(_example, folded)


def _example(place: Place) -> str:
    return place.text(EXAMPLE_LIMIT)
