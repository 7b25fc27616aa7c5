"""An acknowledgement after which nothing follows: the person is reminded, then the case goes back to escalation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.board import Shown
from handlers.escalation.course import LAPSE, Course
from handlers.escalation.informing import inform
from handlers.ports import Words
from storage import deadlines, escalations, people, timeline
from storage.cases import Case
from storage.database import Work
from storage.deadlines import Deadline
from storage.escalations import Climbing, Escalation
from storage.timeline import Entry, case_chain
from storage.types import HIGH, Status

NOTHING_OF_USE = ("acknowledged", "revealed", "snoozed", "reassigned", "taken_over")  # acts that do nothing for the customer


@dataclass(frozen=True)
class Lapses:
    course: Course

    async def fire(self, work: Work, case: Case) -> None:
        """The time is up: was anything done?"""
        standing, ladder = await escalations.get(work, case.id), await self.course.ladder(work, case)
        if ladder is None or standing.state is not Climbing.ACKNOWLEDGED or case.status in (Status.CLOSED, Status.ANSWERED):
            return
        since = standing.acknowledged_at
        if since is None or await self._something_followed(work, case, since):
            return
        if standing.reminded_at is None:
            await self._remind(work, case, standing, since, ladder.lapse_after)
            await escalations.put(work, case.id, state=standing.state, reminded_at=await work.now())
            again = Deadline(f"{LAPSE}:{case.id}", LAPSE, await work.now() + ladder.lapse_after, case_id=case.id, severity=case.severity)
            await deadlines.arm(work, [again])
        else:
            await self._back(work, case, standing)

    async def _something_followed(self, work: Work, case: Case, since: datetime) -> bool:
        acts = await timeline.acts_since(work, case_chain(case.id), since, (*NOTHING_OF_USE, "claimed"))
        return any(act not in NOTHING_OF_USE for act in acts)

    async def _remind(self, work: Work, case: Case, standing: Escalation, since: datetime, lapses_in: timedelta) -> None:
        minutes = int((await work.now() - since).total_seconds() // 60)
        person = await people.by_id(work, standing.acknowledged_by or 0)
        if person:
            words = Words("notice.remind_title", {"number": case.id, "minutes": minutes})
            await inform(work, self.course.caller.bells, person, words, max(case.severity, HIGH), news_for=lapses_in)
        await timeline.append(work, [Entry(case_chain(case.id), "reminded", {"person": standing.name})])

    async def _back(self, work: Work, case: Case, standing: Escalation) -> None:
        """It goes on where it stood on the ladder. Whoever let it lapse hears that too."""
        nobody = {"acknowledged_by": None, "acknowledged_at": None, "reminded_at": None}
        await escalations.put(work, case.id, state=Climbing.CLIMBING, **nobody)
        await self.course.arm(work, case, await work.now())
        person = await people.by_id(work, standing.acknowledged_by or 0)
        if person:
            await inform(work, self.course.caller.bells, person, Words("notice.lapsed_title", {"number": case.id}), case.severity)
        await timeline.append(work, [Entry(case_chain(case.id), "acknowledgement_lapsed", {"person": standing.name})])
        await self.course.board.show(work, [Shown(case.id, case.channel, case.severity)])
