"""What is paid to X, counted as X counts: each thing that is read once a day, each act when it is done."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

import structlog

from bot.networks.x.costs import Forecast, forecast
from handlers.networks import Purse

log = structlog.get_logger()

_KEPT = 200_000  # of the day's ids; forgetting them counts too much, never too little
_FRESH = 15  # seconds for which the month's sum is believed


class Meter:
    """Counting never stops an act: a customer was answered, whether or not the sum could be written down."""

    def __init__(self, purse: Purse, ceiling: Decimal) -> None:
        self._purse = purse
        self._ceiling = ceiling
        self._day = datetime.now(UTC).date()
        self._read: set[str] = set()
        self._spent = Decimal(0)
        self._asked_at = float("-inf")

    async def reads(self, what: str, ids: Iterable[str], each: Decimal) -> None:
        """X charges the same thing once in a day of UTC."""
        today = datetime.now(UTC).date()
        if today != self._day or len(self._read) > _KEPT:
            self._day, self._read = today, set()
        new = {one for one in ids if one not in self._read}
        self._read |= new
        if new:
            await self.pays(what, each, len(new))

    async def pays(self, what: str, each: Decimal, times: int = 1) -> None:
        try:
            await self._purse.pay(what, times, each)
        except Exception:
            log.exception("x_spending_not_counted", what=what, times=times)

    async def forecast(self, now: datetime) -> Forecast:
        return forecast(await self._purse.spent(), self._ceiling, now)

    async def thrift(self) -> str:
        """What is saved on now. What cannot be asked stays as it was."""
        if self._ceiling and time.monotonic() - self._asked_at > _FRESH:
            try:
                self._spent = await self._purse.spent()
                self._asked_at = time.monotonic()
            except Exception:
                log.exception("x_spending_not_known")
        return forecast(self._spent, self._ceiling, datetime.now(UTC)).thrift
