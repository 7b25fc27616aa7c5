"""What waits to leave: rows written in the transaction of their cause, claimed one by one when their buckets have a token.

A row is claimed with a lease and an attempt number; only that attempt may finish it. A second wish for what still waits joins its
row (`key`); one that comes while the row is being sent makes it pending again after the send.
"""

import asyncio
import secrets
import time
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
IN_THREAD = ("mention", "note", "approval", "receipt", "remark", "call")  # kinds that follow their case's card
FOR_ONE_PLACE = (*IN_THREAD, "digest", "sheets")  # kinds that nobody wants elsewhere
_o = outbox.c


@dataclass(frozen=True)
class Wish:
    """Something to be shown at one destination. `key` lets later wishes for the same thing join it; `behind` waits for its case's card."""

    workspace: str
    lane: str
    act: str
    kind: str
    severity: int
    case_id: int | None = None
    key: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    behind: bool = False
    not_before: datetime | None = None


@dataclass(frozen=True)
class Claimed:
    """A row leased to us. An attempt above 1 may have reached its destination; `external_id` is what it became there, once known."""

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
    external_id: str | None
    first_tried_at: datetime
    due_at: datetime  # when it leaves at the latest, unless late: its limits may let it be claimed a little before
    leaves_at: float  # the same moment on this process's monotonic clock

    async def until_due(self) -> None:
        await asyncio.sleep(max(0.0, self.leaves_at - time.monotonic()))

    @property
    def channel_id(self) -> str:
        return self.lane.partition(":")[2]


def rank(severity: int, since: datetime) -> float:
    """The order within a lane, smallest first: time of arrival less the severity's head start; critical before everything."""
    return since.timestamp() - (STRICTLY_FIRST if severity >= CRITICAL else HEAD_START[severity])


def _ready() -> sa.ColumnElement[bool]:
    """Written into the statement as it stands: a plan for any parameter whatever could not use the index of what is ready."""
    return _o.state.in_(sa.bindparam("ready", READY, expanding=True, literal_execute=True))


def _token(now: datetime) -> str:
    """Unique, and higher than those before: their index grows at its end, however long it is."""
    return f"{int(now.timestamp() * 1_000_000):014x}{secrets.token_hex(9)}"


