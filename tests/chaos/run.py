"""One run of the chaos, from the first case to the last."""

import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from storage.database import Store
from storage.migrate import upgrade
from tests.builders import TestHouse
from tests.chaos.feed import feed, furnish, on_the_way, steps_to_come
from tests.chaos.killer import Killer
from tests.chaos.reckoning import reckon
from tests.chaos.rules import hire, read_rules, write_rules
from tests.chaos.shaky_slack import ShakySlack
from tests.servers.postgres import Postgres
from tests.servers.workers import Workers

REPLICAS = 2


@dataclass(frozen=True)
class Size:
    cases: int = 5_000
    kills: int = 24
    restarts: int = 2
    longest: float = 1800.0  # seconds


SMALL = Size(cases=100, kills=3, longest=240.0)  # half a minute on a machine that does nothing else


@dataclass(frozen=True)
class Found:
    steps: int
    lost: int
    doubled: int
    unconfirmed: int
    kills: int
    database_restarts: int
    seconds: float
    calls: int
    failed: int


async def measure(size: Size, seed: int) -> Found:
    with tempfile.TemporaryDirectory() as folder, Postgres(durable=True) as database, ShakySlack(seed) as slack:
        store, rules = Store(database.url()), write_rules(Path(folder))
        await upgrade(store)
        await hire(store)
        house = await furnish(store, read_rules(rules))
        workers = Workers([sys.executable, "-m", "tests.chaos.replica", database.url(), slack.api_url, str(rules)], REPLICAS)
        killer, began = Killer(workers, database, random.Random(seed)), time.monotonic()
        with workers.at_work():
            try:
                async with asyncio.timeout(size.longest):
                    await _play(house, slack, killer, size)
            except TimeoutError as error:
                raise RuntimeError(f"not done in {size.longest:.0f} s: {workers.said()[-4000:]}") from error
            seconds = time.monotonic() - began
        told, counts = await reckon(store, await asyncio.to_thread(slack.posts)), await asyncio.to_thread(slack.count)
        await store.close()
    numbers = told.steps, len(told.lost), told.doubled, len(told.unconfirmed), killer.kills, killer.restarts
    return Found(*numbers, seconds, counts["calls"], counts["failed"])


async def _play(house: TestHouse, slack: ShakySlack, killer: Killer, size: Size) -> None:
    async def progress() -> int:
        return (await asyncio.to_thread(slack.count))["messages"]

    async with asyncio.TaskGroup() as together:
        together.create_task(feed(house, size.cases))
        together.create_task(killer.rage(size.kills, size.restarts, progress, 2 * size.cases))
    while await steps_to_come(house.store) or await on_the_way(house.store):
        killer.workers.must_run()
        await asyncio.sleep(0.2)
