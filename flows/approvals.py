"""How far a version has come: whose yes counts, for which stage, and who may stand in for whom."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flows.answers import Stage
from flows.hours import at_work


class Colleague(Protocol):
    """Somebody of the team. `deputy` is another person's name."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def hours(self) -> str | None: ...
    @property
    def timezone(self) -> str: ...
    @property
    def deputy(self) -> str | None: ...


@dataclass(frozen=True)
class Yes:
    """One person's yes at a stage, perhaps in somebody's place. Without a person it is a rule's and fills its stage."""

    person_id: int | None
    stage: str
    stands_in_for: int | None = None

    @property
    def voices(self) -> frozenset[int]:
        """Who has spoken by it."""
        return frozenset(one for one in (self.person_id, self.stands_in_for) if one is not None)


@dataclass(frozen=True)
class Standing:
    """`have` and `need` are of the stage that waits; of all stages together once it is done."""

    done: bool
    waiting: Stage | None
    have: int
    need: int


def standing(stages: Sequence[Stage], yeses: Sequence[Yes], author_id: int | None = None) -> Standing:
    """Stages in order. A person counts once over all of them, the author never. Without any stage it is never done."""
    have, _ = _counted(stages, yeses, author_id)
    for stage, count in zip(stages, have, strict=True):
        if count < stage.quorum:
            return Standing(done=False, waiting=stage, have=count, need=stage.quorum)
    need = sum(stage.quorum for stage in stages)
    return Standing(done=bool(stages), waiting=None, have=need, need=need)


def stage_for(
    person_roles: Collection[str], stages: Sequence[Stage], yeses: Sequence[Yes], person_id: int, author_id: int | None = None
) -> Stage | None:
    """The stage that this person's own yes would count for now: only ever the first that is not filled. None when it would not."""
    waiting = standing(stages, yeses, author_id).waiting
    if waiting is None or person_id in spent(stages, yeses, author_id) or not set(waiting.roles) & set(person_roles):
        return None
    return waiting


def spent(stages: Sequence[Stage], yeses: Sequence[Yes], author_id: int | None = None) -> frozenset[int]:
    """Whose yes is given already, by them or in their place, and whose may never be: the author's."""
    return _counted(stages, yeses, author_id)[1]


def stands_in(
    person: Colleague, stage: Stage, team: Iterable[Colleague], at: datetime, *, reminded: bool, spent: Collection[int] = ()
) -> Colleague | None:
    """In whose place this person may say yes at a stage, None for nobody.

    Somebody with the role must have named them deputy and be out of hours, or a reminder must have gone out unanswered.
    `spent` is what the function of that name gives: nobody speaks twice, and nobody speaks for the author.
    """
    if person.id in spent:
        return None
    named_by = (one for one in team if one.id not in spent and _names(one, person, stage))
    return next((one for one in named_by if reminded or _is_away(one, at)), None)


def _counted(stages: Sequence[Stage], yeses: Sequence[Yes], author_id: int | None) -> tuple[list[int], frozenset[int]]:
    """How many count at each stage, and who can say no further yes."""
    gone = frozenset() if author_id is None else frozenset({author_id})
    have = []
    for stage in stages:
        count = 0
        for yes in yeses:
            if yes.stage != stage.name or yes.voices & gone:
                continue
            count += 1 if yes.voices else stage.quorum
            gone |= yes.voices
        have.append(count)
    return have, gone


def _names(one: Colleague, deputy: Colleague, stage: Stage) -> bool:
    named = one.deputy is not None and _plain(one.deputy) == _plain(deputy.name)
    return named and one.id != deputy.id and not one.roles.isdisjoint(stage.roles)


def _is_away(person: Colleague, at: datetime) -> bool:
    return not at_work(person.hours, person.timezone, at)


def _plain(name: str) -> str:
    # accents stay: Jose and José may be two people
    return unicodedata.normalize("NFC", name.strip()).casefold()
