"""Who reads a source at this moment: one process, for as long as it renews its lease."""

from datetime import timedelta

import sqlalchemy as sa

from storage.database import Work
from storage.tables import listeners

_l = listeners.c


async def hold(work: Work, source: str, owner: str, lease: timedelta) -> bool:
    """Take the source, or go on with it; False while another process reads it."""
    now = await work.now()
    values = {"owner": owner, "until": now + lease}
    new = work.insert(listeners).values(source=source, **values)
    mine_or_free = (_l.owner == owner) | (_l.until < now)
    return bool((await work.execute(new.on_conflict_do_update(index_elements=["source"], set_=values, where=mine_or_free))).rowcount)


async def let_go(work: Work, source: str, owner: str) -> None:
    """Another process may go on at once."""
    await work.execute(sa.delete(listeners).where(_l.source == source, _l.owner == owner))
