"""Call-backs: a customer whom a named leader is to call, until when, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import callbacks, cases, customers, people


@dataclass(frozen=True)
class Callback:
    """`reach_at` is a number or an address, as it was given to us."""

    id: int
    case_id: int
    leader_id: int
    asked_by: int
    reach_at: str
    asked_at: datetime
    due_at: datetime
    done_at: datetime | None
    outcome: str | None
    language: str
    leader: str
    handle: str


_c = callbacks.c
_own = [_c[name] for name in Callback.__dataclass_fields__ if name in _c]
_name = sa.case((customers.c.handle != "", customers.c.handle), else_=customers.c.name)
_select = (
    sa.select(*_own, people.c.name.label("leader"), _name.label("handle"))
    .join(people, people.c.id == _c.leader_id)
    .join(cases, cases.c.id == _c.case_id)
    .join(customers, customers.c.id == cases.c.customer_id)
)


async def add(work: Work, **values: Any) -> int:
    """`values`: case_id, leader_id, asked_by, reach_at, due_at, language."""
    row: Mapping[str, Any] = {**values, "asked_at": await work.now()}
    return int((await work.execute(sa.insert(callbacks).values(row).returning(_c.id))).scalar_one())


async def get(work: Work, callback_id: int) -> Callback | None:
    row = (await work.execute(_select.where(_c.id == callback_id))).mappings().first()
    return Callback(**row) if row else None


async def lock(work: Work, callback_id: int) -> Callback | None:
    """The call-back, held until the end of the transaction."""
    if work.on_postgresql:
        await work.execute(sa.select(_c.id).where(_c.id == callback_id).with_for_update())
    return await get(work, callback_id)


async def open_ones(work: Work, limit: int = 100) -> list[Callback]:
    """Those not yet done, the nearest due first."""
    rows = (await work.execute(_select.where(_c.done_at.is_(None)).order_by(_c.due_at, _c.id).limit(limit))).mappings()
    return [Callback(**row) for row in rows]


async def of_case(work: Work, case_id: int) -> list[Callback]:
    return [Callback(**row) for row in (await work.execute(_select.where(_c.case_id == case_id).order_by(_c.id))).mappings()]


async def done(work: Work, callback_id: int, outcome: str) -> None:
    values = {"done_at": await work.now(), "outcome": outcome}
    await work.execute(sa.update(callbacks).where(_c.id == callback_id).values(values))
