"""Measures deadlines: what it costs to arm very many, how late they fire at a hundred a second, what memory they take, how soon after a start.

The deadlines are first steps of ladders, each of which tells one person; the app is whole and has all its ticks. *Late* is from the
moment that a step was due until the transaction that tells it was durable. Beside it APScheduler's own SQLAlchemyJobStore on SQLite,
whose jobs do nothing but note the time.
"""

import argparse
import asyncio
import math
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.database import Store
from tests.bench import armed, plain_scheduler
from tests.bench.progress import finish, say, table, watched
from tests.builders import ROOT
from tests.fakes.slack import FakeSlack
from tests.running_app import RunningApp
from tests.servers.postgres import Postgres

GOALS = {"lateness_p99_s": "≤ 1", "first_tick_s": "≤ 2", "mb": "flat"}
FAR = timedelta(days=1)
PATIENCE = 60.0  # seconds after the last was due


@dataclass(frozen=True)
class Size:
    """`few` is what the memory is compared with; `lead` the seconds from a start to the first that is due in its course."""

    armed: int = 100_000
    few: int = 1_000
    seconds: int = 30
    rate: int = 100
    overdue: int = 100
    lead: float = 20.0
    own: int = 1_000  # jobs that APScheduler adds in its own way

    @property
    def in_course(self) -> int:
        return self.seconds * self.rate


SMALL = Size(armed=2_000, few=200, seconds=4, overdue=40, lead=8.0, own=100)


@dataclass
class Found:
    """`late` is infinite for what never fired; `twice` is how many fired more than once."""

    arm_us: float = 0.0
    late: list[float] = field(default_factory=list)
    first_tick: float = math.inf
    overdue_done: float = math.inf
    mb_few: float = 0.0
    mb: float = 0.0
    mb_after: float = 0.0
    twice: int = 0

    def at(self, share: float) -> float:
        return sorted(self.late)[math.ceil(share * len(self.late)) - 1]

    def told(self) -> dict[str, float | int | None]:
        return {
            "lateness_p99_s": _known(self.at(0.99)), "first_tick_s": _known(self.first_tick), "mb": round(self.mb),
            "mb_few": round(self.mb_few), "lateness_p50_s": _known(self.at(0.5)), "arm_us": round(self.arm_us, 1),
            "unfired": sum(map(math.isinf, self.late)), "twice": self.twice,
        }  # fmt: skip


def _known(seconds: float) -> float | None:
    """JSON has no word for never."""
    return round(seconds, 3) if math.isfinite(seconds) else None


@dataclass
class Plan:
    """When what falls due, from the moment of a start: the overdue ones before it, then so many a second."""

    began: float  # seconds since 1970
    size: Size

    @property
    def overdue(self) -> list[float]:
        return [self.began - 3600 - number for number in range(self.size.overdue)]

    @property
    def in_course(self) -> list[float]:
        return [self.began + self.size.lead + number / self.size.rate for number in range(self.size.in_course)]

    @property
    def last(self) -> float:
        return self.in_course[-1]


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def far(count: int) -> list[datetime]:
    """Spread over a day that comes after a day."""
    return [moment(time.time()) + FAR * (1 + number / count) for number in range(count)]


async def observe(app: RunningApp, plan: Plan, found: Found, is_done: Callable[[], Awaitable[bool]], label: str) -> None:
    await asyncio.sleep(plan.began + plan.size.lead - 1 - time.time())
    found.mb = app.memory_mb()
    for second in watched(range(plan.size.seconds + 1), label):
        await asyncio.sleep(max(0.0, plan.began + plan.size.lead + second - time.time()))
    while not await is_done() and time.time() < plan.last + PATIENCE:
        await asyncio.sleep(0.5)
    found.mb_after = app.memory_mb()
    assert app.process.poll() is None, app.log_text()[-2000:]


def reckon(found: Found, plan: Plan, overdue: list[float], in_course: list[float]) -> Found:
    """From when each fired, in the order of the plan; infinite for never."""
    found.first_tick = min(overdue) - plan.began
    found.overdue_done = max(overdue) - plan.began
    found.late = [fired - due for fired, due in zip(in_course, plan.in_course, strict=True)]
    assert min(found.late) >= 0, "one fired before it was due"
    return found


async def product(url: str, folder: Path, size: Size, label: str) -> Found:
    """`python app.py` with a Slack that takes what it may."""
    flow_file, people_file, flow = armed.write_files(folder)
    found, store = Found(), Store(url)
    ids = await armed.furnish(store, flow, size.armed)
    await armed.arm(store, ids[: size.few], far(size.few))
    async with slack_with_people() as slack:
        settings = {
            "DATABASE_URL": url, "TOCSIN_FLOW": str(flow_file), "TOCSIN_PEOPLE": str(people_file), "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret, "SLACK_API_URL": slack.base_url,
            "TOCSIN_SLACK_CHANNELS": ",".join("=".join(pair) for pair in armed.CHANNELS.items()),
        }  # fmt: skip
        with RunningApp(folder, settings) as app:
            await asyncio.sleep(size.lead - 1)
            found.mb_few = app.memory_mb()
        rest = ids[size.few :]
        found.arm_us = await armed.arm(store, rest, far(len(rest))) / len(rest) * 1e6
        commits = folder / "commits"
        plan = Plan(time.time() + size.armed / 20_000 + 1, size)
        due = dict(zip(ids, map(moment, (*plan.overdue, *plan.in_course)), strict=False))
        await armed.move(store, due)
        await asyncio.sleep(plan.began - time.time())
        with RunningApp(folder, settings, program=(str(ROOT / "tests/bench/timed_app.py"), str(commits), str(ROOT / "app.py"))) as app:
            await observe(app, plan, found, lambda: all_called(store, len(due)), label)
    called = await armed.called(store)
    await store.close()
    found.twice = sum(len(times) > 1 for times in called.values())
    durable = dict(line.split() for line in commits.read_text().splitlines())
    fired = [float(durable[f"{called[one][0].timestamp():.6f}"]) if one in called else math.inf for one in due]
    return reckon(found, plan, fired[: size.overdue], fired[size.overdue :])


