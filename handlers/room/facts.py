"""Facts: what is known of the crisis, added, confirmed, said to be unknown, taken back; each with an owner, a source and a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flows.flow import Flow
from handlers.acts import Act
from handlers.errors import BadInput, FactSettled, NoSuchFact, NoSuchPerson
from handlers.filled import Said, needed, one, whole
from handlers.moments import to_come
from handlers.ports import Who, Words
from handlers.room.room import Acting, Room, kept
from storage import deadlines, facts, people, statements
from storage.crises import Crisis
from storage.database import Work
from storage.deadlines import Deadline
from storage.facts import Fact, FactStatus
from storage.statements import Statement
from storage.types import CRITICAL

CLOCK = "fact"
DATA_TYPES = (
    "name", "email", "phone", "address", "birth_date", "password", "card", "bank", "id_document", "health", "messages", "orders",
    "location",
)  # fmt: skip
MOST = 1000  # characters


@dataclass(frozen=True)
class Resting:
    """How many pending drafts, and replies that customers have read, rest on a statement."""

    drafts: int = 0
    replies: int = 0


class Rests(Protocol):
    """What was written on the ground of statements. Called in the transaction of the change."""

    async def on_statements(self, work: Work, statement_ids: Sequence[int], /) -> Resting: ...

    async def on_new_statement(self, work: Work, crisis: Crisis, statement: Statement) -> None:
        """A version was approved: what rests on older ones of its kind is to be renewed."""
        ...


@dataclass(frozen=True)
class NothingRests:
    """Where nobody replies."""

    async def on_statements(self, _work: Work, _statement_ids: Sequence[int], /) -> Resting:
        return Resting()

    async def on_new_statement(self, work: Work, crisis: Crisis, statement: Statement) -> None:
        """Nothing to renew."""


@dataclass(frozen=True)
class Facts:
    room: Room
    rests: Rests = field(default_factory=NothingRests)

    async def add(self, who: Who, text: str, source: str = "", data_types: Sequence[str] = ()) -> int:
        """What somebody says is so; not confirmed yet. Its number."""
        async with self.room.act(who, Act.ADD_FACT) as now:
            values = _checked(text, source, data_types)
            fact_id = await facts.add(now.work, now.crisis.id, **values, owner_id=now.person.id)
            await self.room.done(now, "fact_added", {"fact": fact_id, **values})
            return fact_id

    async def confirm(self, who: Who, fact_id: int, answer: str = "", source: str = "", data_types: Sequence[str] = ()) -> None:
        """`answer` is needed where nothing stands yet. Confirmed words never change: they are taken back, and new ones added."""
        async with self.room.act(who, Act.SETTLE_FACT) as now:
            fact = await _open(now, fact_id)
            values = _checked(answer or fact.text, source or fact.source, data_types or fact.data_types)
            owner = fact.owner_id or now.person.id
            await facts.change(now.work, fact_id, **values, status=FactStatus.CONFIRMED, owner_id=owner)
            await deadlines.meet(now.work, f"{CLOCK}:{fact_id}")
            await self.room.say(now.work, Words("fact.confirmed_now", {"number": fact_id, "text": values["text"], "by": now.person.name}))
            await self.room.done(now, "fact_confirmed", {"fact": fact_id, **values})

    async def mark_unknown(self, who: Who, fact_id: int) -> None:
        """We looked and cannot say: it stays open, and is asked again after as long as it was given at first."""
        async with self.room.act(who, Act.ADD_FACT) as now:
            fact = await _open(now, fact_id)
            await facts.change(now.work, fact_id, status=FactStatus.UNKNOWN, text="" if fact.question else fact.text)
            await self._ask_again(now.work, fact)
            await self.room.done(now, "fact_unknown", {"fact": fact_id})

    async def retract(self, who: Who, fact_id: int, reason: str = "") -> Resting:
        """It was not so. Says how much rests on it; a first question is open again."""
        async with self.room.act(who, Act.SETTLE_FACT) as now:
            fact = await _of(now, fact_id)
            if fact.status is FactStatus.RETRACTED:
                raise FactSettled(fact=fact_id, status=str(fact.status))
            await facts.change(now.work, fact_id, status=FactStatus.RETRACTED)
            await deadlines.meet(now.work, f"{CLOCK}:{fact_id}")
            if fact.question:
                await self._open_question(now, fact)
            resting = await self._resting(now, fact_id)
            said = {"number": fact_id, "text": fact.text, "by": now.person.name, "drafts": resting.drafts, "replies": resting.replies}
            await self.room.say(now.work, Words("fact.retracted_now", said), CRITICAL, tone="critical")
            payload = {"fact": fact_id, "reason": reason.strip()[:MOST], "drafts": resting.drafts, "replies": resting.replies}
            await self.room.done(now, "fact_retracted", payload)
            return resting

    async def assign(self, who: Who, fact_id: int, owner: str, at: str) -> None:
        """Somebody is to find out until a moment (see handlers/moments.py)."""
        async with self.room.act(who, Act.ADD_FACT) as now:
            fact = await _open(now, fact_id)
            person = await people.by_name(now.work, owner)
            if person is None:
                raise NoSuchPerson(name=owner)
            due_at = to_come(at, now.person.timezone, await now.work.now())
            await facts.change(now.work, fact_id, owner_id=person.id)
            await deadlines.arm(now.work, [_clock(fact, due_at)])
            words = Words(
                "fact.assigned",
                {"number": fact_id, "what": {"label": dict(what(self.room.flow, fact))}, "by": now.person.name, "due": kept(due_at)},
            )
            await self.room.say_to(now.work, person, words)
            await self.room.done(now, "fact_assigned", {"fact": fact_id, "owner": person.name, "due_at": due_at.isoformat()})

    async def fill(self, who: Who, ids: str, said: Said) -> Words:
        """The answer of the form `fact`: a new one, or, with `ids`, what became of one that stands."""
        types, source, outcome = tuple(said.get("data_types", ())), one(said, "source"), one(said, "outcome")
        if not ids:
            return Words("fact.added", {"number": await self.add(who, needed(said, "text"), source, types)})
        number = whole(ids, "number")
        match outcome:
            case "confirmed":
                await self.confirm(who, number, one(said, "text"), source, types)
            case "unknown":
                await self.mark_unknown(who, number)
            case "retracted":
                await self.retract(who, number, one(said, "text"))
            case "assigned":
                await self.assign(who, number, needed(said, "owner"), needed(said, "at"))
            case _:
                raise BadInput(field="outcome", problem="unknown_choice")
        return Words("fact.noted", {"number": number, "outcome": outcome})

    async def _open_question(self, now: Acting, fact: Fact) -> None:
        again = await facts.add(now.work, fact.crisis_id, question=fact.question, owner_id=fact.owner_id)
        await self._ask_again(now.work, await facts.get(now.work, again) or fact)

    async def _ask_again(self, work: Work, fact: Fact) -> None:
        within = next((one.within for one in self.room.flow.rules.questions if one.name == fact.question), None)
        if within is not None:
            await deadlines.arm(work, [_clock(fact, await work.now() + within)])

    async def _resting(self, now: Acting, fact_id: int) -> Resting:
        said = [one.id for one in await statements.all_of(now.work, now.crisis.id) if fact_id in one.fact_ids]
        return await self.rests.on_statements(now.work, said) if said else Resting()


def what(flow: Flow, fact: Fact) -> Mapping[str, str]:
    """What a fact is about, by language: the words of its question, else its own."""
    asked = next((one.label for one in flow.rules.questions if one.name == fact.question), None)
    return asked or {"en": fact.text or fact.question or ""}


def _clock(fact: Fact, due_at: datetime) -> Deadline:
    return Deadline(f"{CLOCK}:{fact.id}", CLOCK, due_at, fact.crisis_id, None, fact.id)


async def _of(now: Acting, fact_id: int) -> Fact:
    fact = await facts.lock(now.work, fact_id)
    if fact is None or fact.crisis_id != now.crisis.id:
        raise NoSuchFact(fact=fact_id)
    return fact


async def _open(now: Acting, fact_id: int) -> Fact:
    """One that is not settled yet."""
    fact = await _of(now, fact_id)
    if fact.status is not FactStatus.UNKNOWN:
        raise FactSettled(fact=fact_id, status=str(fact.status))
    return fact


def _checked(text: str, source: str, data_types: Sequence[str]) -> dict[str, Any]:
    if not text.strip():
        raise BadInput(field="text", problem="empty")
    if set(data_types) - set(DATA_TYPES):
        raise BadInput(field="data_types", problem="unknown_choice")
    return {"text": text.strip()[:MOST], "source": source.strip()[:MOST], "data_types": list(data_types)}
