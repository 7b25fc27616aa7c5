"""What `/crisis-status` and `/metrics` count, asked of the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import counts
from storage.database import Work
from storage.tables import cases, lane_counts, outbox
from storage.types import CRITICAL, LOW, SendState, Status

_unowned = (cases.c.status != Status.CLOSED) & cases.c.owner_id.is_(None) & ~cases.c.exercise


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


async def read(work: Work) -> Counts:
    """In the same time however many cases there are."""
    rows = await counts.standing(work)
    return Counts(
        open=sum(row["n"] for row in rows),
        unowned=sum(row["n"] for row in rows if not row["owned"]),
        oldest_unowned_at=await _oldest_unowned(work),
        by_severity=_sum(rows, "severity"),
        by_network=_sum(rows, "network"),
        by_language=_sum(rows, "language"),
        by_tag=await counts.open_tags(work),
        crisis=sum(row["n"] for row in rows if row["crisis"]),
    )


def _sum(rows: Sequence[Mapping[str, Any]], name: str) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for row in rows:
        found[row[name]] = found.get(row[name], 0) + row["n"]
    return dict(sorted(found.items(), key=lambda item: -item[1]))


async def _oldest_unowned(work: Work) -> datetime | None:
    """Severity by severity, as the index of those that wait is sorted."""
    c = cases.c
    each = [
        sa.select(c.opened_at).where(_unowned, c.severity == severity).order_by(c.opened_at).limit(1).subquery()
        for severity in range(LOW, CRITICAL + 1)
    ]
    every = sa.union_all(*(sa.select(one) for one in each)).subquery()
    oldest: datetime | None = await work.scalar(sa.select(sa.func.min(every.c.opened_at)))
    return oldest


@dataclass(frozen=True)
class Backlog:
    """One lane's rows of one state."""

    lane: str
    state: SendState
    rows: int
    oldest_at: datetime


async def backlog(work: Work) -> list[Backlog]:
    """Everything that has not left, by lane and state; in one question, however many lanes there are."""
    lane, state, n = lane_counts.c.lane, lane_counts.c.state, sa.func.sum(lane_counts.c.n)
    each = sa.select(lane, state, n.label("n")).group_by(lane, state).having(n != 0).subquery()
    here = (outbox.c.state == each.c.state) & (outbox.c.lane == each.c.lane)
    oldest = sa.select(sa.func.min(outbox.c.created_at)).where(here).correlate(each).scalar_subquery()
    rows = await work.execute(sa.select(each, oldest.label("oldest_at")))
    return [Backlog(row.lane, SendState(row.state), int(row.n), row.oldest_at) for row in sorted(rows)]
