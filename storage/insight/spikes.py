"""Spikes: what came in faster than it usually does, as rows; one stands for as long as it lasts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import counts
from storage.database import Work
from storage.tables import digests, mention_counts, spikes, subscriptions, tag_counts

ALL, TAG, NETWORK = "all", "tag:", "network:"


@dataclass(frozen=True)
class Spike:
    """`what` is all, tag:phishing, network:x. `count` came in during the hour before `seen_at`, `usual` would have been no surprise."""

    id: int
    what: str
    seen_at: datetime
    count: int
    usual: int
    over_at: datetime | None


_c = spikes.c
_select = sa.select(spikes).order_by(_c.seen_at, _c.count.desc(), _c.id)


def _spike(row: Mapping[Any, Any]) -> Spike:
    return Spike(**row)


async def _all(work: Work, query: sa.Select[Any]) -> list[Spike]:
    return [_spike(row) for row in (await work.execute(query)).mappings()]


async def add(work: Work, what: str, count: int, usual: int) -> int:
    """Seen now; its id."""
    row = {"what": what, "seen_at": await work.now(), "count": count, "usual": usual}
    return int((await work.execute(sa.insert(spikes).values(row).returning(_c.id))).scalar_one())


async def end(work: Work, ids: Collection[int]) -> None:
    """They have calmed down."""
    if ids:
        await work.execute(sa.update(spikes).where(_c.id.in_(ids), _c.over_at.is_(None)).values(over_at=await work.now()))


async def by_ids(work: Work, ids: Collection[int]) -> list[Spike]:
    return await _all(work, _select.where(_c.id.in_(ids)))


async def lasting(work: Work) -> list[Spike]:
    return await _all(work, _select.where(_c.over_at.is_(None)))


async def since(work: Work, moment: datetime) -> list[Spike]:
    """Those that were on at some time after it."""
    return await _all(work, _select.where(_c.over_at.is_(None) | (_c.over_at > moment)))


async def of_period(work: Work, begin: datetime, until: datetime) -> list[Spike]:
    """Those seen from `begin` to before `until`."""
    return await _all(work, _select.where(_c.seen_at >= begin, _c.seen_at < until))


async def untold(work: Work, subscription_id: int, after: datetime) -> list[Spike]:
    """Those seen after a moment, since the subscription was made, for which it has no digest: the slot of such a digest is `seen_at`.

    What was seen by one look has one `seen_at`: one digest tells all of it.
    """
    slot = sa.exists().where(digests.c.subscription_id == subscription_id, digests.c.slot == _c.seen_at)
    made_at = sa.select(subscriptions.c.made_at).where(subscriptions.c.id == subscription_id).scalar_subquery()
    return await _all(work, _select.where(_c.seen_at > after, _c.seen_at >= made_at, ~slot))


async def streams(work: Work, spans: Collection[tuple[datetime, datetime]]) -> dict[str, dict[datetime, int]]:
    """What came in by quarters of an hour, of these spans of time: messages in all and by network, cases by tag."""
    found: dict[str, dict[datetime, int]] = {}

    def add(what: str, quarter: datetime, n: int) -> None:
        of = found.setdefault(what, {})
        of[quarter] = of.get(quarter, 0) + n

    for since, until in spans:
        for quarter, network, n in await counts.within(work, mention_counts, since, until, "quarter", "network"):
            add(ALL, quarter, n)
            add(f"{NETWORK}{network}", quarter, n)
        for quarter, tag, n in await counts.within(work, tag_counts, since, until, "quarter", "tag"):
            add(f"{TAG}{tag}", quarter, n)
    return found


async def counted_from(work: Work) -> datetime | None:
    """The quarter of an hour of the first message that is counted."""
    first: datetime | None = await work.scalar(sa.select(sa.func.min(mention_counts.c.quarter)))
    return first
