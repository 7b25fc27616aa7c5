"""What a person does with a case: claim, close, move, note, reveal, name its customer, take the next one."""

from dataclasses import dataclass
from typing import Any

from flows.flow import KINDS
from handlers.acts import Act, admit, on_case
from handlers.board import Board, Shown
from handlers.customer_text import keepable
from handlers.errors import BadInput, CaseClosed, CaseErased, CaseOwned, NothingWaits
from handlers.escalation.course import Course
from handlers.first_answers import enter_crisis
from handlers.ports import Who
from handlers.shelf import Shelf
from storage import cases, customers, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.people import Person
from storage.timeline import Entry, case_chain
from storage.types import Status


@dataclass(frozen=True)
class Cases:
    store: Store
    course: Course
    shelf: Shelf

    @property
    def board(self) -> Board:
        return self.course.board

    async def claim(self, who: Who, case_id: int) -> None:
        """Become the owner. Raises CaseOwned with the owner's name when somebody else was faster."""
        async with on_case(self.store, who, Act.CLAIM, case_id) as (work, person, case):
            if case.status == Status.CLOSED:
                raise CaseClosed(case=case_id)
            if case.owner_id not in (None, person.id):
                raise CaseOwned(case=case_id, owner=case.owner)
            if case.owner_id is None:
                now = await work.now()
                await cases.change(work, case_id, owner_id=person.id, status=Status.ACKNOWLEDGED, acknowledged_at=now)
                await self.course.has(work, case, person)
                await self._record(work, case, person, who, "claimed", {})
            await work.commit()

    async def next(self, who: Who, *, crisis: bool | None = None) -> int:
        """Claim the gravest case that nobody owns, in one's own languages first; its number. Raises NothingWaits."""
        async with self.store.begin() as work:
            person = await admit(work, who, Act.CLAIM)
            case = await cases.next_unowned(work, crisis=crisis, languages=person.languages)
            if case is None:
                raise NothingWaits
            now = await work.now()
            await cases.change(work, case.id, owner_id=person.id, status=Status.ACKNOWLEDGED, acknowledged_at=now)
            await self.course.has(work, case, person)
            await self._record(work, case, person, who, "claimed", {"by": "next"})
            await work.commit()
            return case.id

    async def close(self, who: Who, case_id: int) -> None:
        async with on_case(self.store, who, Act.CLOSE, case_id) as (work, person, case):
            if case.status != Status.CLOSED:
                await cases.change(work, case_id, status=Status.CLOSED, closed_at=await work.now())
                await self.course.end(work, case_id, closed=True)
                await self._record(work, case, person, who, "closed", {})
            await work.commit()

    async def reopen(self, who: Who, case_id: int) -> None:
        async with on_case(self.store, who, Act.CLOSE, case_id) as (work, person, case):
            if case.erased_at:
                raise CaseErased(case=case_id)
            if case.status == Status.CLOSED:
                status = Status.OPEN if case.owner_id is None else Status.ACKNOWLEDGED
                await cases.change(work, case_id, status=status, closed_at=None)
                await self.course.again(work, case)
                await self.course.reconsider(work, [case_id])
                await self._record(work, case, person, who, "reopened", {})
            await work.commit()

    async def move(self, who: Who, case_id: int, *, crisis: bool) -> None:
        """Say that a case is about the crisis, or ordinary: it goes to the other team's channel, a pointer stays."""
        async with on_case(self.store, who, Act.MOVE, case_id) as (work, person, case):
            await cases.record_click(work, case_id, person.id, "crisis", truth=crisis)
            values: dict[str, Any] = {"crisis": crisis, "crisis_set_by": person.id}
            if crisis != case.crisis:
                values["left_crisis_at"] = None if crisis else await work.now()
                flow = await self.shelf.of(work, case)
                values["crisis_id"] = await enter_crisis(work, flow, case_id) if crisis else None
                values["channel"] = flow.crisis_channel if crisis else flow.ordinary_channel
                if values["channel"] != case.channel:
                    await self.board.leave_pointer(work, case_id, case.severity)
            await cases.change(work, case_id, **values)
            await self.course.reconsider(work, [case_id])
            await self._record(work, case, person, who, "moved", {"crisis": crisis})
            await work.commit()

    async def note(self, who: Who, case_id: int, text: str) -> None:
        """An internal note: stays inside, always."""
        async with on_case(self.store, who, Act.NOTE, case_id) as (work, person, case):
            text = keepable(text.strip()[:3000])
            if not text:
                raise BadInput(field="text", problem="empty")
            note_id = await cases.add_note(work, case_id, person.id, text)
            await self.board.follow(work, Shown(case_id, case.channel, case.severity), "note", note_id, self.board.noting)
            await self._record(work, case, person, who, "noted", {"note": note_id, "text": text})
            await work.commit()

    async def reveal(self, who: Who, case_id: int) -> None:
        """Allow one look at what is masked, and remember who looked. The door then shows the case whole, to this person only."""
        async with on_case(self.store, who, Act.REVEAL, case_id) as (work, person, _):
            await timeline.append(work, [Entry(case_chain(case_id), "revealed", {}, person.id, who.workspace)])
            await work.commit()

    async def set_kind(self, who: Who, case_id: int, kind: str) -> None:
        """Say who the customer is; a grave kind makes the case at least that grave."""
        async with on_case(self.store, who, Act.SET_KIND, case_id) as (work, person, case):
            if kind not in KINDS:
                raise BadInput(field="kind", problem="unknown_choice")
            await customers.set_kind(work, case.customer_id, kind, person.id)
            flow = await self.shelf.of(work, case)
            await cases.change(work, case_id, severity=max(case.severity, flow.kinds.get(kind, 0)))
            await self.course.reconsider(work, [case_id])
            await self._record(work, case, person, who, "kind_set", {"kind": kind})
            await work.commit()

    async def _record(self, work: Work, case: Case, person: Person, who: Who, act: str, payload: dict[str, Any]) -> None:
        await timeline.append(work, [Entry(case_chain(case.id), act, payload, person.id, who.workspace)])
        now = await cases.get(work, case.id) or case
        await self.board.show(work, [Shown(case.id, now.channel, now.severity)])
