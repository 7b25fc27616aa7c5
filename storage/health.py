"""How each door fares, and which workspaces are not trusted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import gaps, health, workspaces

WELL, FAILING, CLOSED = "well", "failing", "closed"


async def report(work: Work, door: str, state: str, reason: str | None = None) -> bool:
    """Record how a door fares; True when its state or reason changed."""
    now = await work.now()
    before = (await work.execute(work.locking(sa.select(health).where(health.c.door == door)))).first()
    same = before is not None and (before.state, before.reason) == (state, reason)
    values: dict[str, Any] = {"state": state, "reason": reason}
    if not same:
        values |= {"since": now, "told_at": None}
    if state == WELL:
        values["last_success_at"] = now
    new = work.insert(health).values(**{"since": now, **values}, door=door)
    await work.execute(new.on_conflict_do_update(index_elements=["door"], set_=values))
    if not same:
        await _remember(work, door, state, reason)
    return not same


async def _remember(work: Work, door: str, state: str, reason: str | None) -> None:
    """A door that is not well leaves a gap behind; another state or reason ends it and may begin the next."""
    now = await work.now()
    await work.execute(sa.update(gaps).where(gaps.c.door == door, gaps.c.until.is_(None)).values(until=now))
    if state != WELL:
        await work.execute(sa.insert(gaps).values(door=door, state=state, reason=reason, since=now))


async def of(work: Work, door: str) -> sa.Row[Any] | None:
    return (await work.execute(sa.select(health).where(health.c.door == door))).first()


async def missed(work: Work, door: str, since: datetime, reason: str) -> None:
    """Nobody was here to see that nothing came through: the gap is known once it is over."""
    await work.execute(sa.insert(gaps).values(door=door, state=CLOSED, reason=reason, since=since, until=await work.now()))


async def came_late(work: Work, door: str, count: int) -> None:
    """So many came once the door's latest gap was over."""
    latest = sa.select(gaps.c.id).where(gaps.c.door == door).order_by(gaps.c.id.desc()).limit(1).scalar_subquery()
    late = sa.func.coalesce(gaps.c.late, 0) + count
    await work.execute(sa.update(gaps).where(gaps.c.id == latest).values(late=late))


async def introduce(work: Work, doors: Sequence[str]) -> None:
    """Doors of which nothing is known yet; what is known of the others stays."""
    now = await work.now()
    rows = [{"door": door, "state": WELL, "since": now} for door in doors]
    if rows:
        await work.execute(work.insert(health).on_conflict_do_nothing(), rows)


async def of_doors(work: Work) -> Sequence[sa.Row[Any]]:
    return (await work.execute(sa.select(health).order_by(health.c.door))).all()


async def shut(work: Work, since: datetime) -> set[str]:
    """Doors that are closed, or have failed since before a moment."""
    failing = (health.c.state == FAILING) & (health.c.since <= since)
    return set((await work.execute(sa.select(health.c.door).where((health.c.state == CLOSED) | failing))).scalars())


async def untold(work: Work) -> Sequence[sa.Row[Any]]:
    """Doors that are closed, or failing for a while, of which nobody was told."""
    return (await work.execute(work.locking(sa.select(health).where(health.c.state != WELL, health.c.told_at.is_(None))))).all()


async def mark_told(work: Work, door: str) -> None:
    await work.execute(sa.update(health).where(health.c.door == door).values(told_at=await work.now()))


async def trusted(work: Work, workspace: str) -> bool:
    found = await work.scalar(sa.select(workspaces.c.trusted).where(workspaces.c.name == workspace))
    return found is not False


async def untrusted(work: Work) -> set[str]:
    return set((await work.execute(sa.select(workspaces.c.name).where(~workspaces.c.trusted))).scalars())


async def mark_trust(work: Work, workspace: str, person_id: int, *, is_trusted: bool) -> datetime:
    now = await work.now()
    values = {"trusted": is_trusted, "marked_by": person_id, "marked_at": now}
    new = work.insert(workspaces).values(name=workspace, **values)
    await work.execute(new.on_conflict_do_update(index_elements=["name"], set_=values))
    return now
