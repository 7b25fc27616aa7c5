"""Whether time itself went wrong between two looks: the clock was set, or the machine or this process stood still."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from handlers.watch.findings import CLOCK_JUMPED, CLOCK_OFF, WAS_ASLEEP, Finding

JUMPED = 5.0  # seconds
ASLEEP = 30.0
OFF = 30.0
_SLEEPS_TOO = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on in a sleeping machine; only Linux has it


@dataclass(frozen=True)
class Hands:
    """One moment by three clocks: the one that people set, the one that goes on in a sleeping machine, the one that does not. Seconds."""

    wall: datetime
    lasting: float
    awake: float


def read() -> Hands:
    return Hands(datetime.now(UTC), time.clock_gettime(_SLEEPS_TOO), time.monotonic())


Clocks = Callable[[], Hands]


def jump(before: Hands, now: Hands) -> Finding | None:
    """Somebody set the clock: a minus says back."""
    seconds = (now.wall - before.wall).total_seconds() - (now.lasting - before.lasting)
    return Finding(CLOCK_JUMPED, now.wall, facts={"seconds": round(seconds)}) if abs(seconds) > JUMPED else None


def sleep(before: Hands, now: Hands) -> Finding | None:
    """Between the end of one look and the beginning of the next there should be a few seconds."""
    seconds = now.lasting - before.lasting
    return Finding(WAS_ASLEEP, now.wall, facts={"seconds": round(seconds)}) if seconds > ASLEEP else None


def difference(before: datetime, theirs: datetime, after: datetime) -> Finding | None:
    """Our clock against the database's, which was read between the two: a minus says that ours is behind."""
    seconds = (before + (after - before) / 2 - theirs).total_seconds()
    return Finding(CLOCK_OFF, after, facts={"seconds": round(seconds)}) if abs(seconds) > OFF else None
