"""The ladders in a period: whom their steps called, who acknowledged, and which steps ran out before anybody had. Steps count from 1."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import counts
from storage.database import Work
from storage.tables import call_counts, calls, cases, escalations, people

_c, _e = calls.c, escalations.c


def _in(moment: sa.ColumnElement[Any], since: datetime, until: datetime) -> sa.ColumnElement[bool]:
    return (moment >= since) & (moment < until)


def acknowledgements(since: datetime, until: datetime) -> sa.CompoundSelect[Any]:
    """Rows of case_id, climb, ladder, step (from 0), person_id, at: by those who were called, and by whoever else took such a case."""
    by_called = sa.select(_c.case_id, _c.climb, _c.ladder, _c.step, _c.person_id, _c.acknowledged_at.label("at"))
    by_called = by_called.where(_in(_c.acknowledged_at, since, until), _c.step.is_not(None))
    last, theirs = calls.alias("last"), calls.alias("theirs")
    told = (last.c.case_id == _e.case_id) & last.c.step.is_not(None) & (last.c.called_at <= _e.acknowledged_at)
    climb = sa.select(sa.func.max(last.c.climb)).where(told).correlate(escalations).scalar_subquery()
    step = sa.select(sa.func.max(last.c.step)).where(told, last.c.climb == climb).correlate(escalations).scalar_subquery()
    ladder = sa.select(sa.func.max(last.c.ladder)).where(told, last.c.climb == climb, last.c.step == step).correlate(escalations)
    same = (theirs.c.case_id == _e.case_id) & (theirs.c.person_id == _e.acknowledged_by)
    said = sa.exists().where(same, theirs.c.acknowledged_at == _e.acknowledged_at).correlate(escalations)
    by_others = sa.select(_e.case_id, climb, ladder.scalar_subquery(), step, _e.acknowledged_by, _e.acknowledged_at).where(
        _in(_e.acknowledged_at, since, until), climb.is_not(None), ~said
    )
    return sa.union_all(by_called, by_others)


async def called(work: Work, since: datetime, until: datetime) -> list[tuple[str, int, int, int]]:
    """(ladder, step, called, not told): the calls of each step."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for ladder, step, untold, n in await counts.within(work, call_counts, since, until, "ladder", "step", "untold"):
        before = found.get((ladder, step + 1), (0, 0))
        found[ladder, step + 1] = before[0] + n, before[1] + n * untold
    return [(*place, *numbers) for place, numbers in sorted(found.items())]


async def acknowledged(work: Work, since: datetime, until: datetime) -> Sequence[sa.Row[Any]]:
    """Rows of ladder, step, name, n: who had a case that a step called for, most first."""
    each = acknowledgements(since, until).subquery()
    ladder, step, n = sa.func.coalesce(each.c.ladder, "").label("ladder"), (each.c.step + 1).label("step"), sa.func.count().label("n")
    query = sa.select(ladder, step, people.c.name, n).select_from(each).join(cases, cases.c.id == each.c.case_id)
    query = query.join(people, people.c.id == each.c.person_id).where(~cases.c.exercise)
    return (await work.execute(query.group_by(ladder, step, people.c.name).order_by(ladder, step, n.desc(), people.c.name))).all()


async def ran_out(work: Work, since: datetime, until: datetime) -> list[tuple[str, int, int]]:
    """(ladder, step, n): steps that were followed by the next one in the period, as nobody had the case by then; most first."""
    return [(ladder, step, n) for ladder, step, n in await counts.within(work, call_counts, since, until, "ladder", "ended") if step]
