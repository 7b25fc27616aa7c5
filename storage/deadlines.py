"""Deadlines: a row per clock, met, paused, or due. Ticks only ask which are due."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import case_tags, cases, deadlines
from storage.types import CRITICAL, HIGH, LOW, NORMAL

GRAVEST_FIRST = (CRITICAL, HIGH, NORMAL, LOW)
New = tuple[str, int, int, datetime, bool]  # kind, case_id, severity, due_at, whether it stands still from the beginning
Later = Callable[[Mapping[str, Any]], datetime]  # case_id, severity, due_at, paused_at and now of a clock that stood still: its new due_at


@dataclass(frozen=True)
class Deadline:
    """One clock for one thing. `key` names the thing (authority:1, fact:7); `severity` is its case's, and what is of no case goes first."""

    key: str
    kind: str
    due_at: datetime
    crisis_id: int | None = None
    case_id: int | None = None
    subject_id: int | None = None
    severity: int = CRITICAL
    id: int = 0
    set_at: datetime | None = None
    paused_at: datetime | None = None
    met_at: datetime | None = None
    told_at: datetime | None = None


_c = deadlines.c
_columns = [_c[name] for name in Deadline.__dataclass_fields__]
_unmet = _c.met_at.is_(None)
_running = _unmet & _c.told_at.is_(None) & _c.paused_at.is_(None)
SET = ("key", "kind", "due_at", "crisis_id", "case_id", "subject_id", "severity", "paused_at")


async def arm(work: Work, rows: Sequence[Deadline]) -> None:
    """Start clocks in one statement; one with `paused_at` stands still from the beginning. A known key runs anew, neither met nor told."""
    if not rows:
        return
    now = await work.now()
    values = [{**{name: getattr(row, name) for name in SET}, "set_at": now} for row in rows]
    new = work.insert(deadlines)
    again = {name: new.excluded[name] for name in ("due_at", "set_at", "paused_at", "subject_id", "severity")}
    await work.execute(new.on_conflict_do_update(index_elements=["key"], set_={**again, "met_at": None, "told_at": None}), values)


async def arm_new(work: Work, rows: Sequence[New]) -> None:
    """The clocks kind:case_id of new cases, which have none of these kinds yet: a plain insert, for a thousand cases a second."""
    if not rows:
        return
    now = await work.now()
    values = [
        {
            "key": f"{kind}:{case_id}",
            "kind": kind,
            "case_id": case_id,
            "severity": severity,
            "due_at": due_at,
            "set_at": now,
            "paused_at": now if paused else None,
        }
        for kind, case_id, severity, due_at, paused in rows
    ]
    await work.execute(sa.insert(deadlines), values)


async def rank(work: Work, case_id: int, severity: int) -> None:
    """The case grew graver or milder, and so did what runs for it."""
    await work.execute(sa.update(deadlines).where(_c.case_id == case_id, _unmet, _c.severity != severity).values(severity=severity))


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


async def paused(work: Work, kind: str, case_id: int | None = None) -> Sequence[sa.Row[Any]]:
    """case_id, ladder and flow_digest of the cases whose clocks of a kind stand still: of all, or of one if it does."""
    query = sa.select(_c.case_id, cases.c.ladder, cases.c.flow_digest).join(cases, cases.c.id == _c.case_id)
    theirs = [_c.case_id == case_id] if case_id is not None else []
    return (await work.execute(query.where(_c.kind == kind, _c.paused_at.is_not(None), *theirs))).all()


async def resume(work: Work, kind: str, later: Later | None = None) -> int:
    """Let the clocks of a kind run on with what was left, by the wall's clock unless `later` counts otherwise; how many there were."""
    return await _run_on(work, _c.kind == kind, later)


async def resume_case(work: Work, kind: str, case_id: int, later: Later | None = None) -> int:
    return await _run_on(work, (_c.kind == kind) & (_c.case_id == case_id), later)


def _by_the_wall(stopped: Mapping[str, Any]) -> datetime:
    due_at: datetime = stopped["due_at"] + (stopped["now"] - stopped["paused_at"])
    return due_at


