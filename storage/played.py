"""What a drill on a simulated clock needs of its own database: the next moment at which something happens, and what happened in the end."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Store, Work
from storage.tables import calls, cases, deadlines, escalations, notice_calls, notices, outbox, people, timeline
from storage.types import Status

SEVERITIES = range(4)

_d, _n, _k = deadlines.c, notices.c, calls.c
_waits = _n.told_at.is_(None) & _n.failed_at.is_(None)
_running = _d.met_at.is_(None) & _d.told_at.is_(None) & _d.paused_at.is_(None)


@dataclass(frozen=True)
class Rung:
    """A case that somebody was told of: `way` is the door, `thread` when it stood in the case's thread for all whom its step called."""

    at: datetime
    person: str
    way: str
    thread: bool
    notice_id: int
    case_id: int
    severity: int
    ladder: str


@dataclass(frozen=True)
class Silence:
    """A case whose ladder had ended, or that never had one, and when somebody took it after all."""

    case_id: int
    ladder: str | None
    severity: int
    since: datetime
    until: datetime | None
    due_at: datetime | None  # its first answer


async def hasten(store: Store) -> None:
    """Nobody misses this database after a power cut: its one writer need not wait for the disk."""
    async with store.begin() as work:
        raw = await work.connection.get_raw_connection()
        if raw.driver_connection:
            await raw.driver_connection.execute("PRAGMA synchronous = OFF")


async def prepare(work: Work) -> None:
    """So that looking for what has not left yet costs the same however much has."""
    untold = " AND ".join(f"{column} IS NULL" for column in ("told_at", "failed_at"))
    for column, where in (("opened_at", untold), ("told_at", "told_at NOTNULL")):
        await work.execute(sa.text(f"CREATE INDEX played_{column} ON notices ({column}) WHERE {where}"))


async def next_moment(work: Work, kinds: Collection[str], after: datetime | None) -> datetime | None:
    """When the next clock of these kinds is due or the next notice leaves; not what was due by `after` already."""
    later = [] if after is None else [_d.due_at > after]
    clocks = [
        sa.select(sa.func.min(_d.due_at).label("at")).where(_running, _d.kind == kind, _d.severity == one, *later)
        for kind in kinds
        for one in SEVERITIES
    ]
    notices_ = sa.select(sa.func.min(_n.opened_at).label("at")).where(_waits)
    at: datetime | None = await work.scalar(sa.select(sa.func.min(sa.union_all(*clocks, notices_).subquery().c.at)))
    return at


async def tell(work: Work) -> None:
    """Everything that may leave by now arrives. What has left needs no place in the outbox."""
    now = await work.now()
    leaving = sa.select(_n.id).where(_waits, _n.opened_at <= now)
    carried = sa.select(notice_calls.c.call_id).where(notice_calls.c.notice_id.in_(leaving))
    await work.execute(sa.update(calls).where(_k.id.in_(carried), _k.told_at.is_(None)).values(told_at=now))
    await work.execute(sa.update(notices).where(_waits, _n.opened_at <= now).values(told_at=now, external_id="drill"))
    await work.execute(sa.delete(outbox))


async def told_at(work: Work, at: datetime) -> Sequence[tuple[int, int, str]]:
    """(notice, person, way) of all that arrived at this moment and still waits for an answer."""
    query = (
        sa.select(_n.id, _k.person_id, _n.way)
        .join(notice_calls, notice_calls.c.notice_id == _n.id)
        .join(calls, _k.id == notice_calls.c.call_id)
        .where(_n.told_at == at, _k.over_at.is_(None))
        .distinct()
        .order_by(_n.id, _k.person_id)
    )
    return [(row.id, row.person_id, row.way) for row in await work.execute(query)]


async def rung(work: Work) -> AsyncIterator[Rung]:
    """Whatever anybody was told, in order of time."""
    at = sa.case((_k.called_at > _n.told_at, _k.called_at), else_=_n.told_at)
    query = (
        sa.select(
            sa.type_coerce(at, _n.told_at.type).label("at"),
            people.c.name.label("person"),
            _n.way,
            _n.case_id.is_not(None).label("thread"),
            _n.id.label("notice_id"),
            _k.case_id,
            _k.severity,
            sa.func.coalesce(cases.c.ladder, "").label("ladder"),
        )
        .select_from(notices)
        .join(notice_calls, notice_calls.c.notice_id == _n.id)
        .join(calls, _k.id == notice_calls.c.call_id)
        .join(people, people.c.id == _k.person_id)
        .join(cases, cases.c.id == _k.case_id)
        .where(_n.told_at.is_not(None))
        .order_by(at, people.c.name, _n.way, _k.case_id)
    )
    async with work.connection.stream(query) as rows:
        async for row in rows.mappings():
            yield Rung(**{**row, "thread": bool(row["thread"])})


async def silent(work: Work) -> AsyncIterator[Silence]:
    """Every time that a ladder ended without anybody, and cases without a ladder from their beginning; ordered by that moment."""
    ended, taken = timeline.alias("ended"), timeline.alias("taken")
    chain = sa.literal("case:") + sa.cast(cases.c.id, sa.Text)
    until = (
        sa.select(sa.func.min(taken.c.at))
        .where(taken.c.chain == ended.c.chain, taken.c.seq > ended.c.seq, taken.c.act == "acknowledged")
        .scalar_subquery()
    )
    due = sa.select(_d.due_at).where(_d.case_id == cases.c.id, _d.kind == "first_answer").limit(1).scalar_subquery()
    plain: list[Any] = [cases.c.id.label("case_id"), cases.c.ladder, cases.c.severity]
    given_up = sa.select(*plain, ended.c.at.label("since"), until.label("until"), due.label("due_at")).join(ended, ended.c.chain == chain)
    never = sa.select(*plain, cases.c.opened_at.label("since"), sa.null().label("until"), due.label("due_at"))
    for query in (given_up.where(ended.c.act == "nobody_answered"), never.where(cases.c.ladder.is_(None))):
        async with work.connection.stream(query.order_by("since", cases.c.id)) as rows:
            async for row in rows.mappings():
                yield Silence(**row)


async def arrivals(work: Work) -> AsyncIterator[datetime]:
    async with work.connection.stream(sa.select(cases.c.opened_at).order_by(cases.c.opened_at)) as rows:
        async for row in rows:
            yield row.opened_at


async def climbing(work: Work) -> int:
    """Open cases that have somebody left to be told, and nobody who has them."""
    running = sa.exists().where(_d.case_id == cases.c.id, _d.kind == "step", _running)
    has_it = sa.exists().where(escalations.c.case_id == cases.c.id, escalations.c.state == "acknowledged")
    query = sa.select(sa.func.count()).select_from(cases).where(running, ~has_it, cases.c.status != Status.CLOSED)
    return int(await work.scalar(query) or 0)
