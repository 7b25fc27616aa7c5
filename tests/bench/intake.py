"""Measures the way in: mentions stored and sorted per second, the cost beside the bare INSERT of the same rows, and the cost when a million are stored."""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from flows.triage import Suggestion, Triage
from handlers.board import Board
from handlers.intake import Intake
from handlers.machine import Learner, Machine
from handlers.mentions import Mentions
from handlers.ports import Mention
from storage import snapshots
from storage.database import Store
from storage.migrate import upgrade
from tests import crowd
from tests.bench.multiplied import AT_ONCE, TABLES, multiply, settle
from tests.bench.progress import finish, say, table, watched
from tests.builders import course_on, data_breach
from tests.servers.postgres import Postgres

BATCH, WAVE, SEED = 200, 1000, 1000
WARM = 3  # batches before anything is measured
GOALS = {"per_s": 1000, "ratio_to_insert": 0.5, "cost_at_1m_over_1k": 1.2}
Open = Callable[[], Any]


@dataclass(frozen=True)
class Size:
    """How much is measured: waves for the rate, batches for the ratio, rounds and rows for the growth."""

    waves: int = 12
    batches: int = 40
    rounds: int = 20
    rows: int = 1_000_000


SMALL = Size(waves=4, batches=10, rounds=5, rows=50_000)


