"""A database that is away for a while, as a door meets it: whatever is asked of it fails."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa

from storage.database import Store

ASKED_FIRST = "people"  # whoever comes is looked up there before anything else


@asynccontextmanager
async def away(store: Store) -> AsyncIterator[None]:
    await _renamed(store, ASKED_FIRST, f"{ASKED_FIRST}_away")
    try:
        yield
    finally:
        await _renamed(store, f"{ASKED_FIRST}_away", ASKED_FIRST)


async def _renamed(store: Store, before: str, after: str) -> None:
    async with store.begin() as work:
        await work.execute(sa.text(f"ALTER TABLE {before} RENAME TO {after}"))
        await work.commit()
