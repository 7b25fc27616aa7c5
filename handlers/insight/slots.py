"""When a digest is owed: how often, at what time, by whose clock. Reckoning the moments is the clock's own (bot/clock.py)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

QUARTER = timedelta(minutes=15)
RHYTHMS = DAILY, WEEKLY, HOURLY, SPIKE = ("daily", "weekly", "hourly", "spike")
# longer than any time between two slots of a rhythm, with an hour for the clocks that change
SPANS = {DAILY: timedelta(hours=49), WEEKLY: timedelta(days=7, hours=25), HOURLY: timedelta(hours=2)}


@dataclass(frozen=True)
class Rhythm:
    """`at` is HH:MM in `timezone`; of an hourly one its minutes count. `weekday` of a weekly one: 0 is Monday."""

    name: str
    at: str
    timezone: str
    weekday: int | None = None


# the slots of a rhythm after one moment, up to and with another; oldest first. None of a spike: it comes when it comes
Slots = Callable[[Rhythm, datetime, datetime], Sequence[datetime]]


def never(rhythm: Rhythm, after: datetime, until: datetime) -> Sequence[datetime]:  # noqa: ARG001 - where no clock runs
    return ()


def quarter(at: datetime) -> datetime:
    """The last full quarter of an hour, then or before."""
    return at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % QUARTER


@dataclass(frozen=True)
class Calendar:
    """Slots, and what lies between them."""

    slots: Slots

    def due(self, rhythm: Rhythm, after: datetime, now: datetime) -> Sequence[datetime]:
        return self.slots(rhythm, after, now)

    def before(self, rhythm: Rhythm, slot: datetime) -> datetime:
        """The slot before this moment, whether or not anybody was owed it."""
        past = [one for one in self.slots(rhythm, slot - SPANS.get(rhythm.name, SPANS[DAILY]), slot) if one < slot]
        return past[-1] if past else slot - timedelta(days=1)

    def next(self, rhythm: Rhythm, now: datetime) -> datetime | None:
        coming = self.slots(rhythm, now, now + SPANS.get(rhythm.name, SPANS[DAILY]))
        return coming[0] if coming else None
