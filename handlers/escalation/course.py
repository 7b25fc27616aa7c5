"""The course of a case on its ladder: which one it climbs, when its clocks run, when it pauses, when it is over."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.flow import Flow
from flows.ladder import Ladder, Matter, ladder_for, upwards
from flows.ladder import Rung as Place
from flows.severity import Severity
from handlers.board import Board
from handlers.escalation.calling import Caller
from handlers.first_answers import FIRST_ANSWER
from handlers.shelf import Shelf
from storage import calls, cases, deadlines, escalations, timeline
from storage.cases import Case, CaseTag
from storage.database import Work
from storage.deadlines import Deadline
from storage.escalations import Climbing, Escalation
from storage.people import Person
from storage.timeline import Entry, case_chain
from storage.types import Status

STEP, RESOLUTION, LAPSE = "step", "resolution", "lapse"


def ladder_of(flow: Flow, name: str | None) -> Ladder | None:
    return next((ladder for ladder in flow.ladders if ladder.name == name), None)


def step_clock(case: Case, due_at: datetime) -> Deadline:
    """When the next step of a case is told."""
    return Deadline(f"{STEP}:{case.id}", STEP, due_at, case_id=case.id, severity=case.severity)


def matter(case: Case, tags: Iterable[CaseTag]) -> Matter:
    chosen = frozenset(tag.tag for tag in tags if tag.is_set)
    suggested = tuple((tag.tag, tag.confidence) for tag in tags if tag.is_set is None and tag.confidence is not None)
    kind, network, language = case.kind, case.network, case.language
    return Matter(chosen, Severity(case.severity), kind, network, language, case.reach, case.crisis, suggested)


@dataclass(frozen=True)
class Course:
    caller: Caller
    shelf: Shelf

    @property
    def board(self) -> Board:
        return self.caller.board

    async def ladder(self, work: Work, case: Case) -> Ladder | None:
        """The one that it climbs, in the FLOW that it started with."""
        return ladder_of(await self.shelf.of(work, case), case.ladder)

    async def reconsider(self, work: Work, case_ids: Iterable[int]) -> None:
        """These have changed (tags, severity, kind, crisis or not): their clocks know how grave they are, and another ladder may fit now.

        The crisis is held still before their cases are, since a hold moves the same clocks; the record comes after all of them.
        """
        changed = [await self._reconsider(work, case_id) for case_id in case_ids]
        await timeline.append(work, [entry for entry in changed if entry])

    async def _reconsider(self, work: Work, case_id: int) -> Entry | None:
        case = await cases.get(work, case_id)
        if case is None or case.status is Status.CLOSED:
            return None
        await deadlines.rank(work, case_id, case.severity)
        flow = await self.shelf.of(work, case)
        ladder = ladder_for(flow.ladders, matter(case, await cases.tags_of(work, case_id)))
        fits = ladder.name if ladder else None
        if fits == case.ladder:
            return None
        await self._change(work, flow, case, ladder)
        return Entry(case_chain(case.id), "ladder_changed", {"from": case.ladder, "to": fits})

    async def _change(self, work: Work, flow: Flow, case: Case, ladder: Ladder | None) -> None:
        await cases.change(work, case.id, ladder=ladder.name if ladder else None)
        await self._sooner(work, flow, case, ladder)
        standing = await escalations.get(work, case.id)
        if standing.state in (Climbing.ACKNOWLEDGED, Climbing.SNOOZED):
            await self._watch_over(work, case, ladder)  # whoever has it has it; from now on by the clocks of the other ladder
        elif standing.state is not Climbing.OVER:
            await self._begin_anew(work, case, ladder, standing)

    async def _sooner(self, work: Work, flow: Flow, case: Case, ladder: Ladder | None) -> None:
        """What it promises now counts from the beginning, and never later than what was promised before."""
        promised = {
            FIRST_ANSWER: first_answer_within(flow, ladder, case.severity),
            RESOLUTION: ladder.resolution if ladder else None,
        }
        for kind, within in promised.items():
            running = await deadlines.get(work, f"{kind}:{case.id}")
            if within and running and running.met_at is None and running.told_at is None and running.paused_at is None:
                due = min(running.due_at, case.opened_at + within)
                await deadlines.arm(work, [Deadline(running.key, kind, due, case_id=case.id, severity=case.severity)])

    async def _begin_anew(self, work: Work, case: Case, ladder: Ladder | None, standing: Escalation) -> None:
        await deadlines.meet(work, f"{STEP}:{case.id}")
        await escalations.put(work, case.id, state=Climbing.CLIMBING, climb=standing.climb + 1, repeats=0, step=0)
        if ladder and ladder.steps:
            await self.arm(work, case, await work.now() + ladder.steps[0].after)

    async def arm(self, work: Work, case: Case, due_at: datetime) -> None:
        """When the next step is told."""
        await deadlines.arm(work, [step_clock(case, due_at)])

    async def _watch_over(self, work: Work, case: Case, ladder: Ladder | None) -> None:
        within = ladder.remind_after if ladder else timedelta()
        if within:
            due = Deadline(f"{LAPSE}:{case.id}", LAPSE, await work.now() + within, case_id=case.id, severity=case.severity)
            await deadlines.arm(work, [due])

    async def acknowledge(self, work: Work, case: Case, person: Person) -> bool:
        """`person` takes responsibility: True when the ladder pauses, False while others of an *everyone* step are still waited for."""
        await calls.mark_acknowledged(work, case.id, person.id)
        standing = await escalations.get(work, case.id)
        if await self._waits_for_others(work, case, standing, person):
            await self._refresh(work, case.id)
            return False
        await self.has(work, case, person)
        return True

    async def settle(self, work: Work, case: Case, person: Person) -> bool:
        """Who has it, because it was given to them, says so too; False when they have said it before."""
        settled = await calls.mark_acknowledged(work, case.id, person.id)
        if settled:
            await self._refresh(work, case.id)
        return bool(settled)

    async def hold(self, work: Work, case_ids: Iterable[int], *person_ids: int) -> None:
        """Whoever was called for these cases, and these people: after the cases, before any row of the outbox, all at once."""
        await self.caller.carrier.hold(work, {*person_ids, *await calls.people_of(work, list(case_ids))})

    async def has(self, work: Work, case: Case, person: Person) -> None:
        """From now on it is this person who answers for it; whether anything follows is watched."""
        await self.pause(work, case, person, Climbing.ACKNOWLEDGED)
        await self._watch_over(work, case, await self.ladder(work, case))

    async def _waits_for_others(self, work: Work, case: Case, standing: Escalation, person: Person) -> bool:
        """Only the step that was told last can ask for everybody, and only those it calls wait for each other."""
        ladder, last = await self.ladder(work, case), standing.step - 1
        if ladder is None or not 0 <= last < len(ladder.steps) or not ladder.steps[last].everyone:
            return False
        made = await calls.of_case(work, case.id)
        asked = [call for call in made if (call.climb, call.step) == (standing.climb, last) and call.over_at is None]
        theirs = any(call.person_id == person.id for call in asked)
        return theirs and any(call.acknowledged_at is None and call.failed_at is None for call in asked)

    async def pause(self, work: Work, case: Case, person: Person, state: Climbing, until: datetime | None = None) -> None:
        """Somebody has it: nobody else is told; all who were, learn who. `until` when it is only put off.

        Should the ladder ever go on, it does so where it stood; one that had ended begins anew.
        """
        now, standing = await work.now(), await escalations.get(work, case.id)
        anew = {"climb": standing.climb + 1, "repeats": 0, "step": 0} if standing.state is Climbing.UNANSWERED else {}
        await deadlines.meet(work, f"{STEP}:{case.id}", f"{LAPSE}:{case.id}")
        who = {"acknowledged_by": person.id, "acknowledged_at": now, "snoozed_until": until, "reminded_at": None}
        await escalations.put(work, case.id, state=state, **who, **anew)
        if case.status is Status.OPEN:
            await cases.change(work, case.id, status=Status.ACKNOWLEDGED, acknowledged_at=now)
        if until:
            await self.arm(work, case, until)
        await calls.end(work, case.id)
        await self._refresh(work, case.id)

    async def _refresh(self, work: Work, case_id: int) -> None:
        await self.caller.carrier.refresh(work, [call.id for call in await calls.of_case(work, case_id)])

    async def end(self, work: Work, case_id: int, *, closed: bool) -> None:
        """Answered or closed: nothing is waited for; a closed case keeps no promise open."""
        kinds = (STEP, LAPSE, RESOLUTION) if closed else (STEP, LAPSE)
        await deadlines.meet(work, *[f"{kind}:{case_id}" for kind in kinds])
        if ended := await calls.end(work, case_id):
            await self.caller.carrier.refresh(work, ended)
        standing = await escalations.of_cases(work, [case_id])
        if standing:
            await escalations.put(work, case_id, state=Climbing.OVER)

    async def again(self, work: Work, case: Case) -> None:
        """The customer wrote again after the answer, or somebody opened the case anew: its ladder begins from the first step.

        What was said of it while it was closed counts again: `reconsider` it afterwards.
        """
        await self._begin_anew(work, case, await self.ladder(work, case), await escalations.get(work, case.id))


async def hasten(work: Work, case_id: int) -> None:
    """The next step at once, when nobody is left of the last one who may hear; between two times up the wait is kept even then."""
    standing = await escalations.get(work, case_id)
    made = [call for call in await calls.of_case(work, case_id) if (call.climb, call.step) == (standing.climb, standing.step - 1)]
    if standing.state is not Climbing.CLIMBING or not made or any(call.failed_at is None and call.over_at is None for call in made):
        return
    running = await deadlines.get(work, f"{STEP}:{case_id}")
    if running and running.met_at is None and running.told_at is None:
        await deadlines.arm(work, [replace(running, due_at=min(running.due_at, await work.now()))])


def first_answer_within(flow: Flow, ladder: Ladder | None, severity: int) -> timedelta:
    """The time to a customer's first answer: the ladder's own, or the crisis's by severity."""
    own = ladder.first_answer if ladder else None
    return own or flow.rules.first_answer.get(Severity(severity), timedelta(hours=24))


def above(ladder: Ladder, standing: Escalation) -> tuple[Place, timedelta] | None:
    """Where it stands once its present step is told."""
    return upwards(ladder, Place(standing.repeats, standing.step))
