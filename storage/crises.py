"""The crisis itself: at most one is open."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.database import Work
from storage.tables import crises


@dataclass(frozen=True)
class Crisis:
    id: int
    name: str
    phase: str
    opened_at: datetime


async def current(work: Work) -> Crisis | None:
    c = crises.c
    query = sa.select(c.id, c.name, c.phase, c.opened_at).where(c.closed_at.is_(None)).order_by(c.id.desc()).limit(1)
    row = (await work.execute(query)).first()
    return Crisis(row.id, row.name, row.phase, row.opened_at) if row else None


async def open_(work: Work, name: str, person_id: int | None) -> Crisis:
    await work.lock_names(["crisis"])
    now = await work.now()
    row = {"name": name, "phase": "facts", "opened_at": now, "opened_by": person_id}
    crisis_id = (await work.execute(sa.insert(crises).values(row).returning(crises.c.id))).scalar_one()
    return Crisis(crisis_id, name, "facts", now)


async def close(work: Work, crisis_id: int) -> None:
    await work.execute(sa.update(crises).where(crises.c.id == crisis_id).values(phase="closed", closed_at=await work.now()))
