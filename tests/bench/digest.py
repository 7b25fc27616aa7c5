"""Measures how long `/crisis-status` and a digest take while the crowd grows, beside counting the same over the rows themselves.

*Status* is what the command does until its card can be drawn, *digest* what the clock does: the figures of a day that holds most of the
messages, the card, the table. Its pictures are timed apart. *Cold* is the first time, after the database's files left the memory.
"""

import argparse
import asyncio
import logging
import math
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
import structlog

from bot.pictures.charts import charts
from handlers.board import Board
from handlers.commands import ShowStatus
from handlers.insight.cards import Digest, digest_card
from handlers.insight.figures import Figures, Period
from handlers.insight.table import table as as_table
from handlers.ports import Who
from storage.database import Store
from storage.migrate import upgrade
from storage.tables import people
from tests.bench import plain_figures
from tests.bench.grown import Grown, Press, rows_of
from tests.bench.progress import finish, say, table, watched
from tests.bench.two_days import two_days
from tests.bench.two_days_said import BEGINS, ENDS, texts
from tests.builders import Scripted, TestHouse, data_breach
from tests.counting import wrong_counts
from tests.dial import Dial
from tests.handlers.sending import CHANNELS
from tests.servers.postgres import Postgres

GOALS = {"status_p99_s": 0.1, "digest_s": 5.0}
DAY = Period(ENDS - timedelta(days=1), ENDS, "Europe/Madrid")
Seed = tuple[dict[str, list[dict[str, Any]]], list[int]]


@dataclass(frozen=True)
class Size:
    """`seed` messages come in by the product's own way, `worked` of them people answer; what people did is copied `people` times at most."""

    sizes: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    seed: int = 1_000
    worked: int = 250
    people: int = 100
    calls: int = 300
    digests: int = 5
    plain: int = 3


SMALL = Size(sizes=(60, 1_500), seed=60, worked=15, people=5, calls=20, digests=1, plain=1)


@dataclass
class Times:
    """Seconds, at one size of one database."""

    grown: Grown
    cold: float = math.nan
    status: list[float] = field(default_factory=list)
    digest_cold: float = math.nan
    digest: list[float] = field(default_factory=list)
    pictures: list[float] = field(default_factory=list)
    plain_status: list[float] = field(default_factory=list)
    plain_arrivals: list[float] = field(default_factory=list)

    @property
    def p99(self) -> float:
        return sorted(self.status)[math.ceil(0.99 * len(self.status)) - 1]


@dataclass
class Place:
    """A database of one size, opened as the product opens it."""

    size: int
    url: str
    away: Callable[[], None]  # takes its files out of the memory
    times: Times
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.store = Store(self.url, Dial(ENDS))

    async def house(self) -> tuple[TestHouse, Who]:
        house = await TestHouse(self.store, data_breach(), Board({"slack": CHANNELS}), Scripted()).begin()
        async with self.store.read() as work:
            return house, Who("console", str(await work.scalar(sa.select(people.c.id).where(people.c.name == "Max"))))

    async def anew(self) -> None:
        """As after a start of the machine."""
        await self.store.close()
        self.away()
        self.open()


async def seed(size: Size) -> Seed:
    """The rows that the product wrote in two days of a small crisis, and the cases that people had in hand."""
    with tempfile.TemporaryDirectory(prefix="tocsin-digest-") as folder:
        dial = Dial(BEGINS)
        store = Store(f"sqlite:///{folder}/tocsin.db", dial)
        await upgrade(store)
        lived = await two_days(store, dial, size.seed, size.worked, "the seed")
        found = await rows_of(store), await lived.touched()
        await store.close()
        return found


