"""What a monitoring system asks again and again, besides the counts: each a short look into an index, however much there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage import counts
from storage.database import Work
from storage.tables import case_counts, digests, drafts, mention_counts, open_counts, replies, spikes, subscriptions
from storage.types import DraftStatus, ReplyState

ALIVE = (DraftStatus.WRITTEN, DraftStatus.IN_APPROVAL, DraftStatus.APPROVED)
NOT_SENT = (ReplyState.WAITING, ReplyState.HELD, ReplyState.UNCONFIRMED, ReplyState.REFUSED, ReplyState.WITHDRAWN)
SETTLED = timedelta(hours=2)  # what was counted so long ago does not change any more


@dataclass
class Total:
    """Everything that was ever counted, by one of its keys or in all: long past quarters of an hour are added up once."""

    table: sa.Table
    name: str | None = None
    _until: datetime | None = None
    _past: dict[str, int] = field(default_factory=dict)

    async def read(self, work: Work) -> dict[str, int]:
        """Without a key everything stands under ""."""
        edge = (await work.now() - SETTLED).replace(minute=0, second=0, microsecond=0)
        if self._until is None or self._until > edge:  # a clock was set back
            self._past, self._until = await self._sum(work, self.table.c.quarter < edge), edge
        elif self._until < edge:
            added = await self._sum(work, self.table.c.quarter >= self._until, self.table.c.quarter < edge)
            self._past, self._until = _plus(self._past, added), edge
        return _plus(self._past, await self._sum(work, self.table.c.quarter >= edge))

    async def _sum(self, work: Work, *where: sa.ColumnElement[bool]) -> dict[str, int]:
        found = await counts.by(work, self.table, *([self.name] if self.name else []), where=where)
        return {row[0] if self.name else "": row[-1] for row in found}


def mentions_by_network() -> Total:
    return Total(mention_counts, "network")


def all_cases() -> Total:
    return Total(case_counts)


async def moment(work: Work) -> datetime:
    """Now; asked of the database itself, so that it is known to answer."""
    await work.scalar(sa.select(1))
    return await work.now()


async def open_cases(work: Work) -> dict[tuple[int, bool], int]:
    """By severity and whether they are about the crisis."""
    return {(row[0], row[1]): row[2] for row in await counts.by(work, open_counts, "severity", "crisis")}


def _plus(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


@dataclass(frozen=True)
class Waits:
    """How many of each state, and since when the oldest of those that wait does."""

    by_state: Mapping[str, int]
    oldest_at: datetime | None


async def drafts_alive(work: Work) -> Waits:
    """Those under way; the oldest waits for approval."""
    c = drafts.c
    alive = c.status.in_(sa.bindparam("alive", ALIVE, expanding=True, literal_execute=True))  # in the statement, so that the index serves
    found = await _by(work, sa.select(c.status, sa.func.count()).where(alive).group_by(c.status))
    oldest = await work.scalar(sa.select(sa.func.min(c.created_at)).where(alive, c.status == DraftStatus.IN_APPROVAL))
    return Waits({status: found.get(status, 0) for status in ALIVE}, oldest)


async def replies_kept(work: Work) -> Mapping[str, int]:
    """Those that have not left."""
    c = replies.c
    found = await _by(work, sa.select(c.state, sa.func.count()).where(c.state.in_(NOT_SENT)).group_by(c.state))
    return {state: found.get(state, 0) for state in NOT_SENT}


async def digests_since(work: Work, since: datetime) -> Waits:
    """Of those owed since a moment: sent, failed, or waiting to leave."""
    d = digests.c
    state = sa.case((d.sent_at.is_not(None), "sent"), (d.failed_at.is_not(None), "failed"), else_="waiting")
    theirs = sa.select(d.slot, state.label("state")).select_from(subscriptions).join(digests, d.subscription_id == subscriptions.c.id)
    each = theirs.where(d.slot >= since).subquery().c
    rows: Sequence[Any] = (await work.execute(sa.select(each.state, sa.func.count(), sa.func.min(each.slot)).group_by(each.state))).all()
    found = {state: (count, oldest) for state, count, oldest in rows}
    return Waits({name: found.get(name, (0, None))[0] for name in ("sent", "failed", "waiting")}, found.get("waiting", (0, None))[1])


async def spikes_seen(work: Work) -> tuple[int, int]:
    """(those that last, all that were ever seen)."""
    lasting = sa.select(sa.func.count()).where(spikes.c.over_at.is_(None))
    return int(await work.scalar(lasting)), int(await work.scalar(sa.select(sa.func.count()).select_from(spikes)))


async def subscribed(work: Work) -> int:
    return int(await work.scalar(sa.select(sa.func.count()).where(subscriptions.c.ended_at.is_(None))))


async def _by(work: Work, query: sa.Select[Any]) -> dict[str, int]:
    rows: Sequence[Any] = (await work.execute(query)).all()
    return {str(name): count for name, count in rows}
