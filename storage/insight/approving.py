"""Approvals in a period: how long people's yes took, what was rejected and why, what the checks had against it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.drafts import ALIVE
from storage.insight.lengths import Lengths, measure, seconds_between
from storage.tables import approvals, cases, drafts, replies, versions
from storage.types import DraftStatus

_a, _d, _v, _r = approvals.c, drafts.c, versions.c, replies.c
# in the statement, so that the index of what can still be decided serves
_alive = _d.status.in_(sa.bindparam("alive", [str(one) for one in ALIVE], expanding=True, literal_execute=True))
_real = sa.exists().where(cases.c.id == _d.case_id, ~cases.c.exercise)


async def waiting(work: Work) -> tuple[int, datetime | None]:
    """(drafts that wait for a yes now, since when the first of them does)."""
    query = sa.select(sa.func.count(), sa.func.min(_v.created_at)).join(versions, (_v.draft_id == _d.id) & (_v.number == _d.number))
    row: Any = (await work.execute(query.where(_alive, _d.status == DraftStatus.IN_APPROVAL, _real))).one()
    return row[0], row[1]


async def approved(work: Work, since: datetime, until: datetime) -> Lengths:
    """From a version's being put forward to the last yes that it needed, where a person gave that; of those approved in the period."""
    last = approvals.alias("last")
    latest = sa.select(sa.func.max(last.c.at)).where(last.c.version_id == _v.id).correlate(versions).scalar_subquery()
    in_period = (_a.at >= since) & (_a.at < until) & _a.person_id.is_not(None) & (_a.at == latest)
    lengths = sa.select(_v.id, seconds_between(_v.created_at, _a.at).label("length")).join(versions, _v.id == _a.version_id)
    set_out = lengths.join(replies, (_r.draft_id == _v.draft_id) & (_r.version_id == _v.id)).join(drafts, _d.id == _v.draft_id)
    each = set_out.where(in_period, _real).distinct().subquery()
    return await measure(work, sa.select(each.c.length))


def _rejected(since: datetime, until: datetime) -> sa.ColumnElement[bool]:
    return (_d.status == DraftStatus.REJECTED) & (_d.ended_at >= since) & (_d.ended_at < until) & _real


async def rejected(work: Work, since: datetime, until: datetime) -> int:
    return int(await work.scalar(sa.select(sa.func.count()).select_from(drafts).where(_rejected(since, until))))


async def reasons(work: Work, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """(what people wrote when they said no, how often), the most frequent first; what was erased has none."""
    n = sa.func.count().label("n")
    query = sa.select(_d.reason, n).where(_rejected(since, until), _d.reason.is_not(None)).group_by(_d.reason)
    return [(row.reason, row.n) for row in await work.execute(query.order_by(n.desc(), _d.reason))]


async def findings(work: Work, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """(check, versions put forward in the period that it had something against), most first."""
    check, found = _found(work)
    check = check.label("check")
    n = sa.func.count(_v.id.distinct()).label("n")
    query = sa.select(check, n).select_from(versions.join(drafts, _d.id == _v.draft_id).join(found, sa.true()))
    query = query.where(_v.created_at >= since, _v.created_at < until, _real).group_by(check)
    return [(row.check, row.n) for row in await work.execute(query.order_by(n.desc(), check))]


def _found(work: Work) -> Sequence[Any]:
    """The name of the check in each of a version's findings."""
    if work.on_postgresql:
        each = sa.func.json_array_elements(_v.findings).table_valued(sa.column("value", sa.JSON), name="found").lateral()
        return each.c.value.op("->>")("check"), each
    each = sa.func.json_each(_v.findings).table_valued("value", name="found")
    return sa.func.json_extract(each.c.value, "$.check"), each
