"""What happened to the crisis itself: which was open when, and its acts in the timeline."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import crises
from storage.crises import Crisis
from storage.database import Work
from storage.tables import crises as table
from storage.tables import timeline

_c = table.c


@dataclass(frozen=True)
class Acted:
    """An act on a crisis; `payload` as it was recorded."""

    at: datetime
    act: str
    payload: Mapping[str, Any]


async def open_at(work: Work, moment: datetime) -> Crisis | None:
    """The crisis that was open just before a moment."""
    lasted = _c.closed_at.is_(None) | (_c.closed_at >= moment)
    found = await work.scalar(sa.select(_c.id).where(_c.opened_at < moment, lasted).order_by(_c.id.desc()).limit(1))
    return await crises.get(work, found) if found is not None else None


async def acts(work: Work, since: datetime | None, until: datetime, names: Collection[str]) -> list[Acted]:
    """Those of these acts on any crisis that were done in a period, in their order; without `since` from the first crisis on."""
    lasted = [_c.closed_at.is_(None) | (_c.closed_at >= since)] if since else []
    alive = sa.select(_c.id).where(_c.opened_at < until, *lasted)
    chains = [f"crisis:{number}" for number in (await work.execute(alive)).scalars()]
    t = timeline.c
    theirs = t.chain.in_(chains) & t.act.in_(names) & (t.at < until)
    query = sa.select(t.at, t.act, t.payload).where(theirs, *([t.at >= since] if since else []))
    rows = await work.execute(query.order_by(t.at, t.id))
    return [Acted(row.at, row.act, row.payload or {}) for row in rows]
