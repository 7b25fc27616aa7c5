"""Somebody leaves the team: what they had in hand goes on up its ladder, and nobody waits for their answer any more."""

from collections.abc import Sequence

from handlers.escalation.course import LAPSE, Course, hasten
from storage import calls, cases, deadlines, escalations
from storage.cases import Case
from storage.database import Work

FEW = 500


async def hold_of(work: Work, course: Course, person_id: int) -> None:
    """Every case in which they have a hand, and them: before anything else of these is touched."""
    await escalations.hold_cases_of(work, person_id)
    await course.caller.carrier.hold(work, [person_id])


async def leave(work: Work, course: Course, person_id: int) -> list[Case]:
    """The open cases that they had acknowledged or put off: the next step of each is told now."""
    called = await calls.end_of_person(work, person_id)
    for start in range(0, len(called), FEW):
        await course.caller.carrier.refresh(work, [call_id for call_id, _ in called[start : start + FEW]])
    freed = await _escalate(work, course, await escalations.held_by(work, person_id))
    for case_id in sorted({case_id for _, case_id in called} - {case.id for case in freed}):
        await hasten(work, case_id)
    return freed


async def _escalate(work: Work, course: Course, case_ids: Sequence[int]) -> list[Case]:
    found = [case for case_id in case_ids if (case := await cases.get(work, case_id))]
    await escalations.let_go(work, case_ids)
    await deadlines.meet(work, *[f"{LAPSE}:{case_id}" for case_id in case_ids])
    for case in found:
        if await course.ladder(work, case):
            await course.arm(work, case, await work.now())
    return found
