"""Exceptions: one case that a named person lets through a hold, and why. It ends with the hold that it was given in."""

from datetime import datetime

import sqlalchemy as sa

from storage.database import Work
from storage.tables import exceptions


async def add(work: Work, crisis_id: int, case_id: int, person_id: int, reason: str) -> int:
    row = {"crisis_id": crisis_id, "case_id": case_id, "person_id": person_id, "reason": reason, "at": await work.now()}
    return int((await work.execute(sa.insert(exceptions).values(row).returning(exceptions.c.id))).scalar_one())


async def holds_for(work: Work, case_id: int, since: datetime) -> bool:
    """Whether one was given at or after a moment: the beginning of the present hold."""
    given = sa.exists().where(exceptions.c.case_id == case_id, exceptions.c.at >= since)
    return bool(await work.scalar(sa.select(given)))


async def count_since(work: Work, crisis_id: int, since: datetime) -> int:
    """How many cases a hold lets through."""
    mine = (exceptions.c.crisis_id == crisis_id) & (exceptions.c.at >= since)
    return int(await work.scalar(sa.select(sa.func.count(exceptions.c.case_id.distinct())).where(mine)))
