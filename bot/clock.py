"""Time is a door too: APScheduler ticks, each tick calls one handler. It holds no business jobs and no deadline."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger()
logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that is late shows at /readyz, not once a turn in the log
Handler = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Tick:
    """Call `handler` every `seconds`, or at the minute of a cron line (UTC)."""

    name: str
    handler: Handler
    seconds: float = 0
    cron: str = ""

    @property
    def trigger(self) -> IntervalTrigger | CronTrigger:
        return CronTrigger.from_crontab(self.cron, timezone=UTC) if self.cron else IntervalTrigger(seconds=self.seconds, timezone=UTC)


@dataclass
class Clock:
    """`beats` tells when each tick last ended well: a tick that stops is seen."""

    ticks: tuple[Tick, ...]
    beats: dict[str, datetime] = field(default_factory=dict)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def late(self) -> list[str]:
        """Ticks that should have ended by now: three turns and ten seconds late."""
        now = datetime.now(UTC)
        timed = [tick for tick in self.ticks if tick.seconds]
        return [tick.name for tick in timed if (now - self.beats.get(tick.name, self.began)).total_seconds() > 3 * tick.seconds + 10]

    async def beat(self, tick: Tick) -> None:
        try:
            await tick.handler()
        except Exception:
            log.exception("tick_failed", tick=tick.name)
        else:
            self.beats[tick.name] = datetime.now(UTC)


@asynccontextmanager
async def running(ticks: tuple[Tick, ...]) -> AsyncIterator[Clock]:
    """A tick that is still at work is not started again; one that was missed is not made up for, since each asks what is due."""
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    clock = Clock(ticks)
    for tick in ticks:
        scheduler.add_job(clock.beat, tick.trigger, args=[tick], id=tick.name)
    scheduler.start()
    try:
        yield clock
    finally:
        scheduler.shutdown(wait=False)
