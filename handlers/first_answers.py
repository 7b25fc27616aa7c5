"""The clock of a customer's first answer: when a hold lets it stand still, and when it runs on."""

from collections.abc import Iterable

from flows.flow import Flow
from handlers.escalation.running_on import run_on
from storage import cases, crises, deadlines
from storage.crises import Crisis
from storage.database import Work
from storage.types import Hold

FIRST_ANSWER = "first_answer"


def _holds(flow: Flow, crisis: Crisis, tags: Iterable[str]) -> bool:
    return crisis.hold is not Hold.OFF and flow.rules.stops_for_hold(tags)


async def enter_crisis(work: Work, flow: Flow, case_id: int) -> int | None:
    """A case proves to be about the crisis: the id of the open one, whose hold stops its clock from now on."""
    crisis = await crises.current(work, hold_still=True)
    if crisis is not None and _holds(flow, crisis, await _said_of(work, case_id)):
        await deadlines.pause_case(work, FIRST_ANSWER, case_id)
    return crisis.id if crisis else None


async def look_again(work: Work, flow: Flow, case_id: int, tags: Iterable[str]) -> None:
    """Somebody, or the machine, has just said these of a case: where life may be at stake its clock runs, hold or not."""
    if not flow.rules.stops_for_hold(tags) and not flow.rules.stops_for_hold(await _said_of(work, case_id)):
        await run_on(work, flow, FIRST_ANSWER, case_id)


async def _said_of(work: Work, case_id: int) -> list[str]:
    return [tag.tag for tag in await cases.tags_of(work, case_id) if tag.is_set is not False]
