"""Keys that this house signs with: made once, the same for every process."""

import sqlalchemy as sa

from storage.database import Work
from storage.tables import keys


async def get_or_make(work: Work, name: str, fresh: str) -> str:
    """The key of that name; `fresh` becomes it when there is none."""
    new = work.insert(keys).values(name=name, value=fresh, made_at=await work.now()).on_conflict_do_nothing()
    await work.execute(new)
    return str(await work.scalar(sa.select(keys.c.value).where(keys.c.name == name)))
