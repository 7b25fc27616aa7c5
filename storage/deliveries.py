"""What was delivered to us, by its source and the source's own id, so that what comes again is known."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from storage.database import Work, along
from storage.tables import deliveries

_d = deliveries.c


class Repeated(Exception):
    """What this delivery asks for was done already. Nothing was done again."""


async def first(work: Work, source: str, delivery_id: str) -> bool:
    """True once per delivery; a replayed one is known."""
    row = {"source": source, "delivery_id": delivery_id, "at": await work.now()}
    return bool((await work.execute(work.insert(deliveries).values(row).on_conflict_do_nothing())).rowcount)


async def is_known(work: Work, source: str, delivery_id: str) -> bool:
    query = sa.select(sa.exists().where(_d.source == source, _d.delivery_id == delivery_id))
    return bool(await work.scalar(query))


async def drop(work: Work, before: datetime) -> int:
    return (await work.execute(sa.delete(deliveries).where(_d.at < before))).rowcount


@contextmanager
def once(source: str, delivery_id: str) -> Iterator[None]:
    """What is done meanwhile is done once per delivery, in whichever process: its first commit writes the delivery down with it.

    Raises Repeated there when another did. What commits nothing may be repeated.
    """
    noted: Work | None = None  # rolled back, it is to be noted again
    over = False

    async def note(work: Work) -> None:
        nonlocal noted
        if over or (noted and noted.committed):
            return
        if not await first(work, source, delivery_id):
            raise Repeated
        noted = work

    try:
        with along(note):
            yield
    finally:
        over = True  # a task that was begun meanwhile and goes on is not this delivery
