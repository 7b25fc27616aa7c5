"""What networks that are paid for by the call have cost this month: one purse for all processes."""

from dataclasses import dataclass
from decimal import Decimal

from storage import spendings
from storage.database import Store

MICROS = 1_000_000


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
