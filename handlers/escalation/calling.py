"""Calls people: a row for each, which says by which ways, and by which others if those fail. Whom nothing reaches is not told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.ladder import Step
from handlers.board import Board
from handlers.escalation.bells import THREAD, Bell, Bells, otherwise
from handlers.escalation.carrying import Carrier, Ringing
from handlers.escalation.roster import Roster
from storage import calls, health, people, timeline
from storage.calls import Call
from storage.cases import Case
from storage.database import Work
from storage.people import Person
from storage.timeline import Entry, case_chain

DIRECTLY = Step((), by=("direct", "email"), otherwise=("webhook",))  # how somebody hears that a case was given to them


@dataclass(frozen=True)
class Summons:
    """A step of one case, and whom it means at this moment. `number` None: somebody gave the case to them.

    `ended`: the step, from 1, that had run out by then.
    """

    case: Case
    persons: Sequence[Person]
    step: Step
    climb: int
    number: int | None
    ladder: str | None = None
    ended: int | None = None


@dataclass(frozen=True)
class Planned:
    """How one person is called: by all of `bells` at once, and which ways are left after them. `hope`: something may reach them."""

    summons: Summons
    person: Person
    bells: Sequence[Bell]
    left: Sequence[str]
    hope: bool

    @property
    def key(self) -> tuple[int, int]:
        return self.summons.case.id, self.person.id

    def row(self, now: datetime) -> dict[str, Any]:
        one = self.summons
        ended = one.ended if self.person is one.persons[0] else None
        same = {"case_id": one.case.id, "climb": one.climb, "step": one.number, "person_id": self.person.id}
        rung = {"ladder": one.ladder, "ended": ended}
        return {**same, **rung, "severity": one.case.severity, "otherwise": list(self.left), "failed_at": None if self.hope else now}


@dataclass(frozen=True)
class Caller:
    roster: Roster
    bells: Bells

    @property
    def board(self) -> Board:
        return self.bells.board

    @property
    def carrier(self) -> Carrier:
        return Carrier(self.bells)

    async def call(self, work: Work, summoned: Sequence[Summons]) -> set[int]:
        """Calls all of them, each case once; the ids of the cases of which somebody new may hear."""
        now, untrusted = await work.now(), await health.untrusted(work)
        planned = [self._plan(one, person, untrusted) for one in summoned for person in one.persons]
        added = await calls.add(work, [plan.row(now) for plan in planned])
        new = [(plan, added[plan.key]) for plan in planned if plan.key in added]
        await self._post(work, new)
        await self.carrier.ring(work, [_ringing(plan, call_id, bell) for plan, call_id in new for bell in plan.bells])
        await _record(work, [(plan.summons.case.id, plan.person.name) for plan, _ in new if not plan.hope])
        return {plan.summons.case.id for plan, _ in new if plan.hope}

    def _plan(self, one: Summons, person: Person, untrusted: Collection[str]) -> Planned:
        by, left = one.step.by, otherwise(one.step.by, one.step.otherwise)
        bells = [bell for way in by for bell in self.bells.of(person, way, untrusted)]
        if bells or (THREAD in by and self.carrier.places(one.case.channel).keys() - untrusted):
            return Planned(one, person, bells, left, hope=True)
        bells, left = self._next_of(person, left, untrusted)
        return Planned(one, person, bells, left, hope=bool(bells))

    def _next_of(self, person: Person | None, left: Sequence[str], untrusted: Collection[str]) -> tuple[list[Bell], list[str]]:
        """The bells of the first way that reaches them, and the ways after it."""
        for number, way in enumerate(left):
            if person and (bells := self.bells.of(person, way, untrusted)):
                return bells, list(left[number + 1 :])
        return [], []

    async def _post(self, work: Work, new: Sequence[tuple[Planned, int]]) -> None:
        by_case: dict[int, tuple[Case, list[int]]] = {}
        for plan, call_id in new:
            if THREAD in plan.summons.step.by:
                by_case.setdefault(plan.summons.case.id, (plan.summons.case, []))[1].append(call_id)
        await self.carrier.post(work, list(by_case.values()))

    async def next_ways(self, work: Work, made: Sequence[Call]) -> list[Call]:
        """The ways in use failed, or are slow: the next one that reaches each person. Those of the calls without hope."""
        if not made:
            return []
        team, untrusted = await self._team(work), await health.untrusted(work)
        found = {call.id: self._next_of(team.get(call.person_id), call.otherwise, untrusted) for call in made}
        await self.carrier.ring(work, [_again(call, bell) for call in made for bell in found[call.id][0]])
        await calls.use_next_ways(work, {call_id: left for call_id, (_, left) in found.items()})
        silent = [call for call in made if not found[call.id][0]]
        hopeful = await calls.hopeful(work, [call.id for call in silent])
        lost = [call for call in silent if call.id not in hopeful]
        await calls.mark_failed(work, [call.id for call in lost])
        await _record(work, [(call.case_id, call.name) for call in lost])
        return lost

    async def _team(self, work: Work) -> Mapping[int, Person]:
        return {person.id: person for person in await people.everyone(work)}


async def _record(work: Work, untold: Sequence[tuple[int, str]]) -> None:
    """Whom nothing reaches stands in the case's record."""
    await timeline.append(work, [Entry(case_chain(case_id), "not_told", {"person": name}) for case_id, name in untold])


def _ringing(plan: Planned, call_id: int, bell: Bell) -> Ringing:
    return Ringing(call_id, plan.person.id, plan.summons.case.severity, bell)


def _again(call: Call, bell: Bell) -> Ringing:
    return Ringing(call.id, call.person_id, call.severity, bell)
