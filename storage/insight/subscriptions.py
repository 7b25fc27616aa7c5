"""Who is owed a digest, where, how often and in which language. One that is ended stays: its digests point at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import subscriptions

_s = subscriptions.c


@dataclass(frozen=True)
class Subscription:
    """`target` is a channel's id in `workspace`, or an address where that is `email`; `name` is as people call it."""

    id: int
    workspace: str
    target: str
    name: str
    rhythm: str
    at: str
    weekday: int | None
    timezone: str
    language: str
    shared: bool
    made_by: int
    confirmed_by: int | None
    made_at: datetime
    ended_at: datetime | None


_COLUMNS = [_s[name] for name in Subscription.__dataclass_fields__]


def _subscription(row: sa.Row[Any]) -> Subscription:
    return Subscription(**row._asdict())


async def add(work: Work, values: Mapping[str, Any]) -> Subscription:
    new = sa.insert(subscriptions).values(**values, made_at=await work.now()).returning(*_COLUMNS)
    return _subscription((await work.execute(new)).one())


async def get(work: Work, subscription_id: int) -> Subscription | None:
    row = (await work.execute(sa.select(*_COLUMNS).where(_s.id == subscription_id))).first()
    return _subscription(row) if row else None


async def owed(work: Work, subscription_id: int) -> Subscription | None:
    """Who is owed now what that one was: where it was changed since, whatever took its place; None when nothing did.

    Who let outsiders read in either wanted counts only.
    """
    one = await get(work, subscription_id)
    if one is None or one.ended_at is None:
        return one
    after = await standing(work, _s.workspace == one.workspace, _s.target == one.target, _s.rhythm == one.rhythm)
    return replace(after[-1], shared=one.shared or after[-1].shared) if after else None


async def standing(work: Work, *where: sa.ColumnElement[bool]) -> Sequence[Subscription]:
    """Those that are not ended, oldest first."""
    rows = await work.execute(sa.select(*_COLUMNS).where(_s.ended_at.is_(None), *where).order_by(_s.id))
    return [_subscription(row) for row in rows]


async def of_target(work: Work, workspace: str, target: str) -> Sequence[Subscription]:
    return await standing(work, _s.workspace == workspace, _s.target == target)


async def of_rhythm(work: Work, rhythm: str) -> Sequence[Subscription]:
    return await standing(work, _s.rhythm == rhythm)


async def end(work: Work, subscription_id: int, person_id: int) -> None:
    ended = {"ended_at": await work.now(), "ended_by": person_id}
    await work.execute(sa.update(subscriptions).where(_s.id == subscription_id, _s.ended_at.is_(None)).values(ended))


async def opened(work: Work, subscription_id: int) -> bool:
    """People from outside read there by now: counts only from here on. False when that was known."""
    return bool((await work.execute(sa.update(subscriptions).where(_s.id == subscription_id, ~_s.shared).values(shared=True))).rowcount)
