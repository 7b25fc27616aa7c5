"""FLOW as immutable values: what the triage learns from and what a case keeps for its whole life."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from flows.answers import Answers
from flows.crisis_rules import CrisisRules
from flows.ladder import Ladder
from flows.ladder_snapshots import built_ladders, plain_ladders
from flows.parts import ALL, Part
from flows.severity import Severity
from flows.snapshots import built_answers, built_rules, plain_answers, plain_rules

LANGUAGES = ("en", "es", "fr")
KINDS = ("unknown", "affected", "not_affected", "vulnerable", "press", "regulator", "employee", "business")
ROLES = ("agent", "lead", "legal", "manager", "marketing", "admin", "dpo", "security", "press_officer")

_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]+")  # those of our languages; rarer marks are looked for one by one
# the signs that phones and word processors put for an apostrophe
_PLAIN_APOSTROPHES = dict.fromkeys(map(ord, "\u2019\u2018\u02bc\u00b4`"), "'")


def folded(text: str) -> str:
    """The form in which words are compared: no case, no accents, plain apostrophes, single spaces."""
    plain = text if text.isascii() and "`" not in text else text.translate(_PLAIN_APOSTROPHES)
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    if not plain.isascii():
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


def _frozen_lists(lists: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({key: tuple(texts) for key, texts in lists.items()})


def _freeze(value: object, **fields: object) -> None:
    for name, frozen in fields.items():
        object.__setattr__(value, name, frozen)


@dataclass(frozen=True)
class Vocabulary:
    """Trigger words and written examples, by language.

    A word or phrase matches at word boundaries after `folded`; one that ends in `*` matches every word
    that begins so ("hack*": hack, hacked, hackers). A text listed under several tags, or under a tag and
    `anger`, teaches all of them.
    """

    words: Mapping[str, tuple[str, ...]]
    examples: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        _freeze(self, words=_frozen_lists(self.words), examples=_frozen_lists(self.examples))


@dataclass(frozen=True)
class Tag:
    """A label on a case: what its button says, how grave it is, which channel shows it."""

    name: str
    label: Mapping[str, str]
    severity: Severity
    channel: str
    vocabulary: Vocabulary

    def __post_init__(self) -> None:
        _freeze(self, label=MappingProxyType(dict(self.label)))


@dataclass(frozen=True)
class Flow:
    """The written rules of one kind of crisis.

    `channels` are logical names, bound to real ones by the settings; `kinds` gives the least severity of a
    case by its customer's kind; `first_told` are the roles told when a crisis is opened. Whatever is not
    an example of `anger` is an example of calm. `workspaces` belongs to the crisis and not to a case, so no snapshot holds it: what
    somebody may see is asked of the present FLOW, also about a case that began when it said otherwise.
    """

    name: str
    version: int
    title: Mapping[str, str]
    channels: tuple[str, ...]
    crisis: Vocabulary
    crisis_channel: str
    ordinary: Vocabulary
    ordinary_channel: str
    anger: Vocabulary
    tags: Mapping[str, Tag]
    kinds: Mapping[str, Severity]
    first_told: tuple[str, ...]
    answers: Answers = field(default_factory=Answers)
    rules: CrisisRules = field(default_factory=CrisisRules)
    ladders: tuple[Ladder, ...] = ()  # by their order: the first that fits a case is the one it climbs
    workspaces: Mapping[str, Part] = field(default_factory=dict)  # those of which something is said

    def __post_init__(self) -> None:
        for name in ("title", "tags", "kinds", "workspaces"):
            _freeze(self, **{name: MappingProxyType(dict(getattr(self, name)))})
        _freeze(self, channels=tuple(self.channels), first_told=tuple(self.first_told))

    def part_of(self, workspace: str) -> Part:
        return self.workspaces.get(workspace, ALL)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the snapshot: two equal FLOWs have one digest, on every machine."""
        return hashlib.sha256(self.as_snapshot().encode()).hexdigest()

    def as_snapshot(self) -> str:
        """All that a case lives by, as canonical JSON; `from_snapshot` gives it back, tags in the same order."""
        return json.dumps(_plain_flow(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_snapshot(cls, snapshot: str) -> Flow:
        """Trusts its input: a snapshot is what `as_snapshot` wrote, never a stranger's file."""
        return _built_flow(json.loads(snapshot))


def _plain_words(vocabulary: Vocabulary) -> dict[str, Any]:
    return {"words": dict(vocabulary.words), "examples": dict(vocabulary.examples)}


def _plain_tag(tag: Tag) -> dict[str, Any]:
    return {
        "name": tag.name,
        "label": dict(tag.label),
        "severity": tag.severity.word,
        "channel": tag.channel,
        "vocabulary": _plain_words(tag.vocabulary),
    }


def _plain_flow(flow: Flow) -> dict[str, Any]:
    # tags stand in a list: canonical JSON sorts the keys of an object, and the order of tags has a meaning
    return {
        "name": flow.name,
        "version": flow.version,
        "title": dict(flow.title),
        "channels": flow.channels,
        "crisis": _plain_words(flow.crisis),
        "crisis_channel": flow.crisis_channel,
        "ordinary": _plain_words(flow.ordinary),
        "ordinary_channel": flow.ordinary_channel,
        "anger": _plain_words(flow.anger),
        "tags": [_plain_tag(tag) for tag in flow.tags.values()],
        "kinds": {kind: severity.word for kind, severity in flow.kinds.items()},
        "first_told": flow.first_told,
        "answers": plain_answers(flow.answers),
        "rules": plain_rules(flow.rules),
        "ladders": plain_ladders(flow.ladders),
    }


def _built_tag(plain: Mapping[str, Any]) -> Tag:
    severity = Severity.parse(plain["severity"])
    return Tag(**{**plain, "severity": severity, "vocabulary": Vocabulary(**plain["vocabulary"])})


def _built_flow(plain: Mapping[str, Any]) -> Flow:
    tags = [_built_tag(tag) for tag in plain["tags"]]
    vocabularies = {name: Vocabulary(**plain[name]) for name in ("crisis", "ordinary", "anger")}
    kinds = {kind: Severity.parse(word) for kind, word in plain["kinds"].items()}
    rules = {
        "answers": built_answers(plain.get("answers")),
        "rules": built_rules(plain.get("rules")),
        "ladders": built_ladders(plain.get("ladders")),
    }
    return Flow(**{**plain, **vocabularies, **rules, "tags": {tag.name: tag for tag in tags}, "kinds": kinds})
