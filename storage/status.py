"""What `/crisis-status` and `/metrics` count, asked of the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import case_tags, cases, mentions, outbox
from storage.types import SendState, Status

_open = (cases.c.status != Status.CLOSED) & ~cases.c.exercise


@dataclass(frozen=True)
class Counts:
    open: int
    unowned: int
    oldest_unowned_at: datetime | None
    by_severity: dict[int, int]
    by_network: dict[str, int]
    by_language: dict[str, int]
    by_tag: dict[str, int]
    crisis: int


async def counts(work: Work) -> Counts:
    grouped = sa.select(cases.c.severity, cases.c.network, cases.c.language, cases.c.crisis, sa.func.count().label("n")).where(_open)
    rows = (await work.execute(grouped.group_by(cases.c.severity, cases.c.network, cases.c.language, cases.c.crisis))).all()
    unowned = sa.select(sa.func.count(), sa.func.min(cases.c.opened_at)).where(_open, cases.c.owner_id.is_(None))
    waiting, oldest = tuple((await work.execute(unowned)).one())
    return Counts(
        open=sum(row.n for row in rows),
        unowned=waiting,
        oldest_unowned_at=oldest,
        by_severity=_sum(rows, "severity"),
        by_network=_sum(rows, "network"),
        by_language=_sum(rows, "language"),
        by_tag=await _by_tag(work),
        crisis=sum(row.n for row in rows if row.crisis),
    )


def _sum(rows: Sequence[Any], name: str) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for row in rows:
        found[getattr(row, name)] = found.get(getattr(row, name), 0) + row.n
    return dict(sorted(found.items(), key=lambda item: -item[1]))


async def _by_tag(work: Work) -> dict[str, int]:
    """Open cases by the tags that people set."""
    c = case_tags.c
    query = sa.select(c.tag, sa.func.count().label("n")).join(cases, cases.c.id == c.case_id).where(_open, c.is_set).group_by(c.tag)
    return {row.tag: row.n for row in await work.execute(query.order_by(sa.desc("n"), c.tag))}


@dataclass(frozen=True)
class Backlog:
    """One lane's rows of one state."""

    lane: str
    state: SendState
    rows: int
    oldest_at: datetime


async def backlog(work: Work) -> list[Backlog]:
    """Everything that has not left, by lane and state."""
    o = outbox.c
    query = sa.select(o.lane, o.state, sa.func.count().label("n"), sa.func.min(o.created_at).label("oldest"))
    query = query.where(o.state != SendState.SENT).group_by(o.lane, o.state).order_by(o.lane, o.state)
    return [Backlog(row.lane, SendState(row.state), row.n, row.oldest) for row in await work.execute(query)]


async def totals(work: Work) -> dict[str, int]:
    """Rows ever stored, for /metrics."""
    found = {}
    for table in (mentions, cases):
        found[table.name] = int(await work.scalar(sa.select(sa.func.count()).select_from(table)))
    return found
