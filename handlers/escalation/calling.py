"""Calls people: a row for each, and the notices that carry it. What reaches one person within a minute is one notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flows.ladder import Step
from handlers.board import Board, Shown
from handlers.escalation.bells import CONSOLE, THREAD, Bell, Bells, otherwise
from handlers.escalation.roster import Roster
from storage import calls, notices, outbox, people
from storage.calls import Call
from storage.cases import Case
from storage.database import Work
from storage.notices import Notice
from storage.outbox import Wish
from storage.people import Person

TOGETHER = timedelta(seconds=60)
SOON = timedelta(seconds=2)  # so that a hand that acknowledges several is one word to those outside
DIRECTLY = Step((), by=("direct", "email"), otherwise=("webhook",))  # how somebody hears that a case was given to them


@dataclass(frozen=True)
class Caller:
    roster: Roster
    bells: Bells

    @property
    def board(self) -> Board:
        return self.bells.board

    async def call(self, work: Work, case: Case, persons: Sequence[Person], step: Step, climb: int, number: int | None) -> list[int]:
        """The ids of the calls that are new. Whom nothing reaches is not told, and that is written down too."""
        left = otherwise(step.by, step.otherwise)
        same = {"case_id": case.id, "climb": climb, "step": number, "severity": case.severity, "otherwise": left}
        added = await calls.add(work, [{**same, "person_id": person.id} for person in persons])
        known = {person.id: person for person in persons}
        in_thread = await self._tell_thread(work, case, added) if THREAD in step.by else False
        for call in await calls.by_ids(work, added):
            rung = [await self._ring(work, call, known[call.person_id], way) for way in step.by if way != THREAD]
            if not any(rung) and not in_thread:
                await self.next_way(work, call)
        return added

    async def next_way(self, work: Work, call: Call) -> bool:
        """The ways in use failed, or are slow: the next one that reaches the person. False when none is left to hope for."""
        person = await people.by_id(work, call.person_id)
        left = list(call.otherwise)
        while left and person:
            way = left.pop(0)
            if await self._ring(work, call, person, way):
                await calls.use_next_way(work, call.id, left)
                return True
        await calls.use_next_way(work, call.id, [])
        if await calls.has_hope(work, call.id):
            return True
        await calls.mark_failed(work, [call.id])
        return False

    async def _ring(self, work: Work, call: Call, person: Person, way: str) -> bool:
        bells = self.bells.of(person, way)
        for bell in bells:
            await self._tell(work, call, bell)
        return bool(bells)

    async def _tell(self, work: Work, call: Call, bell: Bell) -> None:
        """A card in a workspace takes in what comes within its minute; what has left by another way is followed by one more after it."""
        now = await work.now()
        await work.lock_names([f"notice:{call.person_id}:{bell.way}"])
        last = await notices.newest(work, call.person_id, bell.way, bell.address)
        fresh = last is not None and last.opened_at > now - TOGETHER
        joins = last is not None and fresh and (last.told_at is None or self.bells.is_door(bell.way))
        if last and joins:
            notice_id, leaves = last.id, max(now, last.opened_at)
            await notices.raise_to(work, last.id, call.severity)
        else:
            leaves = last.opened_at + TOGETHER if last and fresh else now
            values = {"way": bell.way, "address": bell.address, "severity": call.severity, "opened_at": leaves}
            notice_id = await notices.open_one(work, person_id=call.person_id, **values)
        await notices.join(work, notice_id, [call.id])
        if bell.way == CONSOLE:
            await notices.arrived(work, notice_id, CONSOLE)
            await calls.mark_told(work, [call.id])
            return
        act = "update" if last and joins and last.told_at else "post"
        lane, key = f"{bell.way}:{bell.address}", f"notice:{bell.way}:{notice_id}"
        facts = {"id": notice_id}
        await outbox.put(work, [Wish(bell.way, lane, act, "notice", call.severity, key=key, facts=facts, not_before=leaves)])

    async def _tell_thread(self, work: Work, case: Case, call_ids: Sequence[int]) -> bool:
        """One notice a workspace, for all whom the step calls. Whether there is a thread at all."""
        if not call_ids:
            return False
        told = False
        for workspace in self.board.channels:
            target = self.board.channel_id(workspace, case.channel)
            if target:
                told = True
                notice_id = await notices.open_one(work, case_id=case.id, way=workspace, address=target, severity=case.severity)
                await notices.join(work, notice_id, call_ids)
                await self.board.follow(work, Shown(case.id, case.channel, case.severity), "call", notice_id, [workspace])
        return told

    async def refresh(self, work: Work, call_ids: Sequence[int]) -> None:
        """Whoever was told before learns how it stands now: their cards change, outside ways hear it once more, soon."""
        now = await work.now()
        wishes = []
        for notice in await notices.of_calls(work, call_ids):
            if notice.failed_at or notice.way == CONSOLE:
                continue
            if self.bells.is_door(notice.way):
                wishes.append(_again(notice, "call" if notice.case_id else "notice"))
            elif notice.told_at:
                lane, key, soon = f"{notice.way}:{notice.address}", f"notice_over:{notice.id}", now + SOON
                facts = {"id": notice.id}
                wishes.append(Wish(notice.way, lane, "post", "notice_over", notice.severity, key=key, facts=facts, not_before=soon))
        await outbox.put(work, wishes)


def _again(notice: Notice, kind: str) -> Wish:
    lane, key = f"{notice.way}:{notice.address}", f"{kind}:{notice.way}:{notice.id}"
    return Wish(notice.way, lane, "update", kind, notice.severity, notice.case_id, key, {"id": notice.id})
