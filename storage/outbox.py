"""What waits to leave: rows written in the transaction of their cause, claimed one by one when their buckets have a token.

A row is claimed with a lease and an attempt number; only that attempt may finish it. A second wish for something that still waits
joins its row (`key`); a wish that comes while the row is being sent makes it pending again after the send.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage import buckets
from storage.database import Work
from storage.tables import lanes, outbox, outbox_archive
from storage.types import CRITICAL, SendState

READY = (SendState.PENDING, SendState.FAILED_FOR_NOW)
HEAD_START = (0.0, 600.0, 3600.0)  # seconds by which normal and high overtake low: aging, below critical only
STRICTLY_FIRST = 1e11
_o = outbox.c


@dataclass(frozen=True)
class Wish:
    """Something to be shown at one destination. `key` lets later wishes for the same thing join it."""

    workspace: str
    lane: str
    act: str
    kind: str
    severity: int
    case_id: int | None = None
    key: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Claimed:
    """A row leased to us until `lease_until`. An attempt above 1 may already have reached its destination."""

    id: int
    workspace: str
    lane: str
    act: str
    kind: str
    case_id: int | None
    key: str | None
    facts: Mapping[str, Any]
    token: str
    severity: int
    wish: int
    attempt: int
    created_at: datetime


def rank(severity: int, since: datetime) -> float:
    """The order within a lane, smallest first: time of arrival less the severity's head start; critical before everything."""
    return since.timestamp() - (STRICTLY_FIRST if severity >= CRITICAL else HEAD_START[severity])


async def put(work: Work, wishes: Sequence[Wish]) -> None:
    """Queue wishes; one that joins a waiting row raises it to the graver severity and keeps its place in time."""
    if not wishes:
        return
    now = await work.now()
    rows = [
        {
            **{name: getattr(wish, name) for name in ("workspace", "lane", "act", "kind", "severity", "case_id", "key")},
            "facts": dict(wish.facts),
            "token": secrets.token_hex(16),
            "rank": rank(wish.severity, now),
            "state": SendState.PENDING,
            "not_before": now,
            "created_at": now,
        }
        for wish in wishes
    ]
    new = work.insert(outbox)
    joined = {
        "wish": _o.wish + 1,
        "severity": sa.case((new.excluded.severity > _o.severity, new.excluded.severity), else_=_o.severity),
        "rank": sa.case((new.excluded.rank < _o.rank, new.excluded.rank), else_=_o.rank),
        "facts": new.excluded.facts,
        "state": sa.case(((_o.state == SendState.FOLDED) & (new.excluded.severity > 0), SendState.PENDING), else_=_o.state),
    }
    await work.execute(new.on_conflict_do_update(index_elements=["key"], set_=joined), rows)
    known = [{"lane": lane, "act": act} for lane, act in sorted({(wish.lane, wish.act) for wish in wishes})]
    await work.execute(work.insert(lanes).on_conflict_do_nothing(), known)
    work.wakes = True


async def lanes_waiting(work: Work) -> list[tuple[str, str]]:
    """(lane, act) of everything that could leave now; one look into the index per lane, however long the lanes are."""
    same = (_o.lane == lanes.c.lane) & (_o.act == lanes.c.act)
    ready = sa.exists().where(same, _o.state.in_(READY), _o.not_before <= await work.now())
    return [(row.lane, row.act) for row in await work.execute(sa.select(lanes).where(ready))]


