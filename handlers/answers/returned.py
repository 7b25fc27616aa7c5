"""A reply that came back: nobody has read it. Its draft is given back with the words of whoever refused it, and the case is open again."""

from dataclasses import dataclass

from handlers.board import Shown
from handlers.customer_text import keepable
from handlers.escalation.course import Course
from handlers.ports import Words
from storage import cases, crises, drafts, people, replies, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.timeline import Entry, case_chain
from storage.types import DraftStatus, ReplyState, Status

REASON_MOST = 300


@dataclass(frozen=True)
class Returned:
    store: Store
    course: Course

    async def take(self, network: str, external_id: str, reason: str) -> bool:
        """False when it is not one of ours, or is known to have come back."""
        reason = keepable(reason[:REASON_MOST])
        async with self.store.begin() as work:
            await crises.current(work, hold_still=True)
            found = await replies.published_as(work, network, external_id)
            case = await cases.lock(work, found.case_id) if found else None
            reply = await replies.lock(work, found.id) if found else None
            if case is None or reply is None or reply.state is not ReplyState.SENT or case.erased_at:
                return False
            nowhere = {"sent_at": None, "external_id": None, "url": None}  # else the gate would say that it was sent before
            await replies.change(work, reply.id, state=ReplyState.REFUSED, reason=reason, **nowhere)
            await drafts.set_status(work, reply.draft_id, DraftStatus.WRITTEN, reason)
            case = await self._open_again(work, case)
            said = {"reply": reply.id, "external_id": external_id, "reason": reason}
            await timeline.append(work, [Entry(case_chain(case.id), "reply_returned", said, door=network)])
            shown = Shown(case.id, case.channel, case.severity)
            await self.course.board.follow(work, shown, "receipt", reply.id)
            await self.course.board.show(work, [shown])
            await self.course.board.ask(work, case, reply.version_id)
            await work.commit()
        return True

    async def _open_again(self, work: Work, case: Case) -> Case:
        """It was answered, and is not; whoever owns it is told."""
        owner = await people.by_id(work, case.owner_id) if case.owner_id else None
        if owner:
            accounts = {"slack": owner.slack_id, "teams": owner.teams_id}
            await self.course.board.tell_person(work, accounts, Words("case.came_back", {"number": case.id}), case.severity)
        if case.status not in (Status.ANSWERED, Status.CLOSED):
            return case
        await cases.change(work, case.id, status=Status.OPEN, closed_at=None)
        await self.course.again(work, case)
        return await cases.get(work, case.id) or case
