"""How the house itself fares: what a load balancer and a monitoring system ask. Counts only, no word of anybody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage import health, migrate, status
from storage.database import Store
from storage.status import Backlog

HOUSE = "house"


@dataclass(frozen=True)
class Reading:
    """`doors` are rows of the health table; `totals` rows ever stored by table."""

    at: datetime
    totals: dict[str, int]
    open: int
    unowned: int
    oldest_unowned_at: datetime | None
    by_severity: dict[int, int]
    backlog: Sequence[Backlog]
    doors: Sequence[Any]


@dataclass(frozen=True)
class Vitals:
    store: Store

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
        async with self.store.read() as work:
            counts = await status.read(work)
            return Reading(
                await work.now(),
                await status.totals(work),
                counts.open,
                counts.unowned,
                counts.oldest_unowned_at,
                counts.by_severity,
                await status.backlog(work),
                await health.of_doors(work),
            )
