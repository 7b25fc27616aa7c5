"""What time does to drafts: approvers are reminded, a draft that nobody approved in time goes back to its author."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from flows.flow import Flow
from handlers.answers.drafts import Drafts
from handlers.answers.quorum import approvers_of, how_it_stands
from handlers.board import Shown
from handlers.escalation.informing import inform
from handlers.ports import Words
from storage import approvals, cases, crises, drafts, people, replies, timeline
from storage.database import Work
from storage.drafts import Version
from storage.people import Person
from storage.timeline import Entry, case_chain
from storage.types import HIGH, DraftStatus, Hold

WRITINGS_KEPT = timedelta(days=2)
DUE = "approvals"  # held by whoever looks what is due


@dataclass(frozen=True)
class Waiting:
    drafts: Drafts
    flow: Flow

    async def remind(self) -> int:
        """Each approver whose yes some draft waits for too long gets one word, however many drafts there are; how many people.

        Where they can say it, else by the ways outside: in a workspace without a part in approvals it would be of no use.
        """
        async with self.drafts.store.begin() as work:
            await work.lock_names([DUE])
            late = await drafts.waiting_since(work, await work.now() - self.flow.answers.remind_after, reminded=False)
            asked = await self._asked(work, late)
            for person, count in asked.items():
                oldest = {"at": late[0].created_at.isoformat()}
                words = Words("draft.you_are_waited_for", {"count": count, "oldest": oldest})
                bells = self.drafts.departures.course.caller.bells
                await inform(work, bells, person, words, HIGH, news_for=self.flow.answers.expires_after, among=bells.board.deciding)
            await drafts.mark_reminded(work, [version.id for version in late])
            await work.commit()
        return len(asked)

    async def look_again(self) -> None:
        """While anything is held, or a network is not connected any more: what waits and may not leave is kept where people see it."""
        async with self.drafts.store.begin() as work:
            crisis = await crises.current(work)
            lost = await replies.networks_waited_for(work) - set(self.drafts.departures.networks)
            if lost or (crisis and crisis.hold is not Hold.OFF):
                await work.lock_names([DUE])
                await self.drafts.departures.look_again(work)
                await work.commit()

    async def _asked(self, work: Work, late: list[Version]) -> Counter[Person]:
        counts: Counter[int] = Counter()
        known: dict[int, Person] = {}
        for version in late:
            case = await cases.get(work, version.case_id)
            if case is None:
                continue
            stage = (await how_it_stands(work, await self.drafts.shelf.of(work, case), case, version)).waiting
            for person in await approvers_of(work, stage, version) if stage else ():
                known[person.id] = person
                counts[person.id] += 1
        return Counter({known[person_id]: count for person_id, count in counts.items()})

    async def expire(self) -> int:
        """Drafts whose approval took too long go back to their authors; how many."""
        async with self.drafts.store.begin() as work:
            await work.lock_names([DUE])
            before = await work.now() - self.flow.answers.expires_after
            late = [*await drafts.waiting_since(work, before, reminded=True), *await drafts.waiting_since(work, before, reminded=False)]
            for version in sorted(late, key=lambda one: one.case_id):
                await self._expire(work, version.id)
            await drafts.drop_writings(work, await work.now() - WRITINGS_KEPT)
            await work.commit()
        return len(late)

    async def _expire(self, work: Work, version_id: int) -> None:
        version = await drafts.lock(work, version_id)
        case = await cases.get(work, version.case_id) if version else None
        if version is None or case is None or not version.is_present or version.status is not DraftStatus.IN_APPROVAL:
            return
        await approvals.void(work, version.draft_id)
        await drafts.set_status(work, version.draft_id, DraftStatus.WRITTEN, "expired")
        payload = {"draft": version.draft_id, "version": version.number}
        await timeline.append(work, [Entry(case_chain(case.id), "draft_expired", payload)])
        board = self.drafts.departures.board
        await board.show(work, [Shown(case.id, case.channel, case.severity)])
        await board.ask(work, case, version.id)
        author = await people.by_id(work, version.author_id)
        if author:
            accounts = {"slack": author.slack_id, "teams": author.teams_id}
            await board.tell_person(work, accounts, Words("draft.you_expired", {"number": case.id}), HIGH)
