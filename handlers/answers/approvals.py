"""Approvals: people say yes or no to exactly one version. Enough of them in FLOW's order, and the reply sets out, once."""

from dataclasses import dataclass, replace

from flows.flow import Flow
from handlers.acts import Act
from handlers.answers.drafts import Drafts, Proposed, Wording, still_open
from handlers.answers.gate import statement_under
from handlers.answers.quorum import editors_yes, how_it_stands, turn_of
from handlers.board import Shown
from handlers.errors import BadInput, DraftOutdated, DraftOver, NotTheirTurn, OwnDraft
from handlers.ports import Label, Who, Words
from storage import approvals, drafts, people, timeline
from storage.cases import Case
from storage.database import Work
from storage.drafts import ALIVE, Version
from storage.people import Person
from storage.timeline import Entry, case_chain
from storage.types import HIGH, DraftStatus


@dataclass(frozen=True)
class Approvals:
    drafts: Drafts

    async def approve(self, who: Who, version_id: int) -> DraftStatus:
        """Where the draft stands now. A second click of the same person changes nothing. Raises DraftOver, OwnDraft, NotTheirTurn."""
        async with self.drafts.on_draft(who, Act.APPROVE, version_id) as (work, person, version, case):
            if any(one.person_id == person.id for one in await approvals.of_version(work, version_id)):
                return version.status
            self._must_wait_for(version, person, case)
            if not (await statement_under(work, version))[1]:
                raise DraftOutdated
            now = await self._say_yes(work, who, person, version, case, await self._turn(work, person, version, case))
            await work.commit()
            return now.status

    async def edit_and_approve(self, who: Who, version_id: int, wording: Wording) -> Proposed:
        """The editor's one approval is of the new version; earlier ones are void, and the first author can never add one."""
        async with self.drafts.on_draft(who, Act.APPROVE, version_id) as (work, person, version, case):
            self._must_wait_for(version, person, case)
            turn = await self._turn(work, person, version, case)
            revised = await self.drafts.next_version(work, version, case, person, wording)
            revised = await self.drafts.put_forward(work, case, revised, person, who)
            if revised.status is DraftStatus.IN_APPROVAL:
                yes = await editors_yes(work, await self.drafts.shelf.of(work, case), case, revised, person, turn)
                revised = await self._say_yes(work, who, person, revised, case, yes or await self._turn(work, person, revised, case))
            await work.commit()
            return Proposed(revised.draft_id, revised.id, revised.number, revised.status, ())

    async def reject(self, who: Who, version_id: int, reason: str) -> None:
        """The author is told why. Only an approver can, and only while the draft waits or is not yet gone."""
        reason = reason.strip()[:500]
        async with self.drafts.on_draft(who, Act.APPROVE, version_id) as (work, person, version, case):
            if not reason:
                raise BadInput(field="reason", problem="empty")
            if not version.is_present or version.status not in ALIVE:
                raise DraftOver(status=str(version.status), number=version.number, present=version.present)
            await self.drafts.departures.take_back(work, version.draft_id)
            await approvals.void(work, version.draft_id)
            await drafts.set_status(work, version.draft_id, DraftStatus.REJECTED, reason, by=person.id)
            payload = {"draft": version.draft_id, "version": version.number, "reason": reason}
            await self._record(work, case, Entry(case_chain(case.id), "draft_rejected", payload, person.id, who.workspace), version)
            await tell_author(self.drafts, work, version, "draft.you_were_rejected", name=person.name, reason=reason)
            await work.commit()

    def _must_wait_for(self, version: Version, person: Person, case: Case) -> None:
        still_open(case)
        if not version.is_present or version.status is not DraftStatus.IN_APPROVAL:
            raise DraftOver(status=str(version.status), number=version.number, present=version.present)
        if version.author_id == person.id:
            raise OwnDraft

    async def _turn(self, work: Work, person: Person, version: Version, case: Case) -> approvals.Yes:
        flow: Flow = await self.drafts.shelf.of(work, case)
        yes = await turn_of(work, flow, case, version, person)
        if yes is None:
            waiting = (await how_it_stands(work, flow, case, version)).waiting
            unchecked = version.language if "unchecked" in version.checks else ""
            raise NotTheirTurn(stage=Label(waiting.label if waiting else {"en": ""}), unchecked=unchecked)
        return yes

    async def _say_yes(self, work: Work, who: Who, person: Person, version: Version, case: Case, yes: approvals.Yes) -> Version:
        """Record it; when it was the last that FLOW asks for, the reply sets out in the same transaction."""
        await approvals.add(work, version, yes)
        payload = {"draft": version.draft_id, "version": version.number, "digest": version.digest, "stage": yes.stage}
        if yes.stands_in_for:
            payload["stands_in_for"] = yes.stands_in_for
        await self._record(work, case, Entry(case_chain(case.id), "approved", payload, person.id, who.workspace), version)
        standing = await how_it_stands(work, await self.drafts.shelf.of(work, case), case, version)
        if not standing.done:
            return version
        await drafts.set_status(work, version.draft_id, DraftStatus.APPROVED)
        approved = replace(version, status=DraftStatus.APPROVED)
        await self.drafts.departures.set_out(work, case, approved)
        return approved

    async def _record(self, work: Work, case: Case, entry: Entry, version: Version) -> None:
        await timeline.append(work, [entry])
        await self.drafts.departures.board.show(work, [Shown(case.id, case.channel, case.severity)])
        await self.drafts.departures.board.ask(work, case, version.id)


async def tell_author(of: Drafts, work: Work, version: Version, words: str, **facts: object) -> None:
    """A private word to whoever first wrote it, in each workspace that knows them."""
    author = await people.by_id(work, version.author_id)
    if author:
        accounts = {"slack": author.slack_id, "teams": author.teams_id}
        await of.departures.board.tell_person(work, accounts, Words(words, {"number": version.case_id, **facts}), HIGH)
