"""Kills the sender again and again (kill -9) while approved replies leave through a network that keeps what it got: none may be lost or come twice."""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from handlers.ports import Mention
from storage.database import Store
from storage.migrate import upgrade
from tests.bench import kill_networks
from tests.bench.kill_ground import Found, furnish, on_the_way, reckon, until_quiet
from tests.bench.kill_worker import MUTE, NETWORKS, HttpNetwork
from tests.bench.progress import finish, say, table
from tests.builders import mention
from tests.servers.postgres import Postgres
from tests.servers.slow_network import SlowNetwork
from tests.servers.workers import Workers

LONGEST = 900  # seconds until everything must have left
SQLITE_LEASE, POSTGRES_LEASE = 60.0, 4.0  # on SQLite whoever starts next need not wait for it


@dataclass(frozen=True)
class Size:
    replies: int = 5_000
    kills: int = 24


SMALL = Size(replies=120, kills=4)


def senders_on(database: str, url: str, lease: float, count: int) -> Workers:
    return Workers([sys.executable, "-m", "tests.bench.kill_worker", database, url, str(lease)], count)


def written(count: int) -> list[Mention]:
    """What customers said on each of the lanes."""
    return [mention(f"is my data safe? {n}", network=NETWORKS[n % len(NETWORKS)]) for n in range(1, count + 1)]


async def measure(database: str, size: Size, *, workers: int, lease: float) -> Found:
    store, chance = Store(database), random.Random()
    await upgrade(store)
    doors = {name: HttpNetwork(name, None) for name in NETWORKS}  # type: ignore[arg-type] - nothing leaves here
    await furnish(store, written(size.replies), doors, private=True)
    began = time.monotonic()
    with SlowNetwork() as network:
        senders = senders_on(database, network.url, lease, workers)
        with senders.at_work():
            kills = 0
            for _ in range(size.kills):
                kills += await kill_on_the_way(store, senders, network, chance, size)
            await until_quiet(store, senders, began + LONGEST)
        seconds = time.monotonic() - began
        found = await reckon(store, [one["text"] for one in network.kept()])
        assert found.uncertain <= set(MUTE), "only where nobody can ask"
    await store.close()
    found.kills, found.seconds = kills, seconds
    return found


async def kill_on_the_way(store: Store, senders: Workers, network: SlowNetwork, chance: random.Random, size: Size) -> bool:
    """Let them get on for a random while, then kill one; False when nothing is left to send."""
    wanted = await asyncio.to_thread(network.count) + chance.randrange(1, int(1.4 * size.replies / (size.kills + 2)))
    while await asyncio.to_thread(network.count) < wanted:
        if not await on_the_way(store):
            return False
        senders.must_run()
        await asyncio.sleep(chance.uniform(0.005, 0.05))
    await asyncio.sleep(chance.uniform(0, 0.05))
    await asyncio.to_thread(senders.kill_next)
    return True


async def on_sqlite(size: Size) -> Found:
    with tempfile.TemporaryDirectory(prefix="tocsin-kill-") as folder:
        return await measure(f"sqlite:///{Path(folder)}/tocsin.db", size, workers=1, lease=SQLITE_LEASE)


async def on_postgresql(size: Size) -> Found:
    with Postgres(durable=True) as server:
        return await measure(server.url(), size, workers=2, lease=POSTGRES_LEASE)


def show(found: dict[str, Found]) -> None:
    lines = [
        ("sent, each once", "sent", ""), ("lost", "lost", 0), ("doubled", "doubled", 0), ("unconfirmed, a person decides", "unconfirmed", ""),
        ("  of which the network has", "asked", ""), ("kills", "kills", "≥ 20"),
    ]  # fmt: skip
    rows = [(label, *(getattr(one, key) for one in found.values()), goal) for label, key, goal in lines]
    rows.append(("seconds, restarts included", *(f"{one.seconds:.1f}" for one in found.values()), ""))
    rows.append(("sent a second", *(f"{one.per_second:.0f}" for one in found.values()), ""))
    table("kill -9 while replies leave", ("", *found, "goal"), rows)


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kill", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument(
        "--network", metavar="NAME", help="over this network's own adapter instead (all: over each), against the stage of its contract"
    )
    options = parser.parse_args()
    if options.network:
        sys.exit(await kill_networks.run(options.network, small=options.small))
    size = SMALL if options.small else Size()
    say(f"{size}, {len(NETWORKS)} lanes, of which {len(MUTE)} cannot be asked; SQLite: one sender, lease {SQLITE_LEASE:.0f} s;")
    say(f"PostgreSQL, fsync on: two senders killed in turn, lease {POSTGRES_LEASE:.0f} s; load at the start {os.getloadavg()[0]:.1f}")
    found = {}
    if options.only != "postgresql":
        found["sqlite"] = await on_sqlite(size)
    if options.only != "sqlite":
        found["postgresql"] = await on_postgresql(size)
    show(found)
    names = ("sent", "lost", "doubled", "unconfirmed", "kills")
    finish({name: {key: getattr(one, key) for key in names} for name, one in found.items()})


if __name__ == "__main__":
    asyncio.run(main())
