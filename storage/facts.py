"""Facts: what is known of the crisis, or asked and not yet known, each with an owner, a source and a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import facts, people


class FactStatus(StrEnum):
    """Only what is confirmed may stand under a full statement."""

    UNKNOWN = "unknown"
    CONFIRMED = "confirmed"
    RETRACTED = "retracted"


@dataclass(frozen=True)
class Fact:
    """`question` is a first question of FLOW by its name, None for what somebody added; `text` is "" while it has no answer."""

    id: int
    crisis_id: int
    question: str | None
    text: str
    data_types: tuple[str, ...]
    status: FactStatus
    source: str
    owner_id: int | None
    added_at: datetime
    changed_at: datetime
    owner: str | None


_own = [facts.c[name] for name in Fact.__dataclass_fields__ if name in facts.c]
_select = sa.select(*_own, people.c.name.label("owner")).outerjoin(people, people.c.id == facts.c.owner_id)


def _fact(row: Mapping[Any, Any]) -> Fact:
    return Fact(**{**row, "data_types": tuple(row["data_types"]), "status": FactStatus(row["status"])})


async def add(work: Work, crisis_id: int, **values: Any) -> int:
    """`values`: some of question, text, data_types, status, source, owner_id; unknown unless a status is given. The new fact's id."""
    now = await work.now()
    row = {"data_types": [], "status": FactStatus.UNKNOWN, **values, "crisis_id": crisis_id, "added_at": now, "changed_at": now}
    return int((await work.execute(sa.insert(facts).values(row).returning(facts.c.id))).scalar_one())


async def of_crisis(work: Work, crisis_id: int) -> list[Fact]:
    """In the order in which they were added: the first questions first."""
    rows = (await work.execute(_select.where(facts.c.crisis_id == crisis_id).order_by(facts.c.id))).mappings()
    return [_fact(row) for row in rows]


async def get(work: Work, fact_id: int) -> Fact | None:
    row = (await work.execute(_select.where(facts.c.id == fact_id))).mappings().first()
    return _fact(row) if row else None


async def lock(work: Work, fact_id: int) -> Fact | None:
    """The fact, held until the end of the transaction."""
    if work.on_postgresql:
        await work.execute(sa.select(facts.c.id).where(facts.c.id == fact_id).with_for_update())
    return await get(work, fact_id)


async def lock_some(work: Work, fact_ids: Collection[int]) -> list[Fact]:
    """Those that there are, held until the end of the transaction: nobody takes one back while words are rested on it."""
    where = facts.c.id.in_(set(fact_ids))
    if work.on_postgresql:
        await work.execute(sa.select(facts.c.id).where(where).order_by(facts.c.id).with_for_update())
    return [_fact(row) for row in (await work.execute(_select.where(where).order_by(facts.c.id))).mappings()]


async def change(work: Work, fact_id: int, **values: Any) -> None:
    """`values`: some of status, text, source, owner_id, data_types."""
    await work.execute(sa.update(facts).where(facts.c.id == fact_id).values(**values, changed_at=await work.now()))


async def retracted(work: Work, fact_ids: Sequence[int]) -> list[int]:
    """Which of these were taken back."""
    query = sa.select(facts.c.id).where(facts.c.id.in_(fact_ids), facts.c.status == FactStatus.RETRACTED).order_by(facts.c.id)
    return list((await work.execute(query)).scalars())
