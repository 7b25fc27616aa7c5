"""How the house itself fares: what a load balancer and a monitoring system ask. Counts only, no word of anybody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from storage import counts as counted
from storage import crises, health, migrate, status
from storage.crises import Crisis
from storage.database import Store, Work
from storage.insight import gauges, standing, times
from storage.insight.gauges import Total, Waits
from storage.status import Backlog

HOUSE = "house"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Answered:
    """First answers of the last hour: how many, half of them and nine in ten within so many seconds; since when somebody waits."""

    n: int
    median: float | None
    p90: float | None
    oldest_at: datetime | None


@dataclass(frozen=True)
class Queues:
    """What is under way inside: drafts, replies that have not left, digests of the last day, spikes (lasting, ever seen)."""

    drafts: Waits
    replies: Mapping[str, int]
    digests: Waits
    subscriptions: int
    spikes: tuple[int, int]


@dataclass(frozen=True)
class Reading:
    """`doors` are rows of the health table; `open` cases by severity and whether they are about the crisis; `seconds` until one answer."""

    at: datetime
    seconds: float
    mentions: Mapping[str, int]
    cases: int
    open: Mapping[tuple[int, bool], int]
    unowned: int
    oldest_unowned_at: datetime | None
    ladders: Mapping[str, int]
    answered: Answered
    queues: Queues
    crisis: Crisis | None
    backlog: Sequence[Backlog]
    doors: Sequence[Any]


@dataclass(frozen=True)
class Vitals:
    store: Store
    mentions: Total = field(default_factory=gauges.mentions_by_network, compare=False)
    cases: Total = field(default_factory=gauges.all_cases, compare=False)

    async def ready(self) -> str | None:
        """None when the database answers and has our shape, else what is wrong: database_away, database_old."""
        try:
            return None if await migrate.is_current(self.store) else "database_old"
        except Exception:  # noqa: BLE001 - whatever it is, nobody should be sent here now
            return "database_away"

    async def wrong(self) -> str | None:
        """As `ready`, and whether a row can still be written: database_away, database_old, disk_full."""
        try:
            async with self.store.begin() as work:
                await health.report(work, HOUSE, health.WELL)
                await work.commit()
        except Exception as error:  # noqa: BLE001
            return "disk_full" if "full" in str(error).lower() else "database_away"
        return await self.ready()

    async def introduce(self, doors: Iterable[str]) -> None:
        """These are on every status from the start, before anything has gone through them."""
        async with self.store.begin() as work:
            await health.introduce(work, sorted(doors))
            await work.commit()

    async def read(self) -> Reading:
        """In a short time however much there is."""
        began = perf_counter()
        async with self.store.read() as work:
            now = await gauges.moment(work)
            seconds = perf_counter() - began
            counts = await status.read(work)
            return Reading(
                at=now,
                seconds=seconds,
                mentions=await self.mentions.read(work),
                cases=(await self.cases.read(work)).get("", 0),
                open=await gauges.open_cases(work),
                unowned=counts.unowned,
                oldest_unowned_at=counts.oldest_unowned_at,
                ladders=await counted.ladders(work),
                answered=await _answered(work, now),
                queues=await _queues(work, now),
                crisis=await crises.current(work),
                backlog=await status.backlog(work),
                doors=await health.of_doors(work),
            )


async def _answered(work: Work, now: datetime) -> Answered:
    hour = await times.answered(work, now - HOUR, now)
    oldest = await standing.oldest(work)
    return Answered(hour.n, hour.median, hour.p90, oldest[1] if oldest else None)


async def _queues(work: Work, now: datetime) -> Queues:
    return Queues(
        await gauges.drafts_alive(work),
        await gauges.replies_kept(work),
        await gauges.digests_since(work, now - DAY),
        await gauges.subscribed(work),
        await gauges.spikes_seen(work),
    )