async def put(work: Work, wishes: Sequence[Wish]) -> None:
    """Queue wishes; one that joins a waiting row raises it to the graver severity and keeps its place in time."""
    if not wishes:
        return
    now = await work.now()
    rows = [
        {
            **{name: getattr(wish, name) for name in ("workspace", "lane", "act", "kind", "severity", "case_id", "key")},
            "facts": dict(wish.facts),
            "token": _token(now),
            "rank": rank(wish.severity, now),
            "state": SendState.BEHIND if wish.behind else SendState.PENDING,
            "not_before": wish.not_before or now,
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
    first = sa.select(_o.id).where(same, _ready(), _o.not_before <= await work.now()).order_by(_o.rank).limit(1)
    return [(row.lane, row.act) for row in await work.execute(sa.select(lanes).where(first.scalar_subquery().is_not(None)))]


async def claim(work: Work, lane: str, act: str, owner: str, lease: timedelta, limits: Sequence[buckets.Bucket]) -> Claimed | None:
    """Lease the first ready row of a lane if every bucket that it falls in has a token; the tokens go back with a rollback."""
    before, now, after = time.monotonic(), await work.now(), time.monotonic()
    ready = sa.select(_o.id, _o.severity).where(_o.lane == lane, _o.act == act, _ready(), _o.not_before <= now)
    first = (await work.execute(work.locking(ready.order_by(_o.rank, _o.id).limit(1), skip=True))).first()
    if first is None or (wait := await buckets.take(work, limits, critical=first.severity >= CRITICAL)) is None:
        return None
    taken = {
        "state": SendState.SENDING,
        "lease_owner": owner,
        "lease_until": now + lease,
        "attempt": _o.attempt + 1,
        # asked about its fate, a destination looks no further back than this: a clock that was ahead at first must not hide the rest
        "first_tried_at": sa.case((_o.first_tried_at < now, _o.first_tried_at), else_=sa.bindparam("first", now, _o.first_tried_at.type)),
    }
    update = sa.update(outbox).where(_o.id == first.id).values(taken)
    row = (await work.execute(update.returning(*[_o[name] for name in Claimed.__dataclass_fields__ if name in _o]))).one()
    return Claimed(**row._asdict(), due_at=now + wait + timedelta(seconds=after - before), leaves_at=after + wait.total_seconds())


def _mine(row: Claimed, owner: str) -> sa.Update:
    return sa.update(outbox).where(_o.id == row.id, _o.state == SendState.SENDING, _o.lease_owner == owner, _o.attempt == row.attempt)


async def is_held(work: Work, row: Claimed) -> bool:
    """Whether the lease of this attempt still runs: whoever slept through its end may find that somebody else is at it."""
    lease = (_o.id == row.id) & (_o.state == SendState.SENDING) & (_o.attempt == row.attempt) & (_o.lease_until > await work.now())
    return await work.scalar(sa.select(_o.id).where(lease)) is not None


async def finish(work: Work, row: Claimed, owner: str, external_id: str | None) -> str | None:
    """Mark as sent, with what the destination answered; the row's kind as it is by now, None when the lease was lost to somebody else.

    A wish that joined in the meantime makes the row pending again, now as an update of what was just posted.
    """
    now = await work.now()
    sent = {"state": SendState.SENT, "sent_at": now, "external_id": external_id, "key": None, "error": None}
    done: str | None = (await work.execute(_mine(row, owner).where(_o.wish == row.wish).values(sent).returning(_o.kind))).scalar()
    if done:
        return done
    act = "update" if external_id else row.act
    fresh = {"token": _token(now), "attempt": 0, "first_tried_at": None, "not_before": now, "error": None}
    again = _mine(row, owner).values(state=SendState.PENDING, act=act, external_id=external_id, **fresh)
    kept: str | None = (await work.execute(again.returning(_o.kind))).scalar()
    await _know_lane(work, row.lane, act)
    return kept


async def _know_lane(work: Work, lane: str, act: str) -> None:
    await work.execute(work.insert(lanes).on_conflict_do_nothing(), [{"lane": lane, "act": act}])


async def put_back(work: Work, row: Claimed, owner: str, state: SendState, error: str, after: timedelta = timedelta()) -> bool:
    """The send did not succeed: wait and try again, give up, or leave to a person, as `state` says."""
    values = {"state": state, "error": error, "not_before": await work.now() + after}
    if state not in READY:
        values["key"] = None
    return bool((await work.execute(_mine(row, owner).values(values))).rowcount)


async def begin_anew(work: Work, row: Claimed, owner: str) -> bool:
    """What this row was to update is gone: it is posted as if for the first time."""
    now = await work.now()
    facts = {name: value for name, value in row.facts.items() if name != "message_id"}
    fresh = {"token": _token(now), "attempt": 0, "first_tried_at": None, "not_before": now, "external_id": None, "facts": facts}
    await _know_lane(work, row.lane, "post")
    return bool((await work.execute(_mine(row, owner).values(state=SendState.PENDING, act="post", **fresh))).rowcount)


async def unclaim(work: Work, row: Claimed, owner: str, after: timedelta, error: str) -> bool:
    """The destination surely did not take it (it said so): back in line, as if this attempt had not been."""
    values = {"state": SendState.PENDING, "attempt": _o.attempt - 1, "not_before": await work.now() + after, "error": error}
    return bool((await work.execute(_mine(row, owner).values(values))).rowcount)


async def retract(work: Work, key: str) -> bool:
    """Take back what was never tried; False when it is on its way, or may have arrived."""
    await work.execute(sa.delete(outbox).where(_o.key == key, _o.state == SendState.PENDING, _o.attempt == 0))
    return await work.scalar(sa.select(_o.id).where(_o.key == key)) is None


async def expire_leases(work: Work, *, of_everybody: bool = False) -> int:
    """Rows of a sender that died: ready again; their attempt number says that the destination must be asked first.

    `of_everybody`: also those whose lease runs on, since whoever calls knows that nobody else sends.
    """
    now = await work.now()
    lost = sa.update(outbox).where(_o.state == SendState.SENDING)
    lost = lost if of_everybody else lost.where(_o.lease_until < now)
    return (await work.execute(lost.values(state=SendState.FAILED_FOR_NOW, error="lease_expired", not_before=now))).rowcount


def _stuck(lane: str, before: datetime) -> sa.ColumnElement[bool]:
    """What a closed destination turned away, or has kept waiting since before a moment."""
    return (_o.lane == lane) & _o.state.in_(READY) & (_o.error.is_not(None) | (_o.created_at < before))


async def move_lane(work: Work, lane: str, new_lane: str, before: datetime) -> int:
    """What was meant for a closed destination goes to another one. Rows that may have arrived stay: asking comes first."""
    waiting = sa.update(outbox).where(_stuck(lane, before), _o.act == "post", _o.attempt == 0, _o.kind.not_in(FOR_ONE_PLACE))
    moved = (await work.execute(waiting.values(lane=new_lane, not_before=await work.now(), error=None))).rowcount
    if moved:
        await _know_lane(work, new_lane, "post")
        work.wakes = True
    return moved


async def cases_stuck(work: Work, lane: str, before: datetime, limit: int = 100) -> list[int]:
    """Cases whose card stands at a closed destination, and of which something new waits for it."""
    new = (_o.kind == "card") & (_o.act == "update") | _o.kind.in_(IN_THREAD)
    query = sa.select(_o.case_id).where(_stuck(lane, before), new, _o.attempt == 0).group_by(_o.case_id).order_by(_o.case_id).limit(limit)
    return list((await work.execute(query)).scalars())


async def release(work: Work, case_id: int, workspace: str, lane: str) -> None:
    """The case's card stands: what waited behind it goes there."""
    behind = sa.update(outbox).where(_o.case_id == case_id, _o.workspace == workspace, _o.state == SendState.BEHIND)
    if (await work.execute(behind.values(state=SendState.PENDING, lane=lane, not_before=await work.now()))).rowcount:
        await _know_lane(work, lane, "post")
        work.wakes = True


async def leave(work: Work, case_id: int, workspaces: Sequence[str]) -> None:
    """The case moves: waiting cards go, those that may have arrived become pointers, what was for their threads waits for the new ones.

    What stands in an old thread already changes there.
    """
    theirs = (_o.case_id == case_id) & _o.workspace.in_(workspaces)
    untried = _o.state.in_((*READY, SendState.FOLDED)) & (_o.attempt == 0)
    await work.execute(sa.delete(outbox).where(theirs, untried, _o.kind == "card"))
    tried = _o.state.in_((*READY, SendState.SENDING))
    turned: dict[str, Any] = {"kind": "pointer", "key": None, "facts": {}, "wish": _o.wish + 1}
    await work.execute(sa.update(outbox).where(theirs, tried, _o.kind == "card").values(turned))
    new = _o.kind.in_(IN_THREAD) & (_o.act == "post")
    await work.execute(sa.update(outbox).where(theirs, untried, new).values(state=SendState.BEHIND))


async def archive(work: Work, before: datetime, limit: int = 1000) -> int:
    """Move finished rows out of the way, so that claims stay flat as history grows."""
    done = (SendState.SENT, SendState.FAILED_FOR_GOOD, SendState.STOPPED)
    old = list((await work.execute(sa.select(_o.id).where(_o.state.in_(done), _o.created_at < before).limit(limit))).scalars())
    if old:
        names = [c.name for c in outbox.c]
        await work.execute(sa.insert(outbox_archive).from_select(names, sa.select(outbox).where(_o.id.in_(old))))
        await work.execute(sa.delete(outbox).where(_o.id.in_(old)))
    return len(old)
