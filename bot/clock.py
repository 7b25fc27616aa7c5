"""Time is a door too: APScheduler ticks, each tick calls one handler. It holds no business jobs and no deadline."""

import asyncio
import logging
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from structlog.contextvars import bound_contextvars

from handlers.insight.slots import HOURLY, SPIKE, WEEKLY, Rhythm
from handlers.tally import Tally, timed

log = structlog.get_logger()
logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that is late shows at /readyz, not once a turn in the log
Handler = Callable[[], Awaitable[object]]
CLOCKS_CHANGE = timedelta(days=1)  # more than any of them
INSTANT = timedelta(microseconds=1)


def slots(rhythm: Rhythm, after: datetime, until: datetime) -> Sequence[datetime]:
    """The `Slots` of handlers/insight: moments after one, up to and with another. Each local day has one, whatever its clocks do.

    CronTrigger, given a zone that changes its clocks, fires twice at a time that comes twice, and an hour late at one that never comes. So
    it counts on a clock that nobody changes, and each of its times is looked for on the wall.
    """
    if rhythm.name == SPIKE:
        return ()
    zone, minute = ZoneInfo(rhythm.timezone), int(rhythm.at[3:])
    if rhythm.name == HOURLY:  # every hour that passes, by the minute that the wall shows now
        minute = (minute - int((after.astimezone(zone).utcoffset() or timedelta()).total_seconds() // 60)) % 60
        return _fires(CronTrigger(minute=minute, timezone=UTC), after, until)
    day = rhythm.weekday if rhythm.name == WEEKLY else None
    trigger = CronTrigger(day_of_week=day, hour=int(rhythm.at[:2]), minute=minute, second=0, timezone=UTC)
    walls = _fires(trigger, _wall(after, zone) - CLOCKS_CHANGE, _wall(until, zone) + CLOCKS_CHANGE)
    moments = [_first(wall.replace(tzinfo=None), zone) for wall in walls]
    return [moment for moment in moments if after < moment <= until]


def _fires(trigger: CronTrigger, after: datetime, until: datetime) -> list[datetime]:
    found, fire = list[datetime](), trigger.get_next_fire_time(None, after + INSTANT)
    while fire is not None and fire <= until:
        found.append(fire)
        fire = trigger.get_next_fire_time(fire, fire + INSTANT)
    return found


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows then, as if it were UTC's."""
    return at.astimezone(zone).replace(tzinfo=UTC)


def _first(wall: datetime, zone: ZoneInfo) -> datetime:
    """When a wall first shows this time; when its clocks have just been put forward, if it never does."""
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)  # of a time that never comes: before the clocks are changed
    while moment - early > timedelta(seconds=1):
        middle = early + (moment - early) / 2
        early, moment = (middle, moment) if middle.astimezone(zone).replace(tzinfo=None) < wall else (early, middle)
    return moment.replace(microsecond=0)


@dataclass(frozen=True)
class Tick:
    """Call `handler` every `seconds`, or at the minute of a cron line (UTC); `at_once`: the first time without a wait."""

    name: str
    handler: Handler
    seconds: float = 0
    cron: str = ""
    at_once: bool = False

    @property
    def trigger(self) -> IntervalTrigger | CronTrigger:
        return CronTrigger.from_crontab(self.cron, timezone=UTC) if self.cron else IntervalTrigger(seconds=self.seconds, timezone=UTC)


@dataclass
class Clock:
    """When each tick last ended, and when it last ended well, on the clock that nobody sets: a tick that stops is seen."""

    scheduler: AsyncIOScheduler
    ticks: list[Tick] = field(default_factory=list)
    beats: dict[str, float] = field(default_factory=dict)
    well: dict[str, float] = field(default_factory=dict)
    firsts: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    turns: Tally = field(default_factory=Tally)  # by tick, and whether it ended well
    began: float = field(default_factory=time.monotonic)

    def add(self, ticks: Iterable[Tick]) -> None:
        for tick in ticks:
            first = {"next_run_time": datetime.now(UTC)} if tick.at_once else {}
            self.scheduler.add_job(self.beat, tick.trigger, args=[tick], id=tick.name, **first)
            self.ticks.append(tick)

    async def turned(self, name: str, most: float) -> None:
        """Wait until that tick has ended once, but no longer than so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(most):
                await self.firsts[name].wait()

    def late(self) -> list[str]:
        """Ticks that should have ended by now, well or not: three turns and ten seconds late."""
        return self._missing(self.beats)

    def failing(self) -> list[str]:
        """Ticks that should have ended well by now."""
        return self._missing(self.well)

    def _missing(self, last: dict[str, float]) -> list[str]:
        now = time.monotonic()
        return [tick.name for tick in self.ticks if tick.seconds and now - last.get(tick.name, self.began) > 3 * tick.seconds + 10]

    def ages(self) -> dict[str, float]:
        """Seconds since each tick last ended well, or since we began."""
        now = time.monotonic()
        return {tick.name: now - self.well.get(tick.name, self.began) for tick in self.ticks}

    async def beat(self, tick: Tick) -> None:
        """Everything that is logged meanwhile carries the tick's name and a number of this turn."""
        with bound_contextvars(tick=tick.name, turn=secrets.token_hex(4)), timed() as taken:
            outcome = await self._turn(tick)
        self.turns.note(taken[0], tick.name, outcome)
        self.beats[tick.name] = time.monotonic()
        self.firsts[tick.name].set()

    async def _turn(self, tick: Tick) -> str:
        try:
            await tick.handler()
        except asyncio.CancelledError:
            return "stopped"  # we are leaving; nobody above needs to know, and the scheduler would call it an error
        except Exception:
            log.exception("tick_failed", tick=tick.name)
            return "failed"
        self.well[tick.name] = time.monotonic()
        return "well"


@asynccontextmanager
async def running(ticks: Iterable[Tick]) -> AsyncIterator[Clock]:
    """A tick that is still at work is not started again; one that was missed is not made up for, since each asks what is due."""
    clock = Clock(AsyncIOScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}))
    clock.add(ticks)
    clock.scheduler.start()
    try:
        yield clock
    finally:
        clock.scheduler.shutdown(wait=False)
