"""The hold: nothing about the crisis leaves, only what rests on the holding statement, or all of it; and the one case that may pass."""

from dataclasses import dataclass, field
from typing import Protocol

from flows.crisis_rules import CrisisRules
from handlers.acts import Act
from handlers.board import Shown
from handlers.errors import BadInput, NoSuchCase, NothingHeld
from handlers.escalation.running_on import run_on
from handlers.filled import Said, one, whole
from handlers.first_answers import FIRST_ANSWER
from handlers.ports import Who, Words
from handlers.room.room import Acting, Room
from storage import cases, crises, deadlines, exceptions, timeline
from storage.crises import Crisis
from storage.database import Work
from storage.deadlines import Deadline
from storage.types import CRITICAL, Hold

NAG = "hold_nag"


class Queued(Protocol):
    """The replies that wait to leave. Called in the transaction of the change, with the crisis as it stands after it."""

    async def hold(self, work: Work, crisis: Crisis) -> None:
        """A hold was set, or it changed its kind."""
        ...

    async def lift(self, work: Work, crisis: Crisis) -> None:
        """Nothing is held any more."""
        ...


@dataclass(frozen=True)
class NoneQueued:
    """Where nobody replies."""

    async def hold(self, work: Work, crisis: Crisis) -> None:
        """Nothing waits."""

    async def lift(self, work: Work, crisis: Crisis) -> None:
        """Nothing waits."""


@dataclass(frozen=True)
class Holds:
    room: Room
    queued: Queued = field(default_factory=NoneQueued)

    async def set(self, who: Who, hold: str) -> Crisis:
        """silent, holding or off. The same hold again changes nothing."""
        if hold not in set(Hold):
            raise BadInput(field="hold", problem="unknown_choice")
        async with self.room.act(who, Act.SET_HOLD) as now:
            if now.crisis.hold == hold:
                return now.crisis
            await crises.set_hold(now.work, now.crisis, Hold(hold))
            after = await crises.current(now.work) or now.crisis
            await self._clocks(now.work, now.crisis, after)
            await (self.queued.lift if after.hold is Hold.OFF else self.queued.hold)(now.work, after)
            words = Words("room.hold_set", {"by": now.person.name, "hold": hold})
            await self.room.say(now.work, words, CRITICAL, tone="plain" if after.hold is Hold.OFF else "critical")
            await self.room.done(now, "hold_set", {"hold": hold, "before": str(now.crisis.hold)})
            return after

    async def _clocks(self, work: Work, before: Crisis, after: Crisis) -> None:
        """First answers wait while anything is held, but nobody's whose life may be at stake; and a hold that lasts is brought to mind."""
        rules = self.room.flow.rules
        if after.hold is Hold.OFF:
            await run_on(work, self.room.flow, FIRST_ANSWER)
            await deadlines.meet(work, f"{NAG}:{after.id}")
        elif before.hold is Hold.OFF:
            await deadlines.pause(work, FIRST_ANSWER, rules.life_tags)
            await deadlines.arm(work, [await nag(work, after, rules)])

    async def excuse(self, who: Who, case_id: int, reason: str) -> None:
        """Let one case through for as long as this hold lasts, for the safety of its customer."""
        reason = reason.strip()[:1000]
        if not reason:
            raise BadInput(field="reason", problem="empty")
        async with self.room.act(who, Act.EXCUSE) as now:
            case = await cases.lock(now.work, case_id)
            if case is None:
                raise NoSuchCase(case=case_id)
            if now.crisis.hold is Hold.OFF:
                raise NothingHeld
            await exceptions.add(now.work, now.crisis.id, case_id, now.person.id, reason)
            await run_on(now.work, self.room.flow, FIRST_ANSWER, case_id)
            await self.room.board.show(now.work, [Shown(case_id, case.channel, case.severity)])
            await self._tell_excused(now, case_id, reason)
            await self.room.done(now, "excused", {"case": case_id})

    async def _tell_excused(self, now: Acting, case_id: int, reason: str) -> None:
        await timeline.append(now.work, [now.entry("excused", {"reason": reason}, case_id)])
        await self.room.say(now.work, Words("room.excused", {"by": now.person.name, "number": case_id, "reason": reason}))

    async def fill(self, who: Who, ids: str, said: Said) -> Words:
        """The answer of the form `except`, about a case."""
        await self.excuse(who, whole(ids, "number"), one(said, "reason"))
        return Words("room.excused_done", {"number": whole(ids, "number")})


async def nag(work: Work, crisis: Crisis, rules: CrisisRules) -> Deadline:
    """When the hold is next brought to mind."""
    return Deadline(f"{NAG}:{crisis.id}", NAG, await work.now() + rules.nag_every, crisis.id)
