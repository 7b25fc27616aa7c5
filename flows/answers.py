"""What FLOW says about answers: who reads a draft before it leaves, which findings stop it, what is promised to whom."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from flows.severity import Severity

CRISIS, ORDINARY = "crisis", "ordinary"
PUBLIC, PRIVATE = "public", "private"
# The checks of a draft by name. They are repeated here since reading a FLOW must not wait for what the checks import.
CHECK_NAMES = (
    "unchecked", "unsupported", "canned", "unrelated", "arguing", "blaming", "liability", "jargon", "readability", "personal_data",
    "shouting", "wrong_language", "wrong_name", "foreign_link", "asks_private", "screenshot", "handover", "length",
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """A draft as the stages see it: its case, its customer, and the names of the checks that found something."""

    tags: frozenset[str]
    severity: Severity
    kind: str
    findings: frozenset[str]
    crisis: bool
    private: bool


@dataclass(frozen=True)
class Condition:
    """Holds when `about` and `where` fit ("" fits all) and, if any of tags, severity ("at least"), kinds, findings is given, one is met."""

    tags: tuple[str, ...] = ()
    severity: Severity | None = None
    kinds: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    about: str = ""
    where: str = ""

    def holds(self, subject: Subject) -> bool:
        about = self.about in ("", CRISIS if subject.crisis else ORDINARY)
        where = self.where in ("", PRIVATE if subject.private else PUBLIC)
        return about and where and (not self._asks() or self._met_by(subject))

    def _asks(self) -> bool:
        return bool(self.tags or self.kinds or self.findings or self.severity is not None)

    def _met_by(self, subject: Subject) -> bool:
        return (
            not subject.tags.isdisjoint(self.tags)
            or not subject.findings.isdisjoint(self.findings)
            or subject.kind in self.kinds
            or (self.severity is not None and subject.severity >= self.severity)
        )


ALWAYS = Condition()


@dataclass(frozen=True)
class Stage:
    """One rung of approval: `quorum` people, each with one of the roles. `label` is by language."""

    name: str
    label: Mapping[str, str]
    roles: tuple[str, ...]
    quorum: int = 1
    when: Condition = ALWAYS

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", MappingProxyType(dict(self.label)))


@dataclass(frozen=True)
class Rule:
    """Approves by itself, up to a severity; people read `sample` percent of what it let pass, afterwards."""

    name: str
    severity: Severity
    sample: int

    def passes(self, subject: Subject, *, from_statement: bool) -> bool:
        """`from_statement`: every assertion of the draft comes from the approved statement. Any finding at all is for people."""
        return from_statement and not subject.findings and subject.severity <= self.severity

    def samples(self, digest: str) -> bool:
        """Whether people read the version with this digest afterwards: the same answer on every machine, at every time."""
        return int.from_bytes(hashlib.sha256(f"{self.name}:{digest}".encode()).digest()[:8]) % 100 < self.sample


_LEAD = Stage("lead", {"en": "Team lead", "es": "Responsable", "fr": "Responsable"}, ("lead", "manager"))
_LEGAL = Stage("legal", {"en": "Legal", "es": "Asesoría jurídica", "fr": "Service juridique"}, ("legal",))
_MANAGER = Stage("manager", {"en": "Management", "es": "Dirección", "fr": "Direction"}, ("manager",))
_BLOCKING = frozenset({"personal_data", "foreign_link", "length", "asks_private", "wrong_name", "wrong_language"})


@dataclass(frozen=True)
class Answers:
    """The defaults serve a FLOW that says nothing of answers. A check that is neither `blocking` nor `off` is a warning.

    `links` and `contacts` are ours: a reply may name them. After `public_turns` public answers the conversation belongs in private.
    """

    stages: tuple[Stage, ...] = (_LEAD,)
    statement_stages: tuple[Stage, ...] = (_LEGAL, _MANAGER)
    blocking: frozenset[str] = _BLOCKING
    off: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    public_turns: int = 3
    remind_after: timedelta = timedelta(minutes=15)
    expires_after: timedelta = timedelta(hours=8)
    callback_roles: tuple[str, ...] = ("lead", "manager")
    callback_within: timedelta = timedelta(hours=4)
    rule: Rule | None = None

    def stages_for(self, subject: Subject) -> tuple[Stage, ...]:
        """Those that a draft must pass, in order."""
        return tuple(stage for stage in self.stages if stage.when.holds(subject))
