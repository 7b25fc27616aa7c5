"""What networks that are paid for by the call have cost this month: one purse for all processes, and what managers are told of it."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from storage import spendings
from storage.database import Store, Work

MICROS = 1_000_000
TELLS_AFTER = timedelta(days=1)  # of a month, before it says how much all of it will cost


@dataclass(frozen=True)
class KeptPurse:
    """A `Purse` of handlers.networks."""

    store: Store
    network: str

    async def pay(self, what: str, times: int, each: Decimal) -> None:
        if times:
            async with self.store.begin() as work:
                await spendings.add(work, self.network, what, times, int(times * each * MICROS))
                await work.commit()

    async def spent(self) -> Decimal:
        async with self.store.read() as work:
            return Decimal(await spendings.total(work, self.network)) / MICROS


@dataclass(frozen=True)
class Cost:
    """In dollars, in this month (UTC). `ceiling`: None for none; `by_end`: if it goes on like this, None while nobody can tell."""

    network: str
    spent: Decimal
    ceiling: Decimal | None
    by_end: Decimal | None


async def costs(work: Work, ceilings: Mapping[str, Decimal]) -> tuple[Cost, ...]:
    """`ceilings` by network, 0 for none. Networks that have cost nothing yet are left out."""
    now = await work.now()
    begun = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    share = (now - begun) / timedelta(days=monthrange(now.year, now.month)[1])
    found = [(row.network, Decimal(row.micros) / MICROS) for row in await spendings.by_network(work)]
    tells = now - begun >= TELLS_AFTER
    return tuple(Cost(name, spent, ceilings.get(name) or None, spent / Decimal(share) if tells else None) for name, spent in found)
