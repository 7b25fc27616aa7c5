"""Who has waited longest for a first answer."""

from datetime import datetime

import sqlalchemy as sa

from storage.database import Work
from storage.tables import cases

_c = cases.c


async def oldest(work: Work) -> tuple[int, datetime] | None:
    """(case, since when) of the one that waits longest for its first answer."""
    waits = sa.text("status <> 'closed' AND answered_at IS NULL")  # as its index says it
    query = sa.select(_c.id, _c.opened_at).where(waits, ~_c.exercise).order_by(_c.opened_at, _c.id).limit(1)
    row = (await work.execute(query)).first()
    return (row.id, row.opened_at) if row else None