@dataclass
class Known:
    """A machine that was asked before: what it said of a text costs nothing now."""

    said: dict[str, Suggestion]

    async def suggest(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[Suggestion]:
        return [self.said[text] for text in texts]


def intake(store: Store, machine: Machine) -> Intake:
    """As app.py builds it with Slack configured, so that each case has its card queued."""
    return Intake(Mentions(store, course_on(Board({"slack": {"crisis": "C1", "ordinary": "C2"}}), data_breach()), data_breach(), machine))


def asked(texts: list[tuple[str, str]]) -> Known:
    machine = Triage(data_breach())
    words = [text for text, _ in texts]
    parts = [words[start : start + BATCH] for start in range(0, len(words), BATCH)]
    found = [one for part in watched(parts, "asking the machine beforehand") for one in machine.suggest_many(part)]
    return Known(dict(zip(words, found, strict=True)))


def batches(texts: list[tuple[str, str]], prefix: str) -> list[list[Mention]]:
    """Everybody writes once: then the product's rows are inserted rows only, and can be compared with an INSERT."""
    written = crowd.mentions(texts, again=0, prefix=prefix)
    return [written[start : start + BATCH] for start in range(0, len(written), BATCH)]


async def per_second(open_store: Open, texts: list[tuple[str, str]], label: str) -> tuple[float, float]:
    """(mentions a second, ms of this process's CPU per mention), each wave put by 1,000 sources at the same time."""
    async with open_store() as store:
        learner = Learner(store, data_breach(), Triage)
        door = intake(store, learner)
        written = crowd.mentions(texts, prefix="r")
        waves = [written[start : start + WAVE] for start in range(0, len(written), WAVE)]
        await learner.engine()
        seconds, cpu = [], []
        for wave in watched(waves, f"{label}: stored and sorted"):
            began, used = time.perf_counter(), time.process_time()
            receipts = await asyncio.gather(*(door.put(one) for one in wave))
            seconds.append(time.perf_counter() - began)
            cpu.append(time.process_time() - used)
            assert all(receipt.new for receipt in receipts)
        learner.close()
    return WAVE / median(seconds[1:]), 1000 * median(cpu[1:]) / WAVE


async def beside_insert(open_store: Open, parts: list[list[Mention]], machine: Known, label: str) -> tuple[float, float]:
    """Median seconds of a batch through the product, and of the bare INSERT of the very rows that it wrote, in turns."""
    async with open_store() as ours, open_store() as bare:
        door, last = intake(ours, machine), dict.fromkeys(TABLES, 0)
        product, insert = [], []
        for part in watched(parts, f"{label}: beside the bare INSERT"):
            product.append(await _timed(door.mentions.receive(part)))
            rows = {one: await _new_rows(ours, one, last) for one in TABLES}
            insert.append(await _timed(_insert(bare, rows)))
    return median(product[WARM:]), median(insert[WARM:])


async def _timed(work: Any) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def _new_rows(store: Store, one: sa.Table, last: dict[sa.Table, int]) -> list[dict[str, Any]]:
    number = one.c.id if "id" in one.c else one.c.case_id
    async with store.read() as work:
        rows = [dict(row) for row in (await work.execute(sa.select(one).where(number > last[one]))).mappings()]
    last[one] = max(row[number.name] for row in rows)
    return rows


async def _insert(store: Store, rows: dict[sa.Table, list[dict[str, Any]]]) -> None:
    async with store.begin() as work:
        for one, mine in rows.items():
            await work.execute(sa.insert(one), mine)
        await work.commit()


async def growth(open_store: Open, parts: list[list[Mention]], machine: Known, size: Size, label: str) -> tuple[float, float, float]:
    """Median seconds of a batch with few and with many rows in the tables, in turns; and how long the filling took."""
    async with open_store() as few, open_store() as many:
        few_door, many_door = intake(few, machine), intake(many, machine)
        seed = parts[: SEED // BATCH]
        for part in seed:
            await few_door.mentions.receive(part)
            await many_door.mentions.receive(part)
        began, copies = time.perf_counter(), size.rows // SEED
        steps = [range(start, min(start + AT_ONCE, copies)) for start in range(1, copies, AT_ONCE)]
        for step in watched(steps, f"{label}: filling up to {size.rows:,} mentions"):
            await multiply(many, SEED, step)
        await settle(many)
        filled = time.perf_counter() - began
        small, large = [], []
        for part in watched(parts[len(seed) :], f"{label}: few and many rows in turns"):
            small.append(await _timed(few_door.mentions.receive(part)))
            large.append(await _timed(many_door.mentions.receive(part)))
    return median(small[WARM:]), median(large[WARM:]), filled


@asynccontextmanager
async def ready(url: str) -> AsyncIterator[Store]:
    store, flow = Store(url), data_breach()
    await upgrade(store)
    async with store.begin() as work:
        await snapshots.keep(work, flow.digest, flow.name, flow.version, json.loads(flow.as_snapshot()))
        await work.commit()
    yield store
    await store.close()


@asynccontextmanager
async def sqlite() -> AsyncIterator[Store]:
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        async with ready(f"sqlite:///{Path(folder)}/tocsin.db") as store:
            yield store


def on(server: Postgres) -> Open:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Store]:
        name = f"bench_{time.monotonic_ns()}"
        admin = Store(server.url())
        async with admin._writer.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(sa.text(f"CREATE DATABASE {name}"))
        await admin.close()
        async with ready(server.url(name)) as store:
            yield store

    return opened


def texts_for(count: int) -> tuple[list[tuple[str, str]], str]:
    try:
        return crowd.mixed(crowd.real_texts(), count), "real messages"
    except crowd.NoRealMessages as error:
        return crowd.mixed(crowd.made_texts(), count), f"messages made of FLOW's examples ({error})"


async def measure(name: str, open_store: Open, size: Size) -> dict[str, float]:
    texts, _ = texts_for(max(size.waves * WAVE, (size.batches + WARM) * BATCH, SEED + (size.rounds + WARM) * BATCH))
    machine = asked(texts[: max(size.batches + WARM, SEED // BATCH + size.rounds + WARM) * BATCH])
    per_s, cpu = await per_second(open_store, texts[: size.waves * WAVE], name)
    product, insert = await beside_insert(open_store, batches(texts[: (size.batches + WARM) * BATCH], "b"), machine, name)
    small, large, filled = await growth(open_store, batches(texts[: SEED + (size.rounds + WARM) * BATCH], "g"), machine, size, name)
    return {
        "per_s": per_s, "cpu_ms": cpu, "product_ms": 1000 * product / BATCH, "insert_ms": 1000 * insert / BATCH,
        "ratio": insert / product, "few_ms": 1000 * small / BATCH, "many_ms": 1000 * large / BATCH, "growth": large / small, "filled_s": filled,
    }  # fmt: skip


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.intake", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    size = SMALL if options.small else Size()
    say(f"{size}, batches of {BATCH}, waves of {WAVE} sources, {texts_for(WAVE)[1]}; SQLite: WAL, synchronous=FULL; PostgreSQL: fsync on")
    found = {}
    if options.only != "postgresql":
        found["sqlite"] = await measure("sqlite", sqlite, size)
    if options.only != "sqlite":
        with Postgres(durable=True) as server:
            found["postgresql"] = await measure("postgresql", on(server), size)
    show(found, size)
    last = {name: {"per_s": round(one["per_s"]), "ratio_to_insert": round(one["ratio"], 3)} for name, one in found.items()}
    finish({**last, "cost_at_1m_over_1k": round(max(one["growth"] for one in found.values()), 3)})


def show(found: dict[str, dict[str, float]], size: Size) -> None:
    lines = [
        ("stored and sorted inline, mentions/s", "per_s", GOALS["per_s"], ".0f"),
        ("  CPU of this process, ms each", "cpu_ms", "", ".3f"),
        ("stored without triage, ms each", "product_ms", "", ".3f"),
        ("bare INSERT of the same rows, ms each", "insert_ms", "", ".3f"),
        ("  bare INSERT / product", "ratio", f"≥ {GOALS['ratio_to_insert']}", ".3f"),
        (f"stored among {SEED:,} rows, ms each", "few_ms", "", ".3f"),
        (f"stored among {size.rows:,} rows, ms each", "many_ms", "", ".3f"),
        ("  many / few", "growth", f"≤ {GOALS['cost_at_1m_over_1k']}", ".3f"),
        ("filling up, seconds", "filled_s", "", ".0f"),
    ]
    rows = [(label, *(format(one[key], how) for one in found.values()), goal) for label, key, goal, how in lines]
    table("intake (medians)", ("", *found, "goal"), rows)


if __name__ == "__main__":
    asyncio.run(main())
