"""Replies: approved drafts on their way to one customer, and what the network answered. One per draft, ever."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import replies, versions
from storage.types import ReplyState

UNDECIDED = (ReplyState.WAITING, ReplyState.HELD, ReplyState.REFUSED, ReplyState.WITHDRAWN)  # it surely has not left


@dataclass(frozen=True)
class Reply:
    """`reason` says why it waits or was refused: a code of ours, or the network's own words. `created_at`: when it last set out."""

    id: int
    draft_id: int
    version_id: int
    case_id: int
    state: ReplyState
    reason: str | None
    sampled: bool
    created_at: datetime
    sent_at: datetime | None
    external_id: str | None
    url: str | None
    deleted_at: datetime | None


_columns = [replies.c[name] for name in Reply.__dataclass_fields__]


def _reply(row: Mapping[Any, Any]) -> Reply:
    return Reply(**{**row, "state": ReplyState(row["state"])})


async def put(work: Work, draft_id: int, version_id: int, case_id: int, *, sampled: bool = False) -> int | None:
    """The draft's reply, waiting to leave with this version; None when the draft has left already, or nobody knows."""
    row = {"draft_id": draft_id, "version_id": version_id, "case_id": case_id, "sampled": sampled}
    now = await work.now()
    new = work.insert(replies).values(**row, state=ReplyState.WAITING, created_at=now)
    again = {"version_id": version_id, "state": ReplyState.WAITING, "reason": None, "sampled": sampled, "created_at": now}
    upsert = new.on_conflict_do_update(index_elements=["draft_id"], set_=again, where=replies.c.state.in_(UNDECIDED))
    found: int | None = (await work.execute(upsert.returning(replies.c.id))).scalar()
    return found


async def lock(work: Work, reply_id: int) -> Reply | None:
    row = (await work.execute(work.locking(sa.select(*_columns).where(replies.c.id == reply_id)))).mappings().first()
    return _reply(row) if row else None


async def get(work: Work, reply_id: int) -> Reply | None:
    row = (await work.execute(sa.select(*_columns).where(replies.c.id == reply_id))).mappings().first()
    return _reply(row) if row else None


async def published_as(work: Work, network: str, external_id: str) -> Reply | None:
    """The one that this network knows by this id."""
    theirs = sa.exists().where(versions.c.id == replies.c.version_id, versions.c.network == network)
    query = sa.select(*_columns).where(replies.c.external_id == external_id, theirs)
    row = (await work.execute(query)).mappings().first()
    return _reply(row) if row else None


async def told_in_private(work: Work, case_id: int) -> set[str]:
    """The mentions of a case that were answered in private, or will be, as far as we know."""
    c = replies.c
    query = sa.select(versions.c.in_reply_to).join(replies, c.version_id == versions.c.id)
    on_the_way = (ReplyState.SENT, ReplyState.UNCONFIRMED)
    return set((await work.execute(query.where(c.case_id == case_id, versions.c.private, c.state.in_(on_the_way)))).scalars())


async def of_draft(work: Work, draft_id: int) -> Reply | None:
    row = (await work.execute(sa.select(*_columns).where(replies.c.draft_id == draft_id))).mappings().first()
    return _reply(row) if row else None


async def of_case(work: Work, case_id: int) -> list[Reply]:
    rows = (await work.execute(sa.select(*_columns).where(replies.c.case_id == case_id).order_by(replies.c.id))).mappings()
    return [_reply(row) for row in rows]


async def in_state(work: Work, *states: ReplyState, limit: int = 500) -> list[Reply]:
    query = sa.select(*_columns).where(replies.c.state.in_(states)).order_by(replies.c.id).limit(limit)
    return [_reply(row) for row in (await work.execute(query)).mappings()]


async def answered_since(work: Work, reply: Reply, put_forward_at: datetime, wrote_at: datetime) -> bool:
    """Whether another reply of the case left, or may have, after a moment, or stands in line before this one; none that the customer has
    answered, and none that was taken back.
    """
    c = replies.c
    left = (c.state == ReplyState.SENT) & (c.sent_at > put_forward_at) & (c.sent_at >= wrote_at)
    first = (c.state == ReplyState.UNCONFIRMED) | ((c.state == ReplyState.WAITING) & (c.id < reply.id))
    others = (c.case_id == reply.case_id) & (c.id != reply.id) & c.deleted_at.is_(None)
    return bool(await work.scalar(sa.select(sa.exists().where(others, left | (first & (c.created_at >= wrote_at))))))


async def counts(work: Work) -> dict[ReplyState, int]:
    query = sa.select(replies.c.state, sa.func.count().label("n")).group_by(replies.c.state)
    return {ReplyState(row.state): row.n for row in await work.execute(query)}


async def sent_resting_on(work: Work, statement_ids: Sequence[int]) -> list[Reply]:
    """What customers have read that rests on these statements, and still stands on its network."""
    query = sa.select(*_columns).join(versions, versions.c.id == replies.c.version_id).where(versions.c.statement_id.in_(statement_ids))
    query = query.where(replies.c.state == ReplyState.SENT, replies.c.deleted_at.is_(None)).order_by(replies.c.id)
    return [_reply(row) for row in (await work.execute(query)).mappings()]


async def networks_waited_for(work: Work) -> set[str]:
    """The networks for which approved replies stand in line."""
    query = sa.select(versions.c.network).distinct().join(replies, replies.c.version_id == versions.c.id)
    return set((await work.execute(query.where(replies.c.state == ReplyState.WAITING))).scalars())


async def unread_samples(work: Work, limit: int) -> list[Reply]:
    """What a rule approved and should be read by a person, the oldest first."""
    mine = replies.c.sampled & replies.c.looked_at_by.is_(None) & (replies.c.state == ReplyState.SENT)
    return [_reply(row) for row in (await work.execute(sa.select(*_columns).where(mine).order_by(replies.c.id).limit(limit))).mappings()]


async def change(work: Work, reply_id: int, **values: Any) -> None:
    await work.execute(sa.update(replies).where(replies.c.id == reply_id).values(values))


async def texts_after(work: Work, reply_id: int, limit: int) -> list[tuple[int, str]]:
    """(reply id, text) of the newest replies after an id, oldest first; what never left is not ours to repeat."""
    query = sa.select(replies.c.id, versions.c.text).join(versions, versions.c.id == replies.c.version_id)
    kept = replies.c.state.in_((ReplyState.WAITING, ReplyState.HELD, ReplyState.SENT, ReplyState.UNCONFIRMED))
    has_text = versions.c.text != ""  # an erased one has none
    rows = (await work.execute(query.where(replies.c.id > reply_id, kept, has_text).order_by(replies.c.id.desc()).limit(limit))).all()
    return [(row.id, row.text) for row in rows][::-1]