async def _run_on(work: Work, where: sa.ColumnElement[bool], later: Later | None) -> int:
    now, counted = await work.now(), later or _by_the_wall
    query = sa.select(_c.id, _c.case_id, _c.severity, _c.due_at, _c.paused_at).where(where, _c.paused_at.is_not(None)).order_by(_c.id)
    stopped = (await work.execute(work.locking(query))).mappings()
    moved = [{"row": row["id"], "due": counted({**row, "now": now})} for row in stopped]
    if moved:
        run = sa.update(deadlines).where(_c.id == sa.bindparam("row")).values(due_at=sa.bindparam("due"), paused_at=None)
        await work.execute(run, moved)
    return len(moved)


async def rewind(work: Work, kinds: Collection[str]) -> int:
    """Clocks that were set at a moment which now lies ahead were set while time itself was wrong: they run from now; how many."""
    now = await work.now()
    query = sa.select(_c.id, _c.due_at, _c.set_at).where(_c.kind.in_(kinds), _running, _c.set_at > now).order_by(_c.id)
    ahead = (await work.execute(work.locking(query))).mappings()
    moved = [{"row": row["id"], "due": now + (row["due_at"] - row["set_at"])} for row in ahead]
    if moved:
        run = sa.update(deadlines).where(_c.id == sa.bindparam("row")).values(due_at=sa.bindparam("due"), set_at=now)
        await work.execute(run, moved)
    return len(moved)


async def due(work: Work, now: datetime, limit: int = 100, *, kinds: Collection[str]) -> list[Deadline]:
    """What fell due unmet and untold, gravest first, then the longest due; what somebody else has in hand is left to them."""
    return await _next(work, now, limit, kinds, locked=True)


async def peek(work: Work, now: datetime, limit: int = 100, *, kinds: Collection[str]) -> list[Deadline]:
    """The same rows, looked at only: whoever locks their cases first takes them afterwards with `take`."""
    return await _next(work, now, limit, kinds, locked=False)


async def take(work: Work, ids: Collection[int], now: datetime) -> list[Deadline]:
    """Those of these rows that are due still, now ours: gravest first, then the longest due."""
    query = sa.select(*_columns).where(_c.id.in_(ids), _running, _c.due_at <= now).order_by(*_order(deadlines))
    return [Deadline(**row) for row in (await work.execute(work.locking(query))).mappings()]


async def _next(work: Work, now: datetime, limit: int, kinds: Collection[str], *, locked: bool) -> list[Deadline]:
    query = _fronts(tuple(sorted(kinds)), locked=locked and work.on_postgresql)
    rows = await work.connection.execute(query, {"now": now, "few": limit})
    return [Deadline(**row) for row in rows.mappings()]


@lru_cache
def _fronts(kinds: Sequence[str], *, locked: bool) -> sa.Select[Any]:
    """Each severity of each kind answers from the front of the index, so a hundred thousand that are late cost no more than a few."""
    now, few = sa.bindparam("now", type_=_c.due_at.type), sa.bindparam("few", type_=sa.Integer)
    fronts = []
    for kind, severity in product(kinds, GRAVEST_FIRST):
        front = sa.select(*_columns).where(_running, _c.kind == kind, _c.severity == severity, _c.due_at <= now)
        front = front.order_by(_c.due_at, _c.id).limit(few)
        fronts.append(sa.select((front.with_for_update(skip_locked=True) if locked else front).subquery()))
    found = sa.union_all(*fronts).subquery()
    return sa.select(found).order_by(*_order(found)).limit(few)


def _order(rows: sa.FromClause) -> tuple[Any, ...]:
    return rows.c.severity.desc(), rows.c.due_at, rows.c.id


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
    query = (
        sa.select(sa.func.count(), sa.func.min(_c.due_at))
        .join(cases, cases.c.id == _c.case_id)
        .where(fallen, cases.c.crisis == crisis, ~cases.c.exercise)
    )
    count, oldest = tuple((await work.execute(query)).one())
    return count, now - oldest if oldest else timedelta()


async def of_cases(work: Work, ids: Collection[int]) -> list[tuple[int, int, bool]]:
    """(case id, its severity, whether it is about the crisis) of these clocks."""
    c = cases.c
    query = sa.select(c.id, c.severity, c.crisis).join(deadlines, c.id == _c.case_id).where(_c.id.in_(ids)).order_by(c.id)
    return [(row.id, row.severity, row.crisis) for row in await work.execute(query)]
