"""Takes what a person wrote, and who they are, out of every table; what was counted, decided and chained stays.

The messages that show it elsewhere are another file's: storage/erased_messages.py.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.mentions import trace
from storage.tables import (
    callbacks,
    cases,
    customers,
    deadlines,
    drafts,
    exceptions,
    mention_changes,
    mentions,
    notes,
    outbox,
    raw_payloads,
    replies,
    timeline,
    versions,
    writings,
)
from storage.timeline import case_chain
from storage.types import DraftStatus, ReplyState, SendState, Status

TELLING = 4  # characters: a shorter name or id would be found in the messages of others
_TRIED = (SendState.PENDING, SendState.FAILED_FOR_NOW)


@dataclass(frozen=True)
class Account:
    """One account of somebody, and how many of its cases still hold what was written."""

    id: int
    network: str
    external_id: str
    handle: str
    name: str
    cases: int


async def accounts(work: Work, network: str, name: str) -> list[list[Account]]:
    """Whoever has that handle (with or without @), name of account or id: one list per person, each with the accounts linked to it."""
    c, bare = customers.c, name.strip().lstrip("@").lower()
    same = sa.func.lower(c.handle).in_((bare, f"@{bare}")) | (c.external_id == name.strip())
    found = sa.select(sa.func.coalesce(c.linked_to, c.id)).where(c.network == network, c.erased_at.is_(None), same)
    roots = sorted(set((await work.execute(found)).scalars())) if bare else []
    return [await _linked(work, root) for root in roots]


async def _linked(work: Work, root: int) -> list[Account]:
    c = customers.c
    kept = sa.select(sa.func.count()).where(cases.c.customer_id == c.id, cases.c.erased_at.is_(None)).correlate(customers)
    query = sa.select(c.id, c.network, c.external_id, c.handle, c.name, kept.scalar_subquery().label("cases"))
    whole = query.where((c.id == root) | (c.linked_to == root), c.erased_at.is_(None)).order_by(c.id)
    return [Account(**row) for row in (await work.execute(whole)).mappings()]


async def hold(work: Work, customer_ids: Sequence[int]) -> list[int]:
    """The cases of these customers that still hold something; customers and cases are held until the end, as an intake holds them."""
    if work.on_postgresql:
        await work.execute(sa.select(customers.c.id).where(customers.c.id.in_(customer_ids)).order_by(customers.c.id).with_for_update())
    query = sa.select(cases.c.id).where(cases.c.customer_id.in_(customer_ids), cases.c.erased_at.is_(None)).order_by(cases.c.id)
    return list((await work.execute(work.locking(query))).scalars())


def _on_the_way(case_id: sa.ColumnElement[int | None]) -> sa.ColumnElement[bool]:
    """What a sender has in hand, or a network may have got already."""
    o = outbox.c
    tried = (o.kind == "publish") & o.state.in_(_TRIED) & (o.attempt > 0)
    return (o.case_id == case_id) & ((o.state == SendState.SENDING) | tried)


async def on_the_way(work: Work, case_ids: Sequence[int]) -> list[int]:
    """Cases of which something is leaving at this moment; their rows are held, so that nothing more sets out."""
    if work.on_postgresql:
        await work.execute(sa.select(outbox.c.id).where(outbox.c.case_id.in_(case_ids)).order_by(outbox.c.id).with_for_update())
    query = sa.select(cases.c.id).where(cases.c.id.in_(case_ids), sa.exists().where(_on_the_way(cases.c.id))).order_by(cases.c.id)
    return list((await work.execute(query)).scalars())


async def expired(work: Work, before: datetime, limit: int) -> list[int]:
    """Cases closed before a moment that still hold something, the oldest first; held, and none of which anything is leaving."""
    c = cases.c
    closed = (c.status == Status.CLOSED) & c.erased_at.is_(None) & (c.closed_at < before)
    old = sa.select(c.id).where(closed, ~sa.exists().where(_on_the_way(c.id)))
    return list((await work.execute(work.locking(old.order_by(c.closed_at).limit(limit), skip=True))).scalars())


@dataclass(frozen=True)
class Public:
    """A reply that stands, or may stand, where we cannot reach: on its network."""

    case_id: int
    network: str
    external_id: str | None
    url: str | None
    sure: bool  # False when nobody can tell whether it arrived


async def public_replies(work: Work, case_ids: Sequence[int]) -> list[Public]:
    c = replies.c
    query = sa.select(c.case_id, cases.c.network, c.external_id, c.url, c.state).join(cases, cases.c.id == c.case_id)
    out = c.state.in_((ReplyState.SENT, ReplyState.UNCONFIRMED)) & c.deleted_at.is_(None)
    rows = await work.execute(query.where(c.case_id.in_(case_ids), out).order_by(c.id))
    return [Public(row.case_id, row.network, row.external_id, row.url, row.state == ReplyState.SENT) for row in rows]


async def blank_cases(work: Work, case_ids: Sequence[int]) -> None:
    """Everything that customers and we wrote in these cases. What was still to be decided has ended with it."""
    await _blank_mentions(work, case_ids)
    await _blank_answers(work, case_ids)
    await _blank_inside(work, case_ids)
    await _blank_timeline(work, case_ids)
    now = await work.now()
    ended = {"status": Status.CLOSED, "closed_at": sa.func.coalesce(cases.c.closed_at, sa.bindparam("now", now, cases.c.closed_at.type))}
    values = {**ended, "erased_at": now, "cluster": -cases.c.id, "conversation_id": sa.literal("erased:") + sa.cast(cases.c.id, sa.Text)}
    await work.execute(sa.update(cases).where(cases.c.id.in_(case_ids)).values(values))


async def _blank_mentions(work: Work, case_ids: Sequence[int]) -> None:
    theirs = sa.select(mentions.c.id).where(mentions.c.case_id.in_(case_ids))
    for table in (mention_changes, raw_payloads):
        await work.execute(sa.delete(table).where(table.c.mention_id.in_(theirs)))
    c = mentions.c
    rows = (await work.execute(sa.select(c.id, c.network, c.external_id).where(c.case_id.in_(case_ids)))).all()
    said: dict[str, Any] = {"text": "", "url": None, "suggestion": {}, "attachments": sa.null(), "context": None}
    gone = {**said, "cluster": -c.id, "external_id": sa.bindparam("trace")}
    traces = [{"mention": row.id, "trace": trace(row.network, row.external_id)} for row in rows]
    if traces:
        await work.execute(sa.update(mentions).where(c.id == sa.bindparam("mention")).values(gone), traces)


async def _blank_answers(work: Work, case_ids: Sequence[int]) -> None:
    """A reply keeps its id on the network for as long as it stands there, so that it can still be deleted."""
    theirs, now = sa.select(drafts.c.id).where(drafts.c.case_id.in_(case_ids)), await work.now()
    gone = {"text": "", "findings": [], "in_reply_to": ""}
    await work.execute(sa.update(versions).where(versions.c.draft_id.in_(theirs)).values(gone))
    alive = drafts.c.status.in_((DraftStatus.WRITTEN, DraftStatus.IN_APPROVAL, DraftStatus.APPROVED))
    ended = {"status": DraftStatus.WITHDRAWN, "ended_at": now}
    await work.execute(sa.update(drafts).where(drafts.c.case_id.in_(case_ids), alive).values(ended))
    await work.execute(sa.update(drafts).where(drafts.c.case_id.in_(case_ids)).values(reason=None))
    mine = replies.c.case_id.in_(case_ids)
    await work.execute(sa.update(replies).where(mine, replies.c.state != ReplyState.SENT).values(state=ReplyState.WITHDRAWN))
    await work.execute(sa.update(replies).where(mine).values(reason=None, url=None))
    await work.execute(sa.delete(writings).where(writings.c.case_id.in_(case_ids)))


async def _blank_inside(work: Work, case_ids: Sequence[int]) -> None:
    """Notes, call-backs, exceptions; clocks that ran for the case stop."""
    now = await work.now()
    await work.execute(sa.update(notes).where(notes.c.case_id.in_(case_ids)).values(text=""))
    await work.execute(sa.update(exceptions).where(exceptions.c.case_id.in_(case_ids)).values(reason=""))
    mine = callbacks.c.case_id.in_(case_ids)
    await work.execute(sa.update(callbacks).where(mine).values(reach_at="", outcome=None))
    await work.execute(sa.update(callbacks).where(mine, callbacks.c.done_at.is_(None)).values(done_at=now))
    running = deadlines.c.case_id.in_(case_ids) & deadlines.c.met_at.is_(None)
    await work.execute(sa.update(deadlines).where(running).values(met_at=now))


async def _blank_timeline(work: Work, case_ids: Sequence[int]) -> None:
    """The links stay, and with them the proof that none was added, moved or taken out."""
    theirs = timeline.c.chain.in_([case_chain(case_id) for case_id in case_ids])
    await work.execute(sa.update(timeline).where(theirs).values(payload=sa.null(), salt=None))


async def empty_customers(work: Work, case_ids: Sequence[int]) -> list[int]:
    """Customers of these cases none of whose cases holds anything any more."""
    c = customers.c
    left = sa.exists().where(cases.c.customer_id == c.id, cases.c.erased_at.is_(None))
    theirs = sa.select(cases.c.customer_id).where(cases.c.id.in_(case_ids))
    query = sa.select(c.id).where(c.id.in_(theirs), c.erased_at.is_(None), ~left).order_by(c.id)
    return list((await work.execute(work.locking(query))).scalars())


async def blank_customers(work: Work, customer_ids: Sequence[int]) -> None:
    """A shell stays, so that counts hold; whoever writes again is somebody new. Accounts linked to a shell stay linked to each other."""
    now, nobody = await work.now(), {"handle": "", "name": "", "kind": "unknown", "kind_set_by": None, "reach": 0, "linked_to": None}
    for customer_id in customer_ids:
        await _unlink(work, customer_id)
        token = f"erased:{secrets.token_hex(16)}"
        shell = sa.update(customers).where(customers.c.id == customer_id).values(**nobody, external_id=token, erased_at=now)
        await work.execute(shell)


async def _unlink(work: Work, customer_id: int) -> None:
    c = customers.c
    others = list((await work.execute(sa.select(c.id).where(c.linked_to == customer_id).order_by(c.id))).scalars())
    if others:
        await work.execute(sa.update(customers).where(c.id.in_(others[1:])).values(linked_to=others[0]))
        await work.execute(sa.update(customers).where(c.id == others[0]).values(linked_to=None))


async def drop_refused(work: Work, names: Iterable[Sequence[str]]) -> int:
    """Deliveries that could not be read, and were kept aside, in which somebody's id or handle stands as a word of its own."""
    wanted = sorted({one for known in names for one in known if len(one.lstrip("@")) >= TELLING})
    gone: list[int] = []
    for name in wanted:
        escaped = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = sa.select(raw_payloads.c.id, raw_payloads.c.body).where(
            raw_payloads.c.mention_id.is_(None), raw_payloads.c.body.ilike(f"%{escaped}%", escape="\\")
        )
        alone = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        gone += [row.id for row in await work.execute(query) if alone.search(row.body)]
    await work.execute(sa.delete(raw_payloads).where(raw_payloads.c.id.in_(gone)))
    return len(set(gone))


async def what_there_is(work: Work, case_ids: Sequence[int]) -> dict[str, int]:
    """How many mentions, drafts and notes these cases hold."""
    tables = {"mentions": mentions, "drafts": drafts, "notes": notes}
    asked = {name: sa.select(sa.func.count()).select_from(table).where(table.c.case_id.in_(case_ids)) for name, table in tables.items()}
    return {name: int(await work.scalar(query)) for name, query in asked.items()}
