"""What a person looks at before answering: the forms, the drafts and replies of a case, the lists that wait. Reading only."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.parts import Part
from handlers.acts import Act, admit, may
from handlers.answers import cards, forms
from handlers.answers.cards import Sheet
from handlers.answers.departures import Departures
from handlers.answers.drafts import PRESENT
from handlers.answers.forms import Desktop
from handlers.answers.quorum import turn_of
from handlers.errors import NoSuchCase, NoSuchDraft, NoSuchReply, NoWayOut
from handlers.filled import whole
from handlers.parts import DECIDES, admit_to_decide, offered
from handlers.ports import Card, CustomerText, Form, Who, Words
from handlers.shelf import Shelf
from storage import cases, crises, drafts, facts, people, replies, statements
from storage.database import Store, Work
from storage.drafts import ALIVE, Version
from storage.facts import FactStatus
from storage.people import Person
from storage.replies import Reply
from storage.statements import StatementStatus
from storage.types import DraftStatus, Hold, ReplyState

LISTED = 100
SAID = 3  # of the customer's latest messages
ASKS = {
    "reply": Act.REPLY,
    "revise": Act.REPLY,
    "correct": Act.REPLY,
    "handover": Act.REPLY,
    "edit_and_approve": Act.APPROVE,
    "reject": Act.APPROVE,
    "arrived": Act.RELEASE,
}


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a person, with the card that shows it. `state`: a DraftStatus, or a ReplyState once it has a reply."""

    case_id: int
    version_id: int
    reply_id: int | None
    since: datetime
    state: str
    mine: bool
    card: Card

    @property
    def ids(self) -> str:
        """What a button that opens it carries."""
        return f"{self.case_id}:{self.version_id}"


