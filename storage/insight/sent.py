"""What left for customers in a period, by network, and where the latest of it can be read."""

from datetime import datetime

import sqlalchemy as sa

from storage.database import Work
from storage.tables import cases, replies
from storage.types import ReplyState

_r = replies.c


def _sent(since: datetime, until: datetime) -> sa.ColumnElement[bool]:
    return (_r.state == ReplyState.SENT) & (_r.sent_at >= since) & (_r.sent_at < until) & ~cases.c.exercise


async def by_network(work: Work, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """(network, replies), most first."""
    n = sa.func.count().label("n")
    query = sa.select(cases.c.network, n).join(replies, _r.case_id == cases.c.id).where(_sent(since, until)).group_by(cases.c.network)
    return [(row.network, row.n) for row in await work.execute(query.order_by(n.desc(), cases.c.network))]


async def links(work: Work, since: datetime, until: datetime, network: str, most: int = 5) -> list[tuple[int, str]]:
    """(case, address) of the latest that can still be read there."""
    stands = _r.url.is_not(None) & (_r.url != "") & _r.deleted_at.is_(None) & (cases.c.network == network)
    query = sa.select(_r.case_id, _r.url).join(cases, cases.c.id == _r.case_id).where(_sent(since, until), stands)
    return [(row.case_id, row.url) for row in await work.execute(query.order_by(_r.sent_at.desc(), _r.id.desc()).limit(most))]
