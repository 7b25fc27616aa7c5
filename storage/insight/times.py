"""How long customers and colleagues waited in a period: for the first answer, for somebody to have a case, for its end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.insight.ladders import acknowledgements
from storage.insight.lengths import Lengths, measure, seconds_between
from storage.tables import calls, cases

_c = cases.c


async def answered(work: Work, since: datetime, until: datetime, edges: Sequence[float] = ()) -> Lengths:
    """From the beginning of a case to our first reply, of those first answered in the period."""
    theirs = (_c.answered_at >= since) & (_c.answered_at < until) & ~_c.exercise
    return await measure(work, sa.select(seconds_between(_c.opened_at, _c.answered_at)).where(theirs), edges)


async def closed(work: Work, since: datetime, until: datetime) -> Lengths:
    """From the beginning of a case to its end, of those closed in the period and closed still; erasing an open one settles nothing."""
    theirs = (_c.closed_at >= since) & (_c.closed_at < until) & ~_c.exercise
    settled = _c.erased_at.is_(None) | (_c.erased_at != _c.closed_at)
    return await measure(work, sa.select(seconds_between(_c.opened_at, _c.closed_at)).where(theirs, settled))


async def acknowledged(work: Work, since: datetime, until: datetime) -> Lengths:
    """From a ladder's first call to the first who has the case, once for each time that the ladder was climbed."""
    said = acknowledgements(since, until).subquery()
    first = sa.select(said.c.case_id, said.c.climb, sa.func.min(said.c.at).label("at")).group_by(said.c.case_id, said.c.climb).subquery()
    return await measure(work, _from_the_first_call(first, since))


def _from_the_first_call(first: sa.Subquery, since: datetime) -> sa.Select[Any]:
    one = calls.alias("one")
    same = (one.c.case_id == first.c.case_id) & (one.c.climb == first.c.climb) & one.c.step.is_not(None)
    begun = sa.select(sa.func.min(one.c.called_at)).where(same).correlate(first).scalar_subquery()
    before = sa.exists().where(same, one.c.acknowledged_at < since).correlate(first)
    query = sa.select(seconds_between(begun, first.c.at)).select_from(first).join(cases, _c.id == first.c.case_id)
    return query.where(~_c.exercise, ~before)
