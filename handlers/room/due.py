"""Tells, once, whom it concerns that a deadline went by unmet; brings a hold that lasts to mind."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.ports import Words
from handlers.room.callbacks import CLOCK as CALLBACK
from handlers.room.clocks import AUTHORITY, UPDATE
from handlers.room.facts import CLOCK as FACT
from handlers.room.facts import what
from handlers.room.holds import NAG, nag
from handlers.room.promises import LATE, Promises
from handlers.room.room import Room, crisis_chain, kept
from storage import callbacks, crises, deadlines, facts, people, replies, timeline
from storage.database import Work
from storage.deadlines import Deadline
from storage.timeline import Entry, case_chain
from storage.types import CRITICAL, Hold, ReplyState

KINDS = (AUTHORITY, UPDATE, FACT, CALLBACK, NAG, LATE)
RECORDED = (AUTHORITY, UPDATE, FACT, CALLBACK)
AT_ONCE = 50
AUTHORITY_ROLES = ("dpo", "legal", "manager")
UPDATE_ROLES = ("press_officer", "lead")


@dataclass(frozen=True)
class Due:
    """`fire` every few seconds; however many processes ask, each deadline is told by one of them."""

    room: Room

    async def fire(self) -> int:
        """How many went by."""
        fired = few = await self._few()
        while few == AT_ONCE:
            fired += (few := await self._few())
        return fired + await self.promises.fire()

    @property
    def promises(self) -> Promises:
        return Promises(self.room)

    async def _few(self) -> int:
        tell = {
            AUTHORITY: self._authority,
            UPDATE: self._update,
            FACT: self._fact,
            CALLBACK: self._callback,
            NAG: self._nag,
            LATE: self.promises.again,
        }
        async with self.room.store.begin() as work:
            due = await deadlines.due(work, await work.now(), AT_ONCE, kinds=KINDS)
            await deadlines.mark_told(work, [one.id for one in due])
            await timeline.append(work, [_passed(one) for one in due if one.kind in RECORDED])
            for one in due:
                await tell[one.kind](work, one)
            await self._refresh(work, due)
            if due:
                await work.commit()
            return len(due)

    async def _refresh(self, work: Work, due: Sequence[Deadline]) -> None:
        for crisis_id in sorted({one.crisis_id for one in due if one.crisis_id and one.case_id is None}):
            await self.room.show(work, crisis_id)

    async def _authority(self, work: Work, one: Deadline) -> None:
        words = Words("due.authority", {"due": kept(one.due_at)})
        await self.room.say(work, words, CRITICAL, tone="critical")
        await self.room.say_to_roles(work, AUTHORITY_ROLES, words, CRITICAL)

    async def _update(self, work: Work, one: Deadline) -> None:
        words = Words("due.update", {"due": kept(one.due_at)})
        await self.room.say(work, words, tone="high")
        await self.room.say_to_roles(work, UPDATE_ROLES, words)

    async def _fact(self, work: Work, one: Deadline) -> None:
        fact = await facts.get(work, one.subject_id or 0)
        if fact is None:
            return
        said = {"number": fact.id, "what": {"label": dict(what(self.room.flow, fact))}, "owner": fact.owner or "", "due": kept(one.due_at)}
        await self.room.say(work, Words("due.fact", said), tone="high")
        owner = await people.by_id(work, fact.owner_id) if fact.owner_id else None
        if owner:
            await self.room.say_to(work, owner, Words("due.your_fact", said))

    async def _callback(self, work: Work, one: Deadline) -> None:
        callback = await callbacks.get(work, one.subject_id or 0)
        if callback is None:
            return
        said = {"number": callback.id, "case": callback.case_id, "leader": callback.leader, "due": kept(one.due_at)}
        await self.room.say(work, Words("due.callback", said), tone="high")
        leader = await people.by_id(work, callback.leader_id)
        if leader:
            await self.room.say_to(work, leader, Words("due.your_callback", said))

    async def _nag(self, work: Work, one: Deadline) -> None:
        """While the hold stands: for how long, and how many replies wait because of it."""
        crisis = await crises.current(work)
        if crisis is None or crisis.id != one.crisis_id or crisis.hold is Hold.OFF or crisis.hold_since is None:
            return
        minutes = int((await work.now() - crisis.hold_since).total_seconds() // 60)
        waiting = (await replies.counts(work)).get(ReplyState.HELD, 0)
        said = {"hold": str(crisis.hold), "minutes": minutes, "waiting": waiting}
        await self.room.say(work, Words("due.hold_nag", said), CRITICAL, tone="high")
        await deadlines.arm(work, [await nag(work, crisis, self.room.flow.rules)])


def _passed(one: Deadline) -> Entry:
    chain = case_chain(one.case_id) if one.case_id else crisis_chain(one.crisis_id or 0)
    return Entry(chain, "deadline_passed", {"kind": one.kind, "subject": one.subject_id, "due_at": one.due_at.isoformat()})
