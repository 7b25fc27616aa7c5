"""Limits that a send counts against, as rows shared by all replicas (GCRA: one moment per bucket says how full it is)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from storage.database import Work
from storage.tables import buckets

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Bucket:
    """`every` is the time one token takes to come back; `burst` how many may be spent at once.

    `early` is for whoever waits for the right moment by itself: a token may be spent that much before it is back, so that
    what must be done until then makes nobody late. `apart`: one that leaves late all the same moves the next one back. `kept`: so many of
    the burst are spent on what is critical alone, which then need not wait for the next one.
    """

    name: str
    every: timedelta
    burst: int = 1
    early: timedelta = timedelta()
    apart: bool = False
    kept: int = 0

    def back_at(self, full_at: datetime, now: datetime, *, critical: bool = True) -> datetime:
        """When the next token is there. What lies further ahead than a bucket can be emptied was written by a clock that was wrong."""
        ahead = full_at > now + (self.burst + 1) * self.every + self.early
        return (now if ahead else full_at) - (self.burst - 1 - (0 if critical else self.kept)) * self.every


async def take(work: Work, limits: Sequence[Bucket], *, critical: bool = True) -> timedelta | None:
    """Spend one token in every bucket, or none at all (None). The rows stay locked until the transaction ends.

    The answer is how long to wait with what it is for, counted from the transaction's moment; zero where no limit lets anybody be early.
    """
    now = await work.now()
    rows = await _rows(work, [limit.name for limit in limits])
    back = {limit.name: limit.back_at(rows[limit.name][0], now, critical=critical) for limit in limits}
    if any(rows[limit.name][1] > now or back[limit.name] - limit.early > now for limit in limits):
        return None
    for limit in limits:
        full_at = max(limit.back_at(rows[limit.name][0], now) + (limit.burst - 1) * limit.every, now) + limit.every
        await work.execute(sa.update(buckets).where(buckets.c.name == limit.name).values(full_at=full_at))
    return max([timedelta(), *(back[limit.name] - now for limit in limits)])


async def move_back(work: Work, limit: Bucket, left_at: datetime) -> None:
    """A token was used later than it was taken for: the next one is there a whole time after that."""
    next_at = left_at + limit.every
    await work.execute(sa.update(buckets).where(buckets.c.name == limit.name, buckets.c.full_at < next_at).values(full_at=next_at))


async def _rows(work: Work, names: list[str]) -> dict[str, tuple[datetime, datetime]]:
    query = work.locking(sa.select(buckets).where(buckets.c.name.in_(names)).order_by(buckets.c.name))
    found = {row.name: (row.full_at, row.paused_until) for row in await work.execute(query)}
    missing = [{"name": name, "full_at": _LONG_AGO, "paused_until": _LONG_AGO} for name in names if name not in found]
    if not missing:
        return found
    await work.execute(work.insert(buckets).on_conflict_do_nothing(), missing)
    return await _rows(work, names)


async def wait(work: Work, limits: Sequence[Bucket]) -> timedelta:
    """How long until every bucket has a token for whatever comes; zero when they have. Who puts in what is critical wakes the sender."""
    now = await work.now()
    names = [limit.name for limit in limits]
    found = {row.name: row for row in await work.execute(sa.select(buckets).where(buckets.c.name.in_(names)))}
    waits: list[timedelta] = [
        max(found[limit.name].paused_until, limit.back_at(found[limit.name].full_at, now, critical=False) - limit.early) - now
        for limit in limits
        if limit.name in found
    ]
    return max([timedelta(), *waits])


async def pause(work: Work, name: str, until: datetime) -> None:
    """The destination asked for quiet (Retry-After): nobody draws from this bucket before that moment."""
    new = work.insert(buckets).values(name=name, full_at=_LONG_AGO, paused_until=until)
    later = sa.case((new.excluded.paused_until > buckets.c.paused_until, new.excluded.paused_until), else_=buckets.c.paused_until)
    await work.execute(new.on_conflict_do_update(index_elements=["name"], set_={"paused_until": later}))
