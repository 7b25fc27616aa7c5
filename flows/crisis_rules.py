"""What FLOW says about the crisis itself: the first questions, the clocks that run, and whom no hold may keep waiting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from flows.severity import Severity

_FIRST_ANSWER = MappingProxyType(
    {
        Severity.LOW: timedelta(hours=24),
        Severity.NORMAL: timedelta(hours=8),
        Severity.HIGH: timedelta(hours=2),
        Severity.CRITICAL: timedelta(minutes=30),
    }
)


@dataclass(frozen=True)
class Question:
    """One of the first questions of a crisis: whose role answers it, and within what time of its opening."""

    name: str
    label: Mapping[str, str]
    role: str
    within: timedelta

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", MappingProxyType(dict(self.label)))


@dataclass(frozen=True)
class CrisisRules:
    """The defaults serve a FLOW that says nothing of them.

    `authority_within` runs from when we became aware; `update_every` is the next word promised to the public; `nag_every`
    how often a hold that lasts is brought to mind; `first_answer` the time to a customer's first answer, by severity. While
    `customers_first`, nothing general is said in public before somebody attests that those concerned were told. No hold
    stops the clocks of a case with one of the `life_tags`.
    """

    questions: tuple[Question, ...] = ()
    authority_within: timedelta = timedelta(hours=72)
    update_every: timedelta = timedelta(hours=4)
    nag_every: timedelta = timedelta(minutes=30)
    first_answer: Mapping[Severity, timedelta] = field(default_factory=lambda: _FIRST_ANSWER)
    customers_first: bool = True
    life_tags: tuple[str, ...] = ("threat_to_life",)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first_answer", MappingProxyType(dict(self.first_answer)))

    def stops_for_hold(self, tags: Iterable[str]) -> bool:
        """Whether a hold stops the first-answer clock of a case with these tags."""
        return set(tags).isdisjoint(self.life_tags)
