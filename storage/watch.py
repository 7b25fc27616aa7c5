"""Rows that stand still although they should move: which they are, a few looks into an index each, and what a wrong clock keeps."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from storage.buckets import Bucket
from storage.database import Work
from storage.outbox import READY
from storage.tables import buckets, lanes, outbox

_o = outbox.c


@dataclass(frozen=True)
class Head:
    """The row that leaves next on a lane, and since when it could have."""

    lane: str
    act: str
    ready_at: datetime


async def heads(work: Work, before: datetime) -> list[Head]:
    """Of the lanes whose next row could have left before a moment: what leaves next is the longest waiting of its kind."""
    ready = _o.state.in_(sa.bindparam("ready", READY, expanding=True, literal_execute=True))  # in the statement, so that the index serves
    first = sa.select(_o.not_before).where(_o.lane == lanes.c.lane, _o.act == lanes.c.act, ready, _o.not_before <= await work.now())
    query = sa.select(lanes.c.lane, lanes.c.act, first.order_by(_o.rank, _o.id).limit(1).scalar_subquery().label("ready_at"))
    return [Head(**row._mapping) for row in await work.execute(query) if row.ready_at and row.ready_at <= before]  # noqa: SLF001 - SQLAlchemy's documented name


async def last_try(work: Work, limit: Bucket) -> datetime | None:
    """When about the last row was tried that counts against this limit: each try takes a token."""
    full_at: datetime | None = await work.scalar(sa.select(buckets.c.full_at).where(buckets.c.name == limit.name))
    return full_at


async def clock(work: Work) -> datetime | None:
    """What the time is by the database's own clock; None where that is ours too, or a dial's."""
    if not work.on_postgresql or work.store.dial:
        return None
    moment: datetime = await work.scalar(sa.select(sa.func.clock_timestamp()))
    return moment.astimezone(UTC)


async def rewind(work: Work) -> int:
    """Rows that were queued at a moment which now lies ahead may leave now; how many."""
    now = await work.now()
    ahead = _o.state.in_(READY) & (_o.created_at > now)
    return (await work.execute(sa.update(outbox).where(ahead).values(created_at=now, not_before=now))).rowcount