@dataclass(frozen=True)
class AnswerDesk:
    store: Store
    shelf: Shelf
    departures: Departures

    async def form(self, who: Who, name: str, ids: str, start: str = "") -> Form:
        """The form behind a button: one of ASKS. `ids`: the case, or the case and the version or reply ("7:12")."""
        first, _, second = ids.partition(":")
        case_id, other = whole(first, "number"), whole(second or "0", "number")
        asked: Mapping[str, Callable[[Work, Person], Awaitable[Form]]] = {
            "reply": lambda work, person: self._reply(work, person, case_id, start),
            "handover": lambda work, person: self._handover(work, person, case_id),
            "revise": lambda work, person: self._change(work, person, other, "revise"),
            "edit_and_approve": lambda work, person: self._change(work, person, other, "edit_and_approve"),
            "reject": lambda work, _: self._reject(work, other),
            "correct": lambda work, person: self._correct(work, person, other),
            "arrived": lambda work, _: self._arrived(work, other),
        }
        async with self.store.read() as work:
            return await asked[name](work, await self._admit(work, who, ASKS[name], decides=name in DECIDES))

    async def _admit(self, work: Work, who: Who, act: Act = Act.SEE, *, decides: bool = True) -> Person:
        return await (admit_to_decide(work, who, act, self.departures.board) if decides else admit(work, who, act))

    def _part(self, who: Who) -> Part:
        return self.departures.board.part_of(who.workspace)

    async def _reply(self, work: Work, person: Person, case_id: int, start: str) -> Form:
        return forms.reply_form(await self._desktop(work, person, case_id), start)

    async def _handover(self, work: Work, person: Person, case_id: int) -> Form:
        desk = await self._desktop(work, person, case_id)
        flow = await self.shelf.of(work, desk.case)
        return forms.handover_form(desk, await people.with_role(work, *flow.answers.callback_roles))

    async def _change(self, work: Work, person: Person, version_id: int, name: str) -> Form:
        version = await _version(work, version_id)
        rests = await statements.get(work, version.statement_id) if version.statement_id else None
        return forms.change_form(await self._desktop(work, person, version.case_id), version, name, rests.kind if rests else "")

    async def _reject(self, work: Work, version_id: int) -> Form:
        return forms.reject_form(await _version(work, version_id))

    async def _correct(self, work: Work, person: Person, reply_id: int) -> Form:
        reply = await _reply(work, reply_id)
        return forms.correct_form(await self._desktop(work, person, reply.case_id), await _version(work, reply.version_id), reply_id)

    async def _arrived(self, work: Work, reply_id: int) -> Form:
        return forms.arrived_form((await _reply(work, reply_id)).case_id, reply_id)

    async def _desktop(self, work: Work, person: Person, case_id: int) -> Desktop:
        case = await cases.get(work, case_id)
        if case is None:
            raise NoSuchCase(case=case_id)
        able = await self.departures.reach(work, case)
        if able and (reason := able.nowhere(talk_is_private=case.private)):
            raise NoWayOut(network=case.network, reason=reason)
        crisis = await crises.current(work)
        kinds = (statements.HOLDING, statements.FULL) if crisis and case.crisis else ()
        found = {kind: await statements.latest(work, crisis.id, kind) for kind in kinds if crisis}
        known = await facts.of_crisis(work, crisis.id) if crisis else []
        others = await drafts.writers(work, case_id, await work.now() - PRESENT)
        return Desktop(
            case=case,
            network=self.departures.networks.get(case.network),
            said=await _said(work, case_id),
            statements={kind: one for kind, one in found.items() if one},
            data_types=tuple(dict.fromkeys(kind for one in known if one.status is FactStatus.CONFIRMED for kind in one.data_types)),
            contacts=(await self.shelf.of(work, case)).answers.contacts,
            writers=[_writes(one) for one in others if one.person_id != person.id],
            hold=crisis.hold if crisis else Hold.OFF,
            reach=able,
            kept=next((one.text for one in others if one.person_id == person.id), ""),
        )

    async def of_case(self, who: Who, case_id: int) -> Sequence[Card]:
        """The drafts of a case that can still be decided, where they can, and what became of its replies, oldest first."""
        part = self._part(who)
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
            shown = []
            for version in await drafts.of_case(work, case_id):
                reply = await replies.of_draft(work, version.draft_id)
                sheet = await cards.load(work, self.shelf, version.id)
                if reply and reply.state in (ReplyState.SENT, ReplyState.UNCONFIRMED):
                    shown.append(offered(cards.receipt_card(reply, version), part))
                elif sheet and part.approvals:
                    shown.append(cards.approval_card(sheet))
            return shown

    async def approvals(self, who: Who) -> Sequence[Waiting]:
        """Drafts that wait for a yes, those that this person can decide first, then the longest waiting."""
        async with self.store.read() as work:
            person = await self._admit(work, who)
            found = [await self._waiting(work, one, person) for one in await drafts.in_state(work, DraftStatus.IN_APPROVAL, limit=LISTED)]
            return sorted(filter(None, found), key=lambda one: (not one.mine, one.since))

    async def how_many(self, who: Who) -> int:
        """Drafts that wait for a yes, also those that `approvals` has no room for."""
        async with self.store.read() as work:
            await self._admit(work, who)
            return await drafts.count(work, DraftStatus.IN_APPROVAL)

    async def kept(self, who: Who) -> Sequence[Waiting]:
        """Approved replies that a hold or another gate keeps here, and those of which nobody can tell whether they arrived."""
        async with self.store.read() as work:
            person = await self._admit(work, who)
            waiting = await replies.in_state(work, ReplyState.HELD, ReplyState.UNCONFIRMED, limit=LISTED)
            found = [await self._kept(work, one, person) for one in waiting]
            return [one for one in found if one]

    async def outdated(self, who: Who) -> Sequence[Waiting]:
        """What rests on a statement that was replaced, or on a fact that was taken back: pending drafts, then what customers have read."""
        async with self.store.read() as work:
            person = await self._admit(work, who)
            old = await _outdated_statements(work)
            pending = [await self._waiting(work, one, person) for one in await drafts.resting_on(work, old, *ALIVE)]
            sent = [await self._kept(work, one, person) for one in await replies.sent_resting_on(work, old)]
            return [one for one in (*pending, *sent) if one]

    async def samples(self, who: Who) -> Sequence[Waiting]:
        """Replies that a rule approved and that fell into its sample: nobody has read them yet."""
        async with self.store.read() as work:
            person = await self._admit(work, who, Act.APPROVE)
            found = [await self._kept(work, one, person) for one in await replies.unread_samples(work, LISTED)]
            return [one for one in found if one]

    async def _waiting(self, work: Work, version: Version, person: Person) -> Waiting | None:
        sheet = await cards.load(work, self.shelf, version.id)
        if sheet is None:
            return None
        mine, card = await is_theirs(work, self.shelf, sheet, person), cards.approval_card(sheet)
        return Waiting(sheet.case.id, version.id, None, version.created_at, str(version.status), mine, card)

    async def _kept(self, work: Work, reply: Reply, person: Person) -> Waiting | None:
        sheet = await cards.load(work, self.shelf, reply.version_id)
        if sheet is None:
            return None
        card = cards.receipt_card(reply, sheet.version) if reply.state is ReplyState.SENT else cards.approval_card(sheet)
        return Waiting(sheet.case.id, reply.version_id, reply.id, reply.created_at, str(reply.state), may(person, Act.RELEASE), card)

    async def shown(self, who: Who, version_id: int) -> Card:
        """One version as it stands now: its approval card, or its receipt once customers can have read it."""
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
            sheet = await cards.load(work, self.shelf, version_id)
            if sheet is None:
                raise NoSuchDraft
            sent = sheet.reply if sheet.reply and sheet.reply.state is ReplyState.SENT else None
            if sent is None:
                await self._admit(work, who)
        card = cards.receipt_card(sent, sheet.version) if sent else cards.approval_card(sheet)
        return offered(card, self._part(who))

    async def approval(self, version_id: int) -> Card | None:
        """One version's card as it stands now, for a person who has just acted on it."""
        async with self.store.read() as work:
            sheet = await cards.load(work, self.shelf, version_id)
        return cards.approval_card(sheet) if sheet else None


