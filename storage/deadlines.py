"""Deadlines: a row per clock, met, paused, or due. Ticks only ask which are due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import case_tags, cases, deadlines


@dataclass(frozen=True)
class Deadline:
    """One clock for one thing. `key` names the thing (authority:1, fact:7); the rest of the row is the database's own."""

    key: str
    kind: str
    due_at: datetime
    crisis_id: int | None = None
    case_id: int | None = None
    subject_id: int | None = None
    id: int = 0
    set_at: datetime | None = None
    paused_at: datetime | None = None
    met_at: datetime | None = None
    told_at: datetime | None = None


_c = deadlines.c
_columns = [_c[name] for name in Deadline.__dataclass_fields__]
_unmet = _c.met_at.is_(None)
_running = _unmet & _c.told_at.is_(None) & _c.paused_at.is_(None)
SET = ("key", "kind", "due_at", "crisis_id", "case_id", "subject_id", "paused_at")


async def arm(work: Work, rows: Sequence[Deadline]) -> None:
    """Start clocks in one statement; one with `paused_at` stands still from the beginning. A known key runs anew, neither met nor told."""
    if not rows:
        return
    now = await work.now()
    values = [{**{name: getattr(row, name) for name in SET}, "set_at": now} for row in rows]
    new = work.insert(deadlines)
    again = {name: new.excluded[name] for name in ("due_at", "set_at", "paused_at", "subject_id")}
    await work.execute(new.on_conflict_do_update(index_elements=["key"], set_={**again, "met_at": None, "told_at": None}), values)


async def arm_cases(
    work: Work, kind: str, case_ids: Collection[int], due: Mapping[int, datetime], *, held: bool, but: Collection[int]
) -> None:
    """The first clocks of new cases, by severity; with `held` those of the crisis stand still, but not of some. One statement for all."""
    if not case_ids:
        return
    c, now = cases.c, sa.literal(await work.now(), _c.set_at.type)
    until = sa.case({severity: sa.literal(at, _c.due_at.type) for severity, at in due.items()}, value=c.severity)
    paused = sa.case((c.crisis & c.id.not_in(but), now)) if held else sa.null()
    key = sa.literal(f"{kind}:") + sa.cast(c.id, sa.Text)
    rows = sa.select(key, sa.literal(kind), c.id, until, now, paused).where(c.id.in_(case_ids))
    await work.execute(sa.insert(deadlines).from_select(["key", "kind", "case_id", "due_at", "set_at", "paused_at"], rows))


async def meet(work: Work, *keys: str) -> int:
    """Done, in time or not; how many were not met before."""
    met = sa.update(deadlines).where(_c.key.in_(keys), _unmet).values(met_at=await work.now())
    return (await work.execute(met)).rowcount if keys else 0


async def meet_all(work: Work, crisis_id: int, *kinds: str) -> None:
    """The crisis is over for these clocks: all of them if none is named. Those of its cases run on."""
    theirs = (_c.crisis_id == crisis_id) & _c.case_id.is_(None) & _unmet
    where = theirs & _c.kind.in_(kinds) if kinds else theirs
    await work.execute(sa.update(deadlines).where(where).values(met_at=await work.now()))


async def pause(work: Work, kind: str, but: Collection[str] = ()) -> int:
    """Stop the running clocks of a kind of all cases about the crisis, but where one of these tags is set or suggested; how many."""
    about = sa.exists().where(cases.c.id == _c.case_id, cases.c.crisis)
    spared = sa.exists().where(case_tags.c.case_id == _c.case_id, case_tags.c.tag.in_(but), case_tags.c.is_set.is_not(sa.false()))
    stop = sa.update(deadlines).where(_c.kind == kind, _running, about, *([~spared] if but else []))
    return (await work.execute(stop.values(paused_at=await work.now()))).rowcount


async def pause_case(work: Work, kind: str, case_id: int) -> None:
    stop = sa.update(deadlines).where(_c.kind == kind, _c.case_id == case_id, _running)
    await work.execute(stop.values(paused_at=await work.now()))


async def resume(work: Work, kind: str) -> int:
    """Let the clocks of a kind run on with what was left of them; how many there were."""
    return await _run_on(work, _c.kind == kind)


async def resume_case(work: Work, kind: str, case_id: int) -> int:
    return await _run_on(work, (_c.kind == kind) & (_c.case_id == case_id))


async def _run_on(work: Work, where: sa.ColumnElement[bool]) -> int:
    now = await work.now()
    stopped = work.locking(sa.select(_c.id, _c.due_at, _c.paused_at).where(where, _c.paused_at.is_not(None)).order_by(_c.id))
    later = [{"row": row.id, "due": row.due_at + (now - row.paused_at)} for row in await work.execute(stopped)]
    if later:
        run = sa.update(deadlines).where(_c.id == sa.bindparam("row")).values(due_at=sa.bindparam("due"), paused_at=None)
        await work.execute(run, later)
    return len(later)


async def due(work: Work, now: datetime, limit: int = 100, *, kinds: Collection[str] = ()) -> list[Deadline]:
    """What fell due unmet and untold, the longest due first; what somebody else has in hand is left to them. All kinds if none is named."""
    query = sa.select(*_columns).where(_running, _c.due_at <= now, *([_c.kind.in_(kinds)] if kinds else []))
    query = query.order_by(_c.due_at, _c.id).limit(limit)
    return [Deadline(**row) for row in (await work.execute(work.locking(query, skip=True))).mappings()]


async def mark_told(work: Work, ids: Collection[int]) -> None:
    if ids:
        await work.execute(sa.update(deadlines).where(_c.id.in_(ids)).values(told_at=await work.now()))


async def standing(work: Work, crisis_id: int | None = None, case_ids: Collection[int] = ()) -> list[Deadline]:
    """Unmet clocks of the crisis itself and of these cases, the nearest first."""
    ours = (_c.crisis_id == crisis_id) & _c.case_id.is_(None)
    query = sa.select(*_columns).where(_unmet, ours | _c.case_id.in_(case_ids)).order_by(_c.due_at, _c.id)
    return [Deadline(**row) for row in (await work.execute(query)).mappings()]


async def get(work: Work, key: str) -> Deadline | None:
    row: Any = (await work.execute(sa.select(*_columns).where(_c.key == key))).mappings().first()
    return Deadline(**row) if row else None


async def late(work: Work, kind: str, *, crisis: bool) -> tuple[int, timedelta]:
    """(how many clocks of cases about the crisis, or of the others, fell due and are not met, by how much the first is late)."""
    now = await work.now()
    fallen = (_c.kind == kind) & _unmet & _c.paused_at.is_(None) & (_c.due_at <= now)
    query = sa.select(sa.func.count(), sa.func.min(_c.due_at)).join(cases, cases.c.id == _c.case_id).where(fallen, cases.c.crisis == crisis)
    count, oldest = tuple((await work.execute(query)).one())
    return count, now - oldest if oldest else timedelta()


async def of_cases(work: Work, ids: Collection[int]) -> list[tuple[int, int, bool]]:
    """(case id, its severity, whether it is about the crisis) of these clocks."""
    c = cases.c
    query = sa.select(c.id, c.severity, c.crisis).join(deadlines, c.id == _c.case_id).where(_c.id.in_(ids)).order_by(c.id)
    return [(row.id, row.severity, row.crisis) for row in await work.execute(query)]
