"""What a check is given, a draft and what surrounds it, and what it says: findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flows.checks.recent import Recent
from flows.checks.words import Words

CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Draft:
    """Words proposed for one customer, who reads `language`; `length` counts them as the network does."""

    text: str
    language: str
    private: bool = False
    network_limit: int | None = None
    length: Callable[[str], int] = len


@dataclass(frozen=True)
class Fact:
    """One thing known; only a confirmed one supports an assertion."""

    text: str
    status: str = CONFIRMED


@dataclass(frozen=True)
class Surroundings:
    """What a draft is judged against. `customer_turns` are all that the customer wrote in public, oldest first."""

    customer_text: str = ""
    customer_turns: tuple[str, ...] = ()
    name: str | None = None
    facts: tuple[Fact, ...] = ()
    recent: Recent = field(default_factory=Recent)
    allowed_hosts: tuple[str, ...] = ()
    own_contacts: tuple[str, ...] = ()
    semantic: bool = True  # read with the sentence encoder where it is installed: better, and 120 MB more
    words: Mapping[str, Words] | None = None  # a team's own lists by language; without them those that ship

    def known(self) -> tuple[str, ...]:
        return tuple(fact.text for fact in self.facts if fact.status == CONFIRMED)


@dataclass(frozen=True)
class Finding:
    """What a check has against [start, end) of the draft. `why` names a message and its facts; `better` are words to put there instead."""

    check: str
    start: int
    end: int
    why: str
    facts: Mapping[str, object] = field(default_factory=dict)
    better: str | None = None