async def all_called(store: Store, count: int) -> bool:
    return len(await armed.called(store)) >= count


def slack_with_people() -> FakeSlack:
    slack = FakeSlack()
    for name, channel_id in armed.CHANNELS.items():
        slack.add_channel(name, channel_id=channel_id, is_private=True)
    for user_id, name in armed.PEOPLE.items():
        slack.add_user(name, user_id=user_id)
    return slack


async def plain(folder: Path, size: Size) -> Found:
    """APScheduler in a process of its own."""
    url, fired = f"sqlite:///{folder}/jobs.db", folder / "fired"
    program, found = ("-m", "tests.bench.plain_scheduler", str(fired), url), Found()
    scheduler, store = plain_scheduler.scheduler_on(url)
    scheduler.start(paused=True)
    plain_scheduler.write(scheduler, store, far(size.few))
    with RunningApp(folder, program=program) as app:
        await asyncio.sleep(size.lead - 1)
        found.mb_few = app.memory_mb()
    began = time.perf_counter()
    plain_scheduler.add(scheduler, far(size.own))
    found.arm_us = (time.perf_counter() - began) / size.own * 1e6
    plain_scheduler.write(scheduler, store, far(size.armed - size.few - size.own - size.overdue - size.in_course))
    plan = Plan(time.time() + 1, size)
    plain_scheduler.write(scheduler, store, [moment(at) for at in (*plan.overdue, *plan.in_course)])
    scheduler.shutdown()
    await asyncio.sleep(plan.began - time.time())

    async def is_done() -> bool:
        return len(fired.read_text().splitlines()) >= size.overdue + size.in_course

    with RunningApp(folder, program=program) as app:
        await observe(app, plan, found, is_done, "APScheduler")
    pairs = [tuple(map(float, line.split())) for line in fired.read_text().splitlines()]
    found.twice = len(pairs) - len({due for due, _ in pairs})
    ran = {f"{due:.6f}": at for due, at in reversed(pairs)}
    overdue, in_course = ([ran.get(f"{due:.6f}", math.inf) for due in dues] for dues in (plan.overdue, plan.in_course))
    return reckon(found, plan, overdue, in_course)


async def measure(size: Size, only: str = "") -> dict[str, Found]:
    found = {}
    with tempfile.TemporaryDirectory(prefix="tocsin-deadlines-") as name:
        folders = {one: Path(name) / one for one in ("sqlite", "postgresql", "apscheduler") if only in ("", one)}
        for one, folder in folders.items():
            folder.mkdir()
            with Postgres(durable=True) if one == "postgresql" else nullcontext() as server:
                url = server.url() if server else f"sqlite:///{folder}/tocsin.db"
                found[one] = await (plain(folder, size) if one == "apscheduler" else product(url, folder, size, f"app.py, {one}"))
    return found


def show(found: dict[str, Found], size: Size) -> None:
    lines: list[tuple[str, Callable[[Found], str], str]] = [
        ("to arm one, µs", lambda one: f"{one.arm_us:.0f}", ""),
        ("late, s, p50", lambda one: f"{one.at(0.5):.3f}", ""),
        ("late, s, p99", lambda one: f"{one.at(0.99):.3f}", GOALS["lateness_p99_s"]),
        ("late, s, most", lambda one: f"{max(one.late):.3f}", ""),
        ("never fired / more than once", lambda one: f"{sum(map(math.isinf, one.late))} / {one.twice}", "0 / 0"),
        ("start until the first, s", lambda one: f"{one.first_tick:.2f}", GOALS["first_tick_s"]),
        (f"start until all {size.overdue} overdue, s", lambda one: f"{one.overdue_done:.2f}", ""),
        (f"MB, {size.few:,} armed", lambda one: f"{one.mb_few:.0f}", ""),
        (f"MB, {size.armed:,} armed", lambda one: f"{one.mb:.0f}", GOALS["mb"]),
        (f"MB, after {size.in_course:,} more fired", lambda one: f"{one.mb_after:.0f}", ""),
    ]
    table("deadlines", ("", *found, "goal"), [(label, *map(cell, found.values()), goal) for label, cell, goal in lines])


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.deadlines", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--only", choices=("sqlite", "postgresql", "apscheduler"), default="")
    options = parser.parse_args()
    size = SMALL if options.small else Size()
    say(f"{size}; load at the start {os.getloadavg()[0]:.1f}")
    say(f"each step tells one of {len(armed.PEOPLE)} people; what reaches one person within a minute is one notice; Slack in this process;")
    say(f"APScheduler adds {size.own} jobs in its own way, which are counted; the others are written into its table at once")
    found = await measure(size, options.only)
    show(found, size)
    finish({name: one.told() for name, one in found.items()})


if __name__ == "__main__":
    asyncio.run(main())
