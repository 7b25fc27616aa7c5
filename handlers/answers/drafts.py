"""Drafts: words that a person proposes for one customer. The checks read them, then FLOW's approvers are asked."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flows.flow import Flow
from handlers.acts import Act, admit
from handlers.answers.departures import Departures
from handlers.answers.proofreading import Proofreader, finding_words, kept
from handlers.answers.rules import passes
from handlers.board import Shown
from handlers.customer_text import bare, keepable
from handlers.errors import BadInput, CaseClosed, DraftOver, DraftStopped, NoSuchCase, NoSuchDraft
from handlers.parts import admit_to_decide
from handlers.ports import Who, Words
from handlers.shelf import Shelf
from storage import approvals, cases, crises, drafts, mentions, statements, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.drafts import ALIVE, Version
from storage.people import Person
from storage.statements import Statement
from storage.timeline import Entry, case_chain
from storage.types import DraftStatus, Status

if TYPE_CHECKING:
    from flows.checks import Finding

TEXT_MOST = 10_000
PRESENT = timedelta(minutes=30)  # for how long somebody who opened the form counts as writing


@dataclass(frozen=True)
class Wording:
    """What the reply form asks for. `rests_on`: holding, full, or "" for no statement."""

    text: str
    private: bool = False
    rests_on: str = ""


@dataclass(frozen=True)
class Proposed:
    """A version that now waits for its approvers, and what the checks would like better."""

    draft_id: int
    version_id: int
    number: int
    status: DraftStatus
    warnings: tuple[Words, ...]


@dataclass(frozen=True)
class Drafts:
    store: Store
    shelf: Shelf
    proofreader: Proofreader
    departures: Departures

    async def propose(self, who: Who, case_id: int, wording: Wording, *, kind: str = "answer", corrects: int | None = None) -> Proposed:
        """Raises DraftStopped when the checks find what FLOW lets nobody send, NoWayOut when the network cannot carry it."""
        async with self.store.begin() as work:
            person = await admit(work, who, Act.REPLY)
            version = await self.write(work, who, person, case_id, wording, kind=kind, corrects=corrects)
            await work.commit()
            return proposed(version)

    async def write(  # noqa: PLR0913 - who writes what to whom
        self, work: Work, who: Who, person: Person, case_id: int, wording: Wording, *, kind: str = "answer", corrects: int | None = None
    ) -> Version:
        """As `propose`, in a transaction of the caller's."""
        await crises.current(work, hold_still=True)
        case = await _open(work, case_id)
        values = await self.checked(work, case, wording)
        draft_id = await drafts.begin(work, case_id, person.id, kind, corrects)
        version = await self.put_forward(work, case, await drafts.add_version(work, draft_id, person.id, values), person, who)
        await drafts.stop_writing(work, case_id, person.id)
        return version

    async def revise(self, who: Who, version_id: int, wording: Wording) -> Proposed:
        """The draft's next version; what was approved so far is void. Raises OnItsWay when the network may have the last one."""
        async with self.on_draft(who, Act.REPLY, version_id) as (work, person, version, case):
            revised = await self.next_version(work, version, case, person, wording)
            revised = await self.put_forward(work, case, revised, person, who)
            await drafts.stop_writing(work, case.id, person.id)
            await work.commit()
            return proposed(revised)

    async def withdraw(self, who: Who, version_id: int) -> None:
        async with self.on_draft(who, Act.REPLY, version_id) as (work, person, version, case):
            await self.departures.take_back(work, version.draft_id)
            await approvals.void(work, version.draft_id)
            await drafts.set_status(work, version.draft_id, DraftStatus.WITHDRAWN, by=person.id)
            await self._record(work, case, "draft_withdrawn", version, person, who)
            await work.commit()

    async def keep(self, who: Who, case_id: int, text: str | None) -> None:
        """Somebody is writing: `text` as far as it is typed, None when the form has just been opened."""
        async with self.store.begin() as work:
            person = await admit(work, who, Act.REPLY)
            await _open(work, case_id)
            await drafts.keep_writing(work, case_id, person.id, None if text is None else keepable(text[:TEXT_MOST]))
            await work.commit()

    async def try_out(self, who: Who, case_id: int, wording: Wording) -> tuple[int, int | None, Sequence[Words]]:
        """(length as the network counts it, the most it takes, what the checks find), while somebody types."""
        async with self.store.read() as work:
            await admit(work, who, Act.REPLY)
            case = await cases.get(work, case_id)
            if case is None:
                raise NoSuchCase(case=case_id)
            network = self.departures.networks.get(case.network)
            rests = await _statement(work, wording.rests_on)
            flow = await self.shelf.of(work, case)
            found = await self.proofreader.read(work, flow, case, wording.text, private=wording.private, rests=rests)
        length = network.length(wording.text) if network else len(wording.text)
        return length, network.most(private=wording.private) if network else None, _told(found, wording.text)

    async def checked(self, work: Work, case: Case, wording: Wording) -> dict[str, Any]:
        """What a version is made of, once nothing forbids it."""
        text = bare(keepable(wording.text)).strip()[:TEXT_MOST]
        if not text:
            raise BadInput(field="text", problem="empty")
        if case.private and not wording.private:
            raise BadInput(field="where", problem="said_in_private")
        await self.departures.door_for(work, case, private=wording.private)
        flow = await self.shelf.of(work, case)
        rests = await _statement(work, wording.rests_on)
        found = await self.proofreader.read(work, flow, case, text, private=wording.private, rests=rests)
        stopping = [one for one in found if one.check in flow.answers.blocking]
        if stopping:
            raise DraftStopped(findings=tuple(_told(stopping, text)))
        return {
            "text": text,
            "language": case.language,
            "private": wording.private,
            "network": case.network,
            "customer_id": case.customer_id,
            "in_reply_to": await mentions.latest_of(work, case.id),
            "statement_id": rests and rests.id,
            "findings": kept(found),
        }

    async def next_version(self, work: Work, version: Version, case: Case, person: Person, wording: Wording) -> Version:
        """Void what was approved, take the last version out of line, and write the next one."""
        if not version.is_present or version.status not in ALIVE:
            raise DraftOver(status=str(version.status), number=version.number, present=version.present)
        still_open(case)
        values = await self.checked(work, case, wording)
        await self.departures.take_back(work, version.draft_id)
        await approvals.void(work, version.draft_id)
        revised = await drafts.add_version(work, version.draft_id, person.id, values)
        await self.departures.board.ask(work, case, version.id)
        return revised

    async def put_forward(self, work: Work, case: Case, version: Version, person: Person, who: Who) -> Version:
        """Ask those who must approve; where FLOW has a rule that passes it, the rule is recorded and it sets out."""
        act = "draft_proposed" if version.number == 1 else "draft_revised"
        await self._record(work, case, act, version, person, who)
        flow = await self.shelf.of(work, case)
        return await self._by_rule(work, flow, case, version) if await passes(work, flow, case, version) else version

    async def _by_rule(self, work: Work, flow: Flow, case: Case, version: Version) -> Version:
        """Recorded with the rule's name and the statement that it trusted; a share is read by people afterwards."""
        rule = flow.answers.rule
        if rule is None:
            return version
        await approvals.add(work, version, approvals.Yes("rule", rule=rule.name))
        await drafts.set_status(work, version.draft_id, DraftStatus.APPROVED)
        said = {"draft": version.draft_id, "version": version.number, "digest": version.digest}
        entry = Entry(case_chain(case.id), "approved_by_rule", {**said, "rule": rule.name, "statement": version.statement_id})
        await timeline.append(work, [entry])
        approved = replace(version, status=DraftStatus.APPROVED)
        await self.departures.set_out(work, case, approved, sampled=rule.samples(version.digest))
        return approved

    async def _record(self, work: Work, case: Case, act: str, version: Version, person: Person, who: Who) -> None:
        said = {"draft": version.draft_id, "version": version.number, "digest": version.digest, "text": version.text}
        await timeline.append(work, [Entry(case_chain(case.id), act, said, person.id, who.workspace)])
        await self.departures.board.show(work, [Shown(case.id, case.channel, case.severity)])
        await self.departures.board.ask(work, case, version.id)

    @asynccontextmanager
    async def on_draft(self, who: Who, act: Act, version_id: int) -> AsyncIterator[tuple[Work, Person, Version, Case]]:
        """A draft with its case, held; of a closed case nothing can be approved, but its drafts can be ended."""
        async with self.store.begin() as work:
            person = await admit_to_decide(work, who, act, self.departures.board)
            await crises.current(work, hold_still=True)  # first, as all do who may reach the gate: nobody then waits in a circle
            version = await drafts.lock(work, version_id)
            case = await cases.get(work, version.case_id) if version else None
            if version is None or case is None:
                raise NoSuchDraft
            yield work, person, version, case


async def _open(work: Work, case_id: int) -> Case:
    case = await cases.lock(work, case_id)
    if case is None:
        raise NoSuchCase(case=case_id)
    still_open(case)
    return case


def still_open(case: Case) -> None:
    if case.status == Status.CLOSED:
        raise CaseClosed(case=case.id)


async def _statement(work: Work, kind: str) -> Statement | None:
    """The present statement of that kind."""
    if not kind:
        return None
    crisis = await crises.current(work)
    found = await statements.latest(work, crisis.id, kind) if crisis and kind in (statements.HOLDING, statements.FULL) else None
    if found is None:
        raise BadInput(field="rests_on", problem="unknown_choice")
    return found


def _told(found: "Sequence[Finding]", text: str) -> list[Words]:
    return [finding_words(one, text) for one in kept(found)]


def proposed(version: Version) -> Proposed:
    warnings = tuple(finding_words(one, version.text) for one in version.findings)
    return Proposed(version.draft_id, version.id, version.number, version.status, warnings)
