"""The figures of a day for whoever looks at them, and what became of the digests. Reading only."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from handlers.acts import Act, admit, may
from handlers.errors import BadInput, NotAllowed
from handlers.insight.digests import DAY, Digests
from handlers.insight.figures import Figures, Period
from handlers.insight.slots import quarter
from handlers.insight.subscriptions import promised
from handlers.ports import Who
from storage.database import Work
from storage.insight import digests, subscriptions
from storage.insight.digests import Digest as Composed
from storage.people import Person

KEPT, FRESH = 8, 60.0  # periods, seconds: a page, its pictures and its table are told the same
LATE = timedelta(minutes=10)
LISTED = 20
OLDEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Went:
    """What became of one digest. `state`: sent, waiting or failed; `slot` is when it was owed."""

    name: str
    rhythm: str
    slot: datetime
    state: str
    at: datetime | None
    late: bool
    missed: int
    reason: str


@dataclass
class Viewing:
    digests: Digests
    _kept: dict[Period, tuple[float, Figures]] = field(default_factory=dict, repr=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def of(self, who: Who, day: str = "") -> Figures:
        """Of the last 24 hours, or of a day ("2026-11-20") by the clock of whoever looks. Raises BadInput for what is no day so far."""
        async with self.digests.store.read() as work:
            person = await admit(work, who, Act.SEE)
            period = _period(day, person.timezone, await work.now())
        async with self._turn:  # of all who look at once one composes, and those who wait hold nothing of the database
            found = self._kept.get(period)
            if found is None or time.monotonic() - found[0] > FRESH:
                found = time.monotonic(), await self._composed(period)
                self._keep(period, found)
            return found[1]

    async def _composed(self, period: Period) -> Figures:
        async with self.digests.store.read() as work:
            return await self.digests.compose(work, period)

    def _keep(self, period: Period, found: tuple[float, Figures]) -> None:
        self._kept.pop(period, None)
        self._kept[period] = found
        while len(self._kept) > KEPT:
            self._kept.pop(next(iter(self._kept)))

    async def went(self, who: Who) -> Sequence[Went]:
        """The latest digests, the newest first. Raises NotAllowed: where they go is not everybody's."""
        async with self.digests.store.read() as work:
            _subscribes(await admit(work, who, Act.SEE))
            return [await self._went(work, one) for one in await digests.of_late(work, LISTED)]

    async def _went(self, work: Work, one: Composed) -> Went:
        kept = await subscriptions.get(work, one.subscription_id)
        promise = promised(kept) if kept else None
        state, at = ("sent", one.sent_at) if one.sent_at else ("failed", one.failed_at) if one.failed_at else ("waiting", None)
        owed = one.missed != digests.ASKED_FOR
        late = owed and (at or one.composed_at or one.slot) - one.slot > LATE
        name, rhythm = (promise.name, promise.rhythm.name) if promise else ("", "")
        return Went(name, rhythm if owed else "now", one.slot, state, at, late, max(0, one.missed), one.reason or "")


def _subscribes(person: Person) -> None:
    if not (may(person, Act.SUBSCRIBE) or may(person, Act.CONFIRM_SHARED)):
        raise NotAllowed(roles=("lead", "manager", "marketing", "admin"))


def _period(day: str, timezone: str, now: datetime) -> Period:
    zone = ZoneInfo(timezone)
    if not day:
        return Period(quarter(now) - DAY, quarter(now), timezone)
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        raise BadInput(field="at", problem="no_moment") from None
    if not OLDEST <= asked <= now.astimezone(zone).date():
        raise BadInput(field="at", problem="not_gone_by")
    begins, ends = (datetime.combine(one, clock_time(), zone) for one in (asked, asked + timedelta(days=1)))
    return Period(quarter(begins), quarter(ends), timezone)
