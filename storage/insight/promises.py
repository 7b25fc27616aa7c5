"""What was promised with a moment: the clocks of first answers and resolutions, call-backs, and what the public was told to expect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import callbacks, cases, deadlines
from storage.types import CRITICAL, LOW

PROMISED = ("first_answer", "resolution")  # clocks of cases
_d, _b = deadlines.c, callbacks.c
# in the statement, so that the index of exactly these serves
_promised = _d.kind.in_(sa.bindparam("promised", PROMISED, expanding=True, literal_execute=True))
_severities = _d.severity.in_(range(LOW, CRITICAL + 1))


@dataclass(frozen=True)
class Kept:
    """Of `due` promises, how many were kept in time."""

    due: int = 0
    in_time: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.due + other.due, self.in_time + other.in_time)

    @property
    def missed(self) -> int:
        return self.due - self.in_time


@dataclass(frozen=True)
class Standing:
    """Not kept yet; of those, how many are late."""

    open: int = 0
    overdue: int = 0

    def __add__(self, other: "Standing") -> "Standing":
        return Standing(self.open + other.open, self.overdue + other.overdue)


async def clocks(work: Work, since: datetime, until: datetime) -> dict[tuple[str, int], Kept]:
    """(kind, severity) → clocks of cases that were due in the period. One that a hold stopped is due only once it runs again."""
    due = (_d.due_at >= since) & (_d.due_at < min(until, await work.now())) & (_d.paused_at.is_(None) | _d.met_at.is_not(None))
    in_time = sa.func.count(sa.case((_d.met_at.is_not(None) & (_d.paused_at.is_not(None) | (_d.met_at <= _d.due_at)), 1)))
    counted = sa.select(_d.kind, _d.severity, sa.func.count().label("due"), in_time.label("in_time")).where(due)
    counted = counted.group_by(_d.kind, _d.severity)
    rows = await work.execute(counted.where(_promised, _severities))
    found = {(row.kind, row.severity): Kept(row.due, row.in_time) for row in rows}
    # drills are few: taken out afterwards, so that the many need no look at their cases
    for row in await work.execute(counted.where(_d.case_id.in_(await _drills(work)))):
        if (row.kind, row.severity) in found:
            found[row.kind, row.severity] += Kept(-row.due, -row.in_time)
    return found


async def _drills(work: Work) -> Sequence[int]:
    """The cases that nobody wrote."""
    return (await work.execute(sa.select(cases.c.id).where(sa.text("exercise")))).scalars().all()  # as its index says it


async def grave(work: Work) -> Standing:
    """Clocks of the gravest cases that run now; of drills they are taken out afterwards, too."""
    running = (_d.severity == CRITICAL) & _d.met_at.is_(None) & _d.paused_at.is_(None)
    every = await _standing(work, _d.due_at, sa.select(_d.id).where(_promised, running))
    drills = await _standing(work, _d.due_at, sa.select(_d.id).where(_d.kind.in_(PROMISED), running, _d.case_id.in_(await _drills(work))))
    return every + Standing(-drills.open, -drills.overdue)


async def calls_back(work: Work, since: datetime, until: datetime) -> Kept:
    """Call-backs that were due in the period."""
    due = (_b.due_at >= since) & (_b.due_at < min(until, await work.now())) & ~cases.c.exercise
    in_time = sa.func.count(sa.case((_b.done_at <= _b.due_at, 1))).label("in_time")
    query = sa.select(sa.func.count().label("due"), in_time).select_from(callbacks).join(cases, cases.c.id == _b.case_id)
    row = (await work.execute(query.where(due))).one()
    return Kept(row.due, row.in_time)


async def to_call_back(work: Work) -> Standing:
    open_ones = sa.select(_b.id).join(cases, cases.c.id == _b.case_id).where(_b.done_at.is_(None), ~cases.c.exercise)
    return await _standing(work, _b.due_at, open_ones)


async def _standing(work: Work, due_at: sa.ColumnElement[Any], rows: sa.Select[Any]) -> Standing:
    late = sa.func.count(sa.case((due_at <= await work.now(), 1)))
    return Standing(*(await work.execute(rows.with_only_columns(sa.func.count(), late))).one())


async def of_crisis(work: Work, crisis_id: int) -> Sequence[sa.Row[Any]]:
    """Rows of kind, set_at, due_at, met_at: the clocks of the crisis itself, the nearest first."""
    query = sa.select(_d.kind, _d.set_at, _d.due_at, _d.met_at).where(_d.crisis_id == crisis_id, _d.case_id.is_(None))
    return (await work.execute(query.order_by(_d.due_at, _d.id))).all()