async def claim(work: Work, lane: str, act: str, owner: str, lease: timedelta, limits: Sequence[buckets.Bucket]) -> Claimed | None:
    """Lease the first ready row of a lane if every bucket that it falls in has a token; the tokens go back with a rollback."""
    now = await work.now()
    ready = sa.select(_o.id).where(_o.lane == lane, _o.act == act, _o.state.in_(READY), _o.not_before <= now)
    row_id = await work.scalar(work.locking(ready.order_by(_o.rank, _o.id).limit(1), skip=True))
    if row_id is None or not await buckets.take(work, limits):
        return None
    taken = {"state": SendState.SENDING, "lease_owner": owner, "lease_until": now + lease, "attempt": _o.attempt + 1}
    update = sa.update(outbox).where(_o.id == row_id).values(taken)
    row = (await work.execute(update.returning(*[_o[name] for name in Claimed.__dataclass_fields__]))).one()
    return Claimed(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name


def _mine(row: Claimed, owner: str) -> sa.Update:
    return sa.update(outbox).where(_o.id == row.id, _o.state == SendState.SENDING, _o.lease_owner == owner, _o.attempt == row.attempt)


async def finish(work: Work, row: Claimed, owner: str, external_id: str | None) -> bool:
    """Mark as sent, with what the destination answered. False when the lease was lost to somebody else.

    A wish that joined in the meantime makes the row pending again, now as an update of what was just posted.
    """
    now = await work.now()
    sent = {"state": SendState.SENT, "sent_at": now, "external_id": external_id, "key": None, "error": None}
    if (await work.execute(_mine(row, owner).where(_o.wish == row.wish).values(sent))).rowcount:
        return True
    again = {"state": SendState.PENDING, "act": "update", "token": secrets.token_hex(16), "attempt": 0, "not_before": now}
    kept = bool((await work.execute(_mine(row, owner).values(again))).rowcount)
    await work.execute(work.insert(lanes).on_conflict_do_nothing(), [{"lane": row.lane, "act": "update"}])
    return kept


async def put_back(work: Work, row: Claimed, owner: str, state: SendState, error: str, after: timedelta = timedelta()) -> bool:
    """The send did not succeed: wait and try again, give up, or leave to a person, as `state` says."""
    values = {"state": state, "error": error, "not_before": await work.now() + after}
    if state not in READY:
        values["key"] = None
    return bool((await work.execute(_mine(row, owner).values(values))).rowcount)


async def unclaim(work: Work, row: Claimed, owner: str, after: timedelta, error: str) -> bool:
    """The destination surely did not take it (it said so): back in line, as if this attempt had not been."""
    values = {"state": SendState.PENDING, "attempt": _o.attempt - 1, "not_before": await work.now() + after, "error": error}
    return bool((await work.execute(_mine(row, owner).values(values))).rowcount)


async def expire_leases(work: Work) -> int:
    """Rows of a sender that died: ready again; their attempt number says that the destination must be asked first."""
    now = await work.now()
    lost = sa.update(outbox).where(_o.state == SendState.SENDING, _o.lease_until < now)
    return (await work.execute(lost.values(state=SendState.FAILED_FOR_NOW, error="lease_expired", not_before=now))).rowcount


async def move_lane(work: Work, lane: str, new_lane: str) -> int:
    """What was meant for a closed destination goes to another one. Rows that may have arrived stay: asking comes first."""
    waiting = sa.update(outbox).where(_o.lane == lane, _o.act == "post", _o.state.in_(READY), _o.attempt == 0)
    return (await work.execute(waiting.values(lane=new_lane, not_before=await work.now()))).rowcount


async def archive(work: Work, before: datetime, limit: int = 1000) -> int:
    """Move finished rows out of the way, so that claims stay flat as history grows."""
    done = (SendState.SENT, SendState.FAILED_FOR_GOOD)
    old = list((await work.execute(sa.select(_o.id).where(_o.state.in_(done), _o.created_at < before).limit(limit))).scalars())
    if old:
        names = [c.name for c in outbox.c]
        await work.execute(sa.insert(outbox_archive).from_select(names, sa.select(outbox).where(_o.id.in_(old))))
        await work.execute(sa.delete(outbox).where(_o.id.in_(old)))
    return len(old)


async def drop_waiting(work: Work, keys: Sequence[str]) -> int:
    """What waits under these keys is no longer wished for. A row that may have arrived stays."""
    waiting = sa.delete(outbox).where(_o.key.in_(keys), _o.state.in_((*READY, SendState.FOLDED)), _o.attempt == 0)
    return (await work.execute(waiting)).rowcount


async def fold(work: Work, lane: str) -> int:
    """Take the low, never tried posts of a lane out of line: its counting card stands for them."""
    low = sa.update(outbox).where(_o.lane == lane, _o.act == "post", _o.kind == "card", _o.severity == 0, _o.attempt == 0)
    return (await work.execute(low.where(_o.state == SendState.PENDING).values(state=SendState.FOLDED))).rowcount


async def unfold(work: Work, lane: str, limit: int) -> int:
    """Put the longest folded rows back in line."""
    some = sa.select(_o.id).where(_o.lane == lane, _o.state == SendState.FOLDED).order_by(_o.rank).limit(limit)
    back = sa.update(outbox).where(_o.id.in_(some)).values(state=SendState.PENDING, not_before=await work.now())
    return (await work.execute(back)).rowcount


async def folded(work: Work, lane: str) -> tuple[int, int]:
    """(how many cases a lane's counting card stands for, the gravest severity among them)."""
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(_o.severity), 0)).where(_o.lane == lane, _o.state == SendState.FOLDED)
    count, gravest = (await work.execute(query)).one()
    return count, gravest


async def lanes_to_fold(work: Work) -> dict[str, int]:
    """Lane → posts in line, of the lanes that have any or have folded rows."""
    ready = sa.func.count().filter(_o.state.in_(READY))
    query = sa.select(_o.lane, ready.label("n")).where(_o.state.in_((*READY, SendState.FOLDED)), _o.act == "post").group_by(_o.lane)
    return {row.lane: row.n for row in await work.execute(query)}
