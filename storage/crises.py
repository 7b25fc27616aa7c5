"""The crisis itself: at most one is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import crises
from storage.types import Hold

_columns = [crises.c[name] for name in ("id", "name", "phase", "opened_at", "aware_at", "hold", "hold_since", "hold_lifted_at")]


@dataclass(frozen=True)
class Crisis:
    """`hold_since` is the first moment of an unbroken hold, silent or holding; None while none is. The last ended at `hold_lifted_at`."""

    id: int
    name: str
    phase: str
    opened_at: datetime
    aware_at: datetime
    hold: Hold = Hold.OFF
    hold_since: datetime | None = None
    hold_lifted_at: datetime | None = None


async def current(work: Work, *, hold_still: bool = False) -> Crisis | None:
    """The open one. `hold_still` keeps others from changing its hold until the end of the transaction."""
    query = sa.select(*_columns).where(crises.c.closed_at.is_(None)).order_by(crises.c.id.desc()).limit(1)
    if hold_still and work.on_postgresql:
        query = query.with_for_update(read=True)
    row = (await work.execute(query)).mappings().first()
    return _crisis(row) if row else None


async def open_(work: Work, name: str, person_id: int | None) -> Crisis:
    await work.lock_names(["crisis"])
    now = await work.now()
    row = {"name": name, "phase": "facts", "opened_at": now, "aware_at": now, "opened_by": person_id}
    crisis_id = (await work.execute(sa.insert(crises).values(row).returning(crises.c.id))).scalar_one()
    return Crisis(crisis_id, name, "facts", now, now)


async def close(work: Work, crisis_id: int) -> None:
    await work.execute(sa.update(crises).where(crises.c.id == crisis_id).values(phase="closed", closed_at=await work.now()))


async def set_hold(work: Work, crisis: Crisis, hold: Hold) -> None:
    """A hold that only changes its kind goes on: what was held since its beginning stays so."""
    now = await work.now()
    moments = {"hold_since": None, "hold_lifted_at": now} if hold is Hold.OFF else {"hold_since": crisis.hold_since or now}
    await work.execute(sa.update(crises).where(crises.c.id == crisis.id).values(hold=hold, **moments))


async def set_aware(work: Work, crisis_id: int, at: datetime) -> None:
    """When we came to know: the authority's time runs from here."""
    await work.execute(sa.update(crises).where(crises.c.id == crisis_id).values(aware_at=at))


async def get(work: Work, crisis_id: int) -> Crisis | None:
    """One that is closed, too."""
    row = (await work.execute(sa.select(*_columns).where(crises.c.id == crisis_id))).mappings().first()
    return _crisis(row) if row else None


def _crisis(row: Mapping[Any, Any]) -> Crisis:
    return Crisis(**{**row, "hold": Hold(row["hold"]), "aware_at": row["aware_at"] or row["opened_at"]})