def forget(folder: Path) -> None:
    """Let the system drop these files from its memory; nobody else's are touched."""
    os.sync()
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as opened:
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@asynccontextmanager
async def places(kind: str, sown: Seed, size: Size) -> AsyncIterator[list[Place]]:
    """A database of each size."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-digest-")))
        server = stack.enter_context(Postgres(durable=True)) if kind == "postgresql" else None
        async with AsyncExitStack() as opened:
            found = []
            for count in size.sizes:
                url = await _made(server, f"digest_{count}") if server else f"sqlite:///{folder}/{count}.db"
                store = Store(url, Dial(ENDS))
                grown = await Press(store, *sown).grow(count, size.people, kind)
                wrong = await wrong_counts(store)
                assert not wrong, wrong
                await store.close()
                say(
                    f"{kind}: {grown.mentions:,} messages, {grown.rows:,} rows: copied in {grown.copied:.0f} s, counted and indexed in {grown.settled:.0f} s"
                )
                found.append(Place(count, url, (lambda: _restart(server)) if server else (lambda: forget(folder)), Times(grown)))
                opened.push_async_callback(lambda place=found[-1]: place.store.close())
            yield found


async def _made(server: Postgres, name: str) -> str:
    admin = Store(server.url())
    async with admin._writer.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text(f"CREATE DATABASE {name}"))
    await admin.close()
    return server.url(name)


def _restart(server: Postgres) -> None:
    server.stop()
    forget(server.folder)
    server.start()


async def timed(work: Awaitable[Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = await work
    return time.perf_counter() - began, found


async def digest(house: TestHouse) -> Figures:
    """The figures, their card and their table."""
    async with house.store.read() as work:
        figures: Figures = await house.acts.insight.digests.compose(work, DAY)
    assert digest_card(Digest(figures, ENDS, ENDS)).body
    assert as_table(figures)
    return figures


async def first_times(place: Place) -> None:
    for name, ask in (("cold", _status), ("digest_cold", lambda house, _: digest(house))):
        await place.anew()
        house, who = await place.house()
        seconds, _ = await timed(ask(house, who))
        setattr(place.times, name, seconds)


def _status(house: TestHouse, who: Who) -> Awaitable[object]:
    return house.acts.spoken.obey(who, ShowStatus())


async def measure(kind: str, sown: Seed, size: Size) -> list[Times]:
    """All sizes in turns, so that whatever else the machine does is shared."""
    async with places(kind, sown, size) as found:
        for place in found:
            await first_times(place)
        houses = [await place.house() for place in found]
        for _ in watched(range(size.calls), f"{kind}: status"):
            for place, (house, who) in zip(found, houses, strict=True):
                place.times.status.append((await timed(_status(house, who)))[0])
        for _ in watched(range(size.digests), f"{kind}: digests"):
            for place, (house, _who) in zip(found, houses, strict=True):
                seconds, figures = await timed(digest(house))
                place.times.digest.append(seconds)
                place.times.pictures.append((await timed(asyncio.to_thread(charts, figures, "en")))[0])
        for place, (house, who) in zip(watched(found, f"{kind}: the plain way"), houses, strict=True):
            await beside(place, house, who, size)
        return [place.times for place in found]


async def beside(place: Place, house: TestHouse, who: Who, size: Size) -> None:
    """The same numbers from the rows; they are the same."""
    now, figures = await house.acts.desk.status(who), await digest(house)
    for _ in range(size.plain):
        seconds, plain = await timed(plain_figures.status(place.store))
        place.times.plain_status.append(seconds)
        assert plain_figures.same_status(plain, now.counts), (plain, now.counts)
        seconds, plain = await timed(plain_figures.arrivals(place.store, DAY.since, DAY.until))
        place.times.plain_arrivals.append(seconds)
        assert plain_figures.same_arrivals(plain, figures), (plain, figures.arrivals)


def told(times: Sequence[Times]) -> dict[str, Any]:
    first, last = times[0], times[-1]
    growth = {"status": median(last.status) / median(first.status), "digest": median(last.digest) / median(first.digest)}
    return {
        "status_p99_s": round(last.p99, 4), "digest_s": round(median(last.digest), 3),
        "growth": {name: round(one, 2) for name, one in growth.items()},
    }  # fmt: skip


def show(kind: str, times: Sequence[Times]) -> None:
    def line(label: str, cell: Callable[[Times], float], goal: str = "") -> tuple[str, ...]:
        growth = cell(times[-1]) / cell(times[0])
        return (label, *(f"{cell(one):.4f}" for one in times), f"× {growth:.1f}", goal)

    lines = [
        line("status, p50", lambda one: median(one.status)),
        line("status, p99", lambda one: one.p99, f"≤ {GOALS['status_p99_s']}"),
        line("status, the first time, cold", lambda one: one.cold),
        line("  counted over the rows", lambda one: median(one.plain_status)),
        line("digest: figures, card, table", lambda one: median(one.digest), f"≤ {GOALS['digest_s']}"),
        line("digest, the first time, cold", lambda one: one.digest_cold),
        line("  of it what came in, over the rows", lambda one: median(one.plain_arrivals)),
        line("its three pictures", lambda one: median(one.pictures)),
    ]
    heads = ("seconds", *(f"{one.grown.mentions:,}" for one in times), "growth", "goal")
    table(f"{kind}: {times[-1].grown.cases:,} cases, {times[-1].grown.rows:,} rows at the most", heads, lines)


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.digest", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--sizes", help="how many messages, like 1000,100000")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    size = SMALL if options.small else Size()
    if options.sizes:
        size = Size(tuple(int(one) for one in options.sizes.split(",")))
    say(f"{size}; load at the start {os.getloadavg()[0]:.1f}; SQLite: WAL, synchronous=FULL; PostgreSQL: as it comes, fsync on")
    say(f"messages: {texts(size.seed)[2]}; a day holds most of them, what people did is copied {size.people} times at most")
    sown, found = await seed(size), {}
    for kind in ("sqlite", "postgresql"):
        if options.only in (None, kind):
            found[kind] = await measure(kind, sown, size)
            show(kind, found[kind])
    say(f"load at the end {os.getloadavg()[0]:.1f}")
    finish({kind: told(times) for kind, times in found.items()})


if __name__ == "__main__":
    asyncio.run(main())
