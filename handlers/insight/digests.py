"""Digests that are owed: composed once for each time, by whichever replica looks first, and queued in the same transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from handlers.acts import Act, admit
from handlers.escalation.bells import EMAIL
from handlers.insight.commands import Asked
from handlers.insight.figures import Figures, Period, as_plain
from handlers.insight.refusals import NoSuchSubscription
from handlers.insight.slots import HOURLY, SPIKE, Calendar, quarter
from handlers.insight.subscriptions import goes_to, rhythm_of
from handlers.ports import Who
from storage import health, outbox
from storage.database import Store, Work
from storage.insight import digests, spikes, subscriptions
from storage.insight.digests import New
from storage.insight.subscriptions import Subscription
from storage.outbox import Wish
from storage.people import Person
from storage.types import NORMAL

log = structlog.get_logger()
DAY, HOUR, QUARTER = timedelta(days=1), timedelta(hours=1), timedelta(minutes=15)
DOOR = "digests"  # how they fare, where the doors are told
KIND, SHEETS = "digest", "sheets"
Compose = Callable[[Work, Period], Awaitable[Figures]]


@dataclass(frozen=True)
class Owed:
    """One time that somebody is owed a digest. `missed` earlier ones are made up for by it; ASKED_FOR at once."""

    subscription: Subscription
    slot: datetime
    period: Period
    missed: int = 0


@dataclass(frozen=True)
class Read:
    """Figures, and the last erasure before they were read."""

    figures: Figures
    erasure: str


@dataclass
class _Composed:
    """Figures by their period: ten channels of one rhythm are told the same, and it is reckoned once."""

    compose: Compose
    store: Store
    by_period: dict[Period, Read] = field(default_factory=dict)

    async def of(self, period: Period) -> Read:
        if period not in self.by_period:
            async with self.store.read() as work:
                erasure = await digests.erasure(work)
                self.by_period[period] = Read(await self.compose(work, period), erasure)
        return self.by_period[period]


@dataclass(frozen=True)
class Digests:
    store: Store
    compose: Compose
    calendar: Calendar

    async def fire(self) -> int:
        """Whatever is owed by now; how many were queued. One that cannot be composed keeps no other back, and is tried again."""
        async with self.store.read() as work:
            now = await work.now()
            standing, latest = await subscriptions.standing(work), await digests.latest(work)
            risen = {one.id: await spikes.untold(work, one.id, now - DAY) for one in standing if one.rhythm == SPIKE}
        composed, queued, wrong = _Composed(self.compose, self.store), 0, ""
        for one in standing:
            try:
                seen = sorted({spike.seen_at for spike in risen.get(one.id, ())})
                owed = [self.on_spike(one, at) for at in seen] or list(self.owed(one, latest.get(one.id), now))
                queued += await self._settle(composed, owed)
            except Exception as error:
                log.exception("digest_not_composed", subscription=one.id, rhythm=one.rhythm)
                wrong = type(error).__name__
        if wrong or queued:
            await self._report(wrong)
        return queued

    async def _settle(self, composed: _Composed, owed: Sequence[Owed]) -> int:
        queued = 0
        for one in owed:
            queued += await self._queue(one, await composed.of(one.period))
            await asyncio.sleep(0)  # after a long outage there are many
        return queued

    async def _report(self, wrong: str) -> None:
        async with self.store.begin() as work:
            await health.report(work, DOOR, health.FAILING if wrong else health.WELL, wrong or None)
            await work.commit()

    def owed(self, one: Subscription, last: datetime | None, now: datetime) -> Iterator[Owed]:
        """Oldest first. Each morning that was missed has its own; hours that were missed are told together."""
        rhythm = rhythm_of(one)
        slots = self.calendar.due(rhythm, max(last or one.made_at, one.made_at), now)
        if one.rhythm == HOURLY and slots:
            since = quarter(last or self.calendar.before(rhythm, slots[0]))  # half an hour where clocks are set by half an hour
            yield Owed(one, slots[-1], Period(since, quarter(slots[-1]), one.timezone), len(slots) - 1)
            return
        for slot in slots:
            yield Owed(one, slot, Period(quarter(self.calendar.before(rhythm, slot)), quarter(slot), one.timezone))

    def on_spike(self, one: Subscription, seen_at: datetime) -> Owed:
        """The last day up to the quarter of an hour in which it rose; what one look saw is one slot."""
        owed = self.until_now(one, seen_at)
        return replace(owed, period=replace(owed.period, until=quarter(seen_at) + QUARTER), missed=0)

    def until_now(self, one: Subscription, now: datetime) -> Owed:
        """What would be told at this moment: since the last time that one was owed, or the one before where that is no hour ago.

        Of what comes when it comes: the last day.
        """
        before = self.calendar.before(rhythm_of(one), now)
        since = quarter(before) if quarter(now) - quarter(before) >= HOUR else quarter(self.calendar.before(rhythm_of(one), before))
        return Owed(one, now, Period(since, quarter(now), one.timezone), digests.ASKED_FOR)

    async def _queue(self, owed: Owed, read: Read) -> bool:
        """False when another replica was faster, or somebody has unsubscribed meanwhile, or was erased: then it is composed anew soon."""
        async with self.store.begin() as work:
            await work.lock_names([digests.WORDS])
            one = await subscriptions.get(work, owed.subscription.id)
            if one is None or one.ended_at or await digests.erasure(work) != read.erasure:
                return False
            kept = as_plain(read.figures.counts_only() if one.shared else read.figures)
            new = New(one.id, owed.slot, owed.period.since, owed.period.until, kept, owed.missed)
            digest_id = await digests.add(work, new)
            if digest_id is None:
                return False
            await outbox.put(work, [wish_of(one, digest_id, KIND)])
            await work.commit()
            return True

    async def send_now(self, who: Who, asked: Asked) -> Sequence[Subscription]:
        """At once, to a place that has subscribed: one for each language there. What is owed is owed all the same."""
        async with self.store.read() as work:
            await admit(work, who, Act.SUBSCRIBE)
            now = await work.now()
            there = [one for one in await subscriptions.standing(work) if goes_to(one, asked)]
        if not there:
            raise NoSuchSubscription(name=asked.target)
        chosen = {(one.target, one.language): one for one in sorted(there, key=lambda one: one.rhythm != SPIKE)}
        composed = _Composed(self.compose, self.store)
        for one in chosen.values():
            owed = self.until_now(one, now)
            if not await self._queue(owed, await composed.of(owed.period)):
                await self._queue(owed, await _Composed(self.compose, self.store).of(owed.period))
        return tuple(chosen.values())

    async def preview(self, who: Who, asked: Asked) -> tuple[Person, Figures]:
        """What a digest would tell now, for the eyes of whoever asks. Nothing is kept."""
        async with self.store.read() as work:
            person = await admit(work, who, Act.SEE)
            now = await work.now()
            there = [one for one in await subscriptions.standing(work) if asked.target and goes_to(one, asked)]
            zone = asked.timezone or (there[0].timezone if there else person.timezone)
            period = self.until_now(there[0], now).period if there else Period(quarter(now) - DAY, quarter(now), zone)
            return person, await self.compose(work, period)


def wish_of(one: Subscription, digest_id: int, kind: str) -> Wish:
    """An address may be a secret, and lanes are named in logs: there the subscription stands for it."""
    lane = f"{one.workspace}:{one.id}" if one.workspace == EMAIL else f"{one.workspace}:{one.target}"
    return Wish(one.workspace, lane, "post", kind, NORMAL, None, f"{kind}:{digest_id}", {"id": digest_id})
