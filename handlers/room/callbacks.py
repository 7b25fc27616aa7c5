"""Call-backs: a customer whom a named leader is to call, until when, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.acts import Act, admit
from handlers.board import Shown
from handlers.errors import BadInput, CaseErased, NoSuchCallback, NoSuchCase, NoSuchPerson
from handlers.filled import Said, needed, one, whole
from handlers.moments import to_come
from handlers.ports import Who, Words
from handlers.room.room import Room, kept
from storage import callbacks, cases, deadlines, people, timeline
from storage.callbacks import Callback
from storage.cases import Case
from storage.database import Work
from storage.deadlines import Deadline
from storage.people import Person
from storage.timeline import Entry, case_chain

CLOCK = "callback"
MOST = 1000  # characters


@dataclass(frozen=True)
class Callbacks:
    """Of any case, with or without a crisis."""

    room: Room

    async def ask(self, who: Who, case_id: int, leader: str, reach_at: str = "", due_at: str = "") -> int:
        """`due_at` as handlers/moments.py reads it; without one it is due as soon as FLOW promises. The call-back's number."""
        async with self.room.store.begin() as work:
            person = await admit(work, who, Act.CALL_BACK)
            number = await self.arrange(work, person, case_id, leader, reach_at, due_at)
            await work.commit()
            return number

    async def arrange(self, work: Work, person: Person, case_id: int, leader: str, reach_at: str, due_at: str) -> int:
        """As `ask`, in a transaction of the caller's."""
        case = await cases.lock(work, case_id)
        if case is None:
            raise NoSuchCase(case=case_id)
        if case.erased_at:
            raise CaseErased(case=case_id)
        return await self._add(work, case, person, await self._leader(work, leader), reach_at, await self._due(work, person, due_at))

    async def done(self, who: Who, callback_id: int, outcome: str) -> None:
        """The customer was called, or could not be reached: `outcome` says it."""
        outcome = outcome.strip()[:MOST]
        if not outcome:
            raise BadInput(field="outcome", problem="empty")
        async with self.room.store.begin() as work:
            person = await admit(work, who, Act.CALL_BACK)
            callback = await callbacks.lock(work, callback_id)
            if callback is None:
                raise NoSuchCallback(callback=callback_id)
            if callback.done_at is None:
                await callbacks.done(work, callback_id, outcome)
                await deadlines.meet(work, f"{CLOCK}:{callback_id}")
                payload = {"callback": callback_id, "outcome": outcome}
                await self._record(
                    work, callback.case_id, Entry(case_chain(callback.case_id), "called_back", payload, person.id, who.workspace)
                )
                await work.commit()

    async def list(self, who: Who) -> Sequence[Callback]:
        """Those not yet done, the nearest due first."""
        async with self.room.store.read() as work:
            await admit(work, who, Act.CALL_BACK)
            return await callbacks.open_ones(work)

    async def fill(self, who: Who, ids: str, said: Said) -> Words:
        """The answer of the form `callback`, about a case."""
        case_id = whole(ids, "number")
        number = await self.ask(who, case_id, needed(said, "leader"), one(said, "reach_at"), one(said, "at"))
        return Words("callback.asked", {"number": number, "case": case_id, "leader": needed(said, "leader")})

    async def _leader(self, work: Work, name: str) -> Person:
        person = await people.by_name(work, name)
        if person is None:
            raise NoSuchPerson(name=name)
        if not person.roles & set(self.room.flow.answers.callback_roles):
            raise BadInput(field="leader", problem="unknown_choice")
        return person

    async def _due(self, work: Work, person: Person, typed: str) -> datetime:
        now = await work.now()
        return to_come(typed, person.timezone, now) if typed.strip() else now + self.room.flow.answers.callback_within

    async def _add(self, work: Work, case: Case, person: Person, leader: Person, reach_at: str, due_at: datetime) -> int:
        row = {"case_id": case.id, "leader_id": leader.id, "asked_by": person.id, "reach_at": reach_at.strip()[:200]}
        number = await callbacks.add(work, **row, due_at=due_at, language=case.language)
        await deadlines.arm(work, [Deadline(f"{CLOCK}:{number}", CLOCK, due_at, case.crisis_id, case.id, number)])
        facts = {"number": number, "case": case.id, "leader": leader.name, "by": person.name, "due": kept(due_at)}
        await self.room.say(work, Words("callback.asked_now", facts))
        await self.room.say_to(work, leader, Words("callback.you_are_asked", facts))
        payload = {"callback": number, "leader": leader.name, "due_at": due_at.isoformat()}
        await self._record(work, case.id, Entry(case_chain(case.id), "callback_asked", payload, person.id))
        return number

    async def _record(self, work: Work, case_id: int, entry: Entry) -> None:
        await timeline.append(work, [entry])
        case = await cases.get(work, case_id)
        if case:
            await self.room.board.show(work, [Shown(case_id, case.channel, case.severity)])
