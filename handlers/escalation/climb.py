"""Climbs the ladders: tells each step that is due to those it names, and arms the next, in one transaction. Gravest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flows.ladder import Ladder, Step
from handlers.board import Shown
from handlers.escalation.course import LAPSE, STEP, Course, above
from handlers.escalation.lapses import Lapses
from storage import calls, cases, deadlines, escalations, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.deadlines import Deadline
from storage.escalations import Climbing, Escalation
from storage.timeline import Entry, case_chain
from storage.types import Status

AT_ONCE = 25  # cases in one transaction: a click on one of them waits for no more
SLOW = timedelta(seconds=60)  # a notice that has not left by then is helped by the next way


@dataclass(frozen=True)
class Climb:
    """`fire` every half second, `hurry` every few; however many processes ask, each step is told by one of them."""

    store: Store
    course: Course
    lapses: Lapses

    async def fire(self) -> int:
        """How many clocks fell due."""
        fired = 0
        while due := await self._due():
            fired += await self._tell(due)
            if len(due) < AT_ONCE:
                break
        return fired

    async def _due(self) -> list[Deadline]:
        async with self.store.read() as work:
            return await deadlines.peek(work, await work.now(), AT_ONCE, kinds=(STEP, LAPSE))

    async def _tell(self, due: Sequence[Deadline]) -> int:
        """The cases first, then their clocks, as everybody does: whoever was faster has met or moved the clock by now."""
        async with self.store.begin() as work:
            locked = await cases.lock_all(work, {one.case_id or 0 for one in due})
            rows = await deadlines.take(work, [one.id for one in due], await work.now())
            await deadlines.mark_told(work, [row.id for row in rows])
            for row in rows:
                if case := locked.get(row.case_id or 0):
                    await (self._step(work, case) if row.kind == STEP else self.lapses.fire(work, case))
            await work.commit()
            return len(rows)

    async def _step(self, work: Work, case: Case) -> None:
        """Tell those of the present step; arm the next one, or stay red when there is none."""
        ladder, standing = await self.course.ladder(work, case), await escalations.get(work, case.id)
        if ladder is None or case.status in (Status.CLOSED, Status.ANSWERED):
            return
        if standing.state is Climbing.SNOOZED:
            await timeline.append(work, [Entry(case_chain(case.id), "snooze_over", {})])
        called = await self._call(work, case, ladder, standing)
        await self._go_up(work, case, ladder, standing, told=bool(called))
        await self.course.board.show(work, [Shown(case.id, case.channel, case.severity)])

    async def _call(self, work: Work, case: Case, ladder: Ladder, standing: Escalation) -> list[int]:
        """Ids of the calls of this step which may still arrive."""
        step = step_at(ladder, standing.step)
        persons = await self.course.caller.roster.meant(work, step.tell)
        added = await self.course.caller.call(work, case, persons, step, standing.climb, standing.step)
        payload = {"ladder": ladder.name, "step": standing.step + 1, "climb": standing.climb, "people": [person.name for person in persons]}
        await timeline.append(work, [Entry(case_chain(case.id), "step_told", payload)])
        return [call.id for call in await calls.by_ids(work, added) if call.failed_at is None]

    async def _go_up(self, work: Work, case: Case, ladder: Ladder, standing: Escalation, *, told: bool) -> None:
        """A step that reached nobody is followed by the next at once."""
        up = above(ladder, standing)
        if up is None:
            await escalations.put(work, case.id, state=Climbing.UNANSWERED, step=standing.step + 1, climb=standing.climb)
            await timeline.append(work, [Entry(case_chain(case.id), "nobody_answered", {"ladder": ladder.name})])
            return
        rung, wait = up
        climb = standing.climb + (rung.climb - standing.repeats)
        await escalations.put(work, case.id, state=Climbing.CLIMBING, climb=climb, repeats=rung.climb, step=rung.step, snoozed_until=None)
        # between two times up the wait is kept even then: nobody may ring in circles
        begins_anew = rung.climb > standing.repeats
        await self.course.arm(work, case, await work.now() + (wait if told or begins_anew else timedelta()))

    async def hurry(self) -> int:
        """Notices that still have not arrived anywhere get the next way; how many."""
        async with self.store.begin() as work:
            slow = await calls.overdue(work, await work.now() - SLOW)
            await cases.lock_all(work, {call.case_id for call in slow})
            for call in slow:
                await self.course.caller.next_way(work, call)
            if slow:
                await work.commit()
            return len(slow)


def step_at(ladder: Ladder, number: int) -> Step:
    """Past the last one, the end."""
    return ladder.steps[number] if number < len(ladder.steps) else ladder.last
