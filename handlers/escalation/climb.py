"""Climbs the ladders: tells each step that is due to those it names, and arms the next, many cases in one transaction. Gravest first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flows.ladder import Ladder, Step, Whom
from handlers.board import Shown
from handlers.escalation.apart import Apart
from handlers.escalation.calling import Summons
from handlers.escalation.course import LAPSE, STEP, Course, above, step_clock
from handlers.escalation.lapses import Lapses
from storage import calls, cases, deadlines, escalations, people, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.deadlines import Deadline
from storage.escalations import Climbing, Escalation
from storage.people import Person
from storage.timeline import Entry, case_chain
from storage.types import Status

AT_ONCE = 50  # cases in one transaction: a click on one of them waits for no more
SLOW = timedelta(seconds=60)  # a notice that has not left by then is helped by the next way


@dataclass(frozen=True)
class Turn:
    """A case whose next step is due."""

    case: Case
    ladder: Ladder
    standing: Escalation

    @property
    def step(self) -> Step:
        """Past the last one, the end."""
        steps = self.ladder.steps
        return steps[self.standing.step] if self.standing.step < len(steps) else self.ladder.last

    def summons(self, persons: Sequence[Person]) -> Summons:
        now = self.standing
        return Summons(self.case, persons, self.step, now.climb, now.step, self.ladder.name, self.ended)

    @property
    def ended(self) -> int | None:
        """The step, from 1, that nobody has answered by now; what was begun anew, or was put off, has none behind it."""
        if self.standing.state is Climbing.SNOOZED:
            return None
        return self.standing.step or (len(self.ladder.steps) if self.standing.repeats else None)

    def entries(self, persons: Sequence[Person]) -> list[Entry]:
        chain, standing = case_chain(self.case.id), self.standing
        names = [person.name for person in persons]
        told = {"ladder": self.ladder.name, "step": standing.step + 1, "climb": standing.climb, "people": names}
        before = [Entry(chain, "snooze_over", {})] if standing.state is Climbing.SNOOZED else []
        after = [] if above(self.ladder, standing) else [Entry(chain, "nobody_answered", {"ladder": self.ladder.name})]
        return [*before, Entry(chain, "step_told", told), *after]

    def after(self) -> dict[str, Any]:
        """Where the case stands once the step is told: on the next one, or red when there is none."""
        now, up = self.standing, above(self.ladder, self.standing)
        nobody = {"case_id": self.case.id, "snoozed_until": None, "acknowledged_by": None, "acknowledged_at": None}
        if up is None:
            return {**nobody, "state": Climbing.UNANSWERED, "climb": now.climb, "repeats": now.repeats, "step": now.step + 1}
        rung = up[0]
        climb = now.climb + (rung.climb - now.repeats)
        return {**nobody, "state": Climbing.CLIMBING, "climb": climb, "repeats": rung.climb, "step": rung.step}

    def next_clock(self, now: datetime, *, told: bool) -> Deadline | None:
        """A step that reached nobody is followed by the next at once."""
        up = above(self.ladder, self.standing)
        if up is None:
            return None
        rung, wait = up
        # between two times up the wait is kept even then: nobody may ring in circles
        begins_anew = rung.climb > self.standing.repeats
        return step_clock(self.case, now + (wait if told or begins_anew else timedelta()))


@dataclass(frozen=True)
class Climb:
    """`fire` every half second, `hurry` every few; however many processes ask, each step is told by one of them."""

    store: Store
    course: Course
    lapses: Lapses
    apart: Apart = field(default_factory=Apart)

    async def fire(self) -> int:
        """How many clocks fell due."""
        fired = 0
        more = True
        while more:
            due, now = await self._due()
            fired += await self.apart.do("clock", due, self._tell, now)
            more = len(due) == AT_ONCE
        return fired

    async def _due(self) -> tuple[list[int], datetime]:
        """Ids of the clocks, at this moment; but those that have just failed wait a while, overdue for everybody to see."""
        async with self.store.read() as work:
            now = await work.now()
            due = await deadlines.peek(work, now, AT_ONCE + self.apart.count("clock"), kinds=(STEP, LAPSE))
            return self.apart.free("clock", [one.id for one in due], now)[:AT_ONCE], now

    async def _tell(self, ids: Sequence[int]) -> int:
        """The cases first, then their clocks, as everybody does: whoever was faster has met or moved the clock by now."""
        async with self.store.begin() as work:
            locked = await cases.lock_all(work, {case_id for case_id, _, _ in await deadlines.of_cases(work, ids)})
            rows = await deadlines.take(work, ids, await work.now())
            await deadlines.mark_told(work, [row.id for row in rows])
            await self._steps(work, [locked[row.case_id] for row in rows if row.kind == STEP and row.case_id in locked])
            for row in rows:
                if row.kind == LAPSE and (case := locked.get(row.case_id or 0)):
                    await self.lapses.fire(work, case)
            await work.commit()
            return len(rows)

    async def _steps(self, work: Work, due: Sequence[Case]) -> None:
        """Tell those whom the present steps mean; arm the next ones."""
        turns = await self._turns(work, due)
        await self._wake(work, {case.id for case in due} - {turn.case.id for turn in turns})
        if not turns:
            return
        meant = await self._meant(work, turns)
        told = await self.course.caller.call(work, [turn.summons(meant[turn.step.tell]) for turn in turns])
        await escalations.put_all(work, [turn.after() for turn in turns])
        now = await work.now()
        clocks = [turn.next_clock(now, told=turn.case.id in told) for turn in turns]
        await deadlines.arm(work, [clock for clock in clocks if clock])
        await timeline.append(work, [entry for turn in turns for entry in turn.entries(meant[turn.step.tell])])
        await self.course.board.show(work, [Shown(turn.case.id, turn.case.channel, turn.case.severity) for turn in turns])

    async def _turns(self, work: Work, due: Sequence[Case]) -> list[Turn]:
        """Of the cases that are open and have a ladder."""
        known = await escalations.of_cases(work, [case.id for case in due]) if due else {}
        open_ones = [case for case in due if case.status not in (Status.CLOSED, Status.ANSWERED)]
        ladders = [(case, await self.course.ladder(work, case)) for case in open_ones]
        return [Turn(case, ladder, known.get(case.id, Escalation(case.id))) for case, ladder in ladders if ladder]

    async def _wake(self, work: Work, case_ids: Collection[int]) -> None:
        """What was put off and climbs no ladder any more is put off no longer: should one fit it again, it begins."""
        known = await escalations.of_cases(work, case_ids) if case_ids else {}
        slept = [case_id for case_id, standing in known.items() if standing.state is Climbing.SNOOZED]
        nobody = {"state": Climbing.CLIMBING, "snoozed_until": None, "acknowledged_by": None, "acknowledged_at": None}
        await escalations.put_all(work, [{**nobody, "case_id": case_id} for case_id in slept])

    async def _meant(self, work: Work, turns: Sequence[Turn]) -> Mapping[Sequence[Whom], Sequence[Person]]:
        team, now = await people.everyone(work), await work.now()
        return {whom: self.course.caller.roster.meant(whom, team, now) for whom in {turn.step.tell for turn in turns}}

    async def hurry(self) -> int:
        """Calls that still have not arrived anywhere get the next way; how many."""
        async with self.store.read() as work:
            now = await work.now()
            slow = self.apart.free("call", await calls.overdue(work, now - SLOW), now)
        few = [slow[start : start + AT_ONCE] for start in range(0, len(slow), AT_ONCE)]
        return sum([await self.apart.do("call", ids, self._hurry, now) for ids in few])

    async def _hurry(self, ids: Sequence[int]) -> int:
        async with self.store.begin() as work:
            await cases.lock_all(work, await calls.cases_of(work, ids))
            slow = [call for call in await calls.by_ids(work, ids) if call.is_untold]
            await self.course.caller.next_ways(work, slow)
            await work.commit()
            return len(slow)
