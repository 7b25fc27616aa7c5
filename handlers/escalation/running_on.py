"""Clocks that stood still run on with what was left of them: in working time where their ladder counts it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.flow import Flow
from flows.working import Rhythm, after, left
from handlers.escalation.roster import rhythm_of
from handlers.shelf import Shelf
from storage import deadlines, people
from storage.database import Work

Rhythms = Mapping[str, Sequence[Rhythm]]


async def rhythms(work: Work, flow: Flow) -> Rhythms:
    """By ladder, of those that count in somebody's working hours."""
    working = [ladder for ladder in flow.ladders if ladder.working]
    team = await people.everyone(work) if working else []
    return {one.name: [rhythm_of(person) for person in team if person.roles & set(one.hours_of)] for one in working}


async def run_on(work: Work, present: Flow, kind: str, case_id: int | None = None) -> int:
    """Those of one kind, of all cases or of one; how many there were. Each case is judged by the FLOW that it started with."""
    shelf, by_flow, working = Shelf(present), dict[str | None, Rhythms](), dict[int, Sequence[Rhythm]]()
    for stopped in await deadlines.paused(work, kind, case_id):
        digest = stopped.flow_digest
        if digest not in by_flow:
            by_flow[digest] = await rhythms(work, await shelf.kept(work, digest))
        if stopped.ladder in by_flow[digest]:
            working[stopped.case_id] = by_flow[digest][stopped.ladder]

    def later(stopped: Mapping[str, Any]) -> datetime:
        moments = stopped["now"], stopped["paused_at"], stopped["due_at"]
        return _later(*moments, working.get(stopped["case_id"]))

    return await deadlines.resume(work, kind, later) if case_id is None else await deadlines.resume_case(work, kind, case_id, later)


def _later(now: datetime, paused_at: datetime, due_at: datetime, rhythms: Sequence[Rhythm] | None) -> datetime:
    if rhythms is None:
        return due_at + (now - paused_at)
    return after(now, left(paused_at, due_at, rhythms), rhythms)
