"""Long lines of posts: the low ones are folded, one card of their lane counts them, and they come back when the line is short."""

import sqlalchemy as sa

from storage.database import Work
from storage.outbox import READY
from storage.tables import outbox
from storage.types import SendState

_o = outbox.c


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
    count, gravest = tuple((await work.execute(query)).one())
    return count, gravest


async def standing(work: Work, lane: str, kind: str) -> str | None:
    """The latest message of a kind that a lane shows."""
    query = sa.select(_o.external_id).where(_o.lane == lane, _o.kind == kind, _o.external_id.is_not(None)).order_by(_o.id.desc()).limit(1)
    found: str | None = await work.scalar(query)
    return found


async def lanes_to_fold(work: Work) -> dict[str, int]:
    """Lane → posts in line, of the lanes that have any or have folded rows."""
    ready = sa.func.count().filter(_o.state.in_(READY))
    query = sa.select(_o.lane, ready.label("n")).where(_o.state.in_((*READY, SendState.FOLDED)), _o.act == "post").group_by(_o.lane)
    return {row.lane: row.n for row in await work.execute(query)}
