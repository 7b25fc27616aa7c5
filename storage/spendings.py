"""What networks that are paid for by the call have cost, by month (UTC)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import spendings

_s = spendings.c


async def add(work: Work, network: str, what: str, times: int, micros: int) -> None:
    """`micros`: millionths of a dollar, for all of these times together."""
    month = f"{await work.now():%Y-%m}"
    new = work.insert(spendings).values(network=network, month=month, what=what, times=times, micros=micros)
    more = {"times": _s.times + times, "micros": _s.micros + micros}
    await work.execute(new.on_conflict_do_update(index_elements=["network", "month", "what"], set_=more))


async def of_month(work: Work, network: str) -> Sequence[sa.Row[Any]]:
    """Rows of what, times, micros of the present month."""
    month = f"{await work.now():%Y-%m}"
    query = sa.select(_s.what, _s.times, _s.micros).where(_s.network == network, _s.month == month).order_by(_s.what)
    return (await work.execute(query)).all()


async def by_network(work: Work) -> Sequence[sa.Row[Any]]:
    """Rows of network, micros of the present month."""
    month = f"{await work.now():%Y-%m}"
    query = sa.select(_s.network, sa.func.sum(_s.micros).label("micros")).where(_s.month == month)
    return (await work.execute(query.group_by(_s.network).order_by(_s.network))).all()


async def total(work: Work, network: str) -> int:
    return sum(row.micros for row in await of_month(work, network))
