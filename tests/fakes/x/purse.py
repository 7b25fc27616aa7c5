"""A purse in memory, which can be told to be empty or broken."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class FakePurse:
    before: Decimal = Decimal(0)
    paid: Counter[str] = field(default_factory=Counter)
    total: Decimal = Decimal(0)
    broken: bool = False

    async def pay(self, what: str, times: int, each: Decimal) -> None:
        if self.broken:
            raise RuntimeError("no database")
        self.paid[what] += times
        self.total += times * each

    async def spent(self) -> Decimal:
        if self.broken:
            raise RuntimeError("no database")
        return self.before + self.total