async def is_theirs(work: Work, shelf: Shelf, sheet: Sheet, person: Person) -> bool:
    """Whether this person's yes would count now."""
    if sheet.version.status is not DraftStatus.IN_APPROVAL or not may(person, Act.APPROVE) or sheet.version.author_id == person.id:
        return False
    return await turn_of(work, await shelf.of(work, sheet.case), sheet.case, sheet.version, person) is not None


async def _version(work: Work, version_id: int) -> Version:
    version = await drafts.get(work, version_id)
    if version is None:
        raise NoSuchDraft
    return version


async def _reply(work: Work, reply_id: int) -> Reply:
    reply = await replies.get(work, reply_id)
    if reply is None:
        raise NoSuchReply
    return reply


async def _said(work: Work, case_id: int) -> Sequence[Words | CustomerText]:
    """The latest of the conversation: what the customer wrote and what we answered, in order."""
    mentions = [
        (one.received_at, CustomerText((one.newest_text or one.text)[: forms.SHOWN])) for one in await cases.mentions_of(work, case_id)
    ]
    ours: list[tuple[datetime, Any]] = []
    for reply in await replies.of_case(work, case_id):
        version = await drafts.get(work, reply.version_id)
        if version and reply.sent_at:
            ours.append((reply.sent_at, Words("form.we_said", {"text": version.text[: forms.SHOWN], "at": reply.sent_at})))
    return [words for _, words in sorted([*mentions[-SAID:], *ours[-SAID:]], key=lambda pair: pair[0])]


async def _outdated_statements(work: Work) -> list[int]:
    """Versions that are not said any more, and those under which a fact was taken back."""
    crisis = await crises.current(work)
    known = await statements.all_of(work, crisis.id) if crisis else []
    gone = {one.id for one in await facts.of_crisis(work, crisis.id) if one.status is FactStatus.RETRACTED} if crisis else set()
    return [one.id for one in known if one.status is not StatementStatus.APPROVED or gone & set(one.fact_ids)]


def _writes(row: Any) -> Words:
    return Words("form.also_writing", {"name": row.name, "at": row.opened_at})
