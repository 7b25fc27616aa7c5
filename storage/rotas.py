"""Calendars that say who is on duty: the last text of each that could be read, shared by all replicas, and how the last attempt went."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import health
from storage.tables.escalation import rotas


@dataclass(frozen=True)
class Kept:
    """`source` stands for where it comes from, `text` is as it was last read well; `reason` says why the last attempt failed."""

    name: str
    source: str
    text: str | None
    read_at: datetime | None
    tried_at: datetime | None
    reason: str | None


_c = rotas.c


async def of_all(work: Work) -> dict[str, Kept]:
    return {row["name"]: Kept(**row) for row in (await work.execute(sa.select(rotas).order_by(_c.name))).mappings()}


async def keep(work: Work, name: str, source: str, text: str) -> None:
    """It was read well."""
    now = await work.now()
    await _put(work, name, source=source, text=text, read_at=now, tried_at=now, reason=None)


async def not_read(work: Work, name: str, source: str, reason: str) -> None:
    """What was read before stays, as long as it is of the same source."""
    before = (await of_all(work)).get(name)
    gone: dict[str, Any] = {} if before and before.source == source else {"text": None, "read_at": None}
    await _put(work, name, source=source, tried_at=await work.now(), reason=reason, **gone)


async def _put(work: Work, name: str, **values: Any) -> None:
    new = work.insert(rotas).values(name=name, **values)
    await work.execute(new.on_conflict_do_update(index_elements=["name"], set_=values))


async def forget_others(work: Work, names: Collection[str], doors: Collection[str], prefix: str) -> None:
    """Calendars that nobody configures any more are not kept, and how they fare is not shown."""
    await work.execute(sa.delete(rotas).where(_c.name.not_in(names)))
    await work.execute(sa.delete(health).where(health.c.door.startswith(prefix, autoescape=True), health.c.door.not_in(doors)))
