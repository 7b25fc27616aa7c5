"""The clocks of the crisis: the authority's time since we became aware, the next update promised, the first questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.flow import Flow
from handlers.acts import Act
from handlers.moments import gone_by, to_come
from handlers.ports import Who, Words
from handlers.room.facts import CLOCK as FACT
from handlers.room.room import Room, kept
from storage import crises, deadlines, facts, people
from storage.crises import Crisis
from storage.database import Work
from storage.deadlines import Deadline

AUTHORITY, UPDATE = "authority", "update"
OURS = (UPDATE, FACT)  # which end with the crisis


@dataclass(frozen=True)
class Clocks:
    room: Room

    async def aware(self, who: Who, at: str) -> datetime:
        """When we came to know (see handlers/moments.py): the authority's time runs from there."""
        async with self.room.act(who, Act.SET_AWARE) as now:
            aware_at = gone_by(at, now.person.timezone, await now.work.now())
            await crises.set_aware(now.work, now.crisis.id, aware_at)
            clock = await deadlines.get(now.work, f"{AUTHORITY}:{now.crisis.id}")
            if clock is None or clock.met_at is None:  # an authority that was told is not to be told again
                await deadlines.arm(now.work, [_authority(self.room.flow, now.crisis.id, aware_at)])
            await self.room.say(now.work, Words("room.aware_set", {"by": now.person.name, "at": kept(aware_at)}))
            before = now.crisis.aware_at.isoformat()
            await self.room.done(now, "aware_set", {"aware_at": aware_at.isoformat(), "before": before})
            return aware_at

    async def authority_told(self, who: Who) -> None:
        """The authority has been notified: its clock stops."""
        async with self.room.act(who, Act.SET_AWARE) as now:
            await deadlines.meet(now.work, f"{AUTHORITY}:{now.crisis.id}")
            await self.room.say(now.work, Words("room.authority_told", {"by": now.person.name}))
            await self.room.done(now, "authority_told", {})

    async def promise_update(self, who: Who, at: str) -> datetime:
        """When the public hears of us next."""
        async with self.room.act(who, Act.PROMISE_UPDATE) as now:
            due_at = to_come(at, now.person.timezone, await now.work.now())
            await deadlines.arm(now.work, [_update(now.crisis.id, due_at)])
            await self.room.done(now, "update_promised", {"due_at": due_at.isoformat()})
            return due_at

    async def updated(self, who: Who) -> datetime:
        """The promised update is out: when the next one is due."""
        async with self.room.act(who, Act.PROMISE_UPDATE) as now:
            due_at = await now.work.now() + self.room.flow.rules.update_every
            await deadlines.arm(now.work, [_update(now.crisis.id, due_at)])
            await self.room.done(now, "update_given", {"due_at": due_at.isoformat()})
            return due_at


async def begin(work: Work, flow: Flow, crisis: Crisis) -> None:
    """A crisis opens: its clocks run, and each first question has an owner, the first person with its role."""
    now = await work.now()
    own = (_authority(flow, crisis.id, crisis.aware_at), _update(crisis.id, now + flow.rules.update_every))
    await deadlines.arm(work, [*own, *await _questions(work, flow, crisis, now)])


async def _questions(work: Work, flow: Flow, crisis: Crisis, now: datetime) -> Sequence[Deadline]:
    clocks = []
    for question in flow.rules.questions:
        owners = await people.with_role(work, question.role)
        fact_id = await facts.add(work, crisis.id, question=question.name, owner_id=owners[0].id if owners else None)
        clocks.append(Deadline(f"{FACT}:{fact_id}", FACT, now + question.within, crisis.id, None, fact_id))
    return clocks


def _authority(flow: Flow, crisis_id: int, aware_at: datetime) -> Deadline:
    return Deadline(f"{AUTHORITY}:{crisis_id}", AUTHORITY, aware_at + flow.rules.authority_within, crisis_id)


def _update(crisis_id: int, due_at: datetime) -> Deadline:
    return Deadline(f"{UPDATE}:{crisis_id}", UPDATE, due_at, crisis_id)
