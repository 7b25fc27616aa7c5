"""Kills the sender again and again (kill -9) while approved replies leave through a network that keeps what it got: none may be lost or come twice."""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from handlers.answers.publishing import publish_wish
from handlers.board import Board
from storage import cases, outbox, tables, timeline
from storage.database import Store
from storage.drafts import digest_of
from storage.migrate import upgrade
from storage.types import DraftStatus, ReplyState, SendState
from tests.bench.kill_worker import MUTE, NETWORKS, HttpNetwork
from tests.bench.progress import finish, say, table
from tests.builders import Scripted, TestHouse, data_breach, mention
from tests.servers.postgres import Postgres
from tests.servers.slow_network import SlowNetwork
from tests.servers.workers import Workers

LONGEST = 900  # seconds until everything must have left
SQLITE_LEASE, POSTGRES_LEASE = 60.0, 4.0  # on SQLite whoever starts next need not wait for it
AT_ONCE = 500
ON_THE_WAY = (SendState.PENDING, SendState.SENDING, SendState.FAILED_FOR_NOW)


@dataclass(frozen=True)
class Size:
    replies: int = 5_000
    kills: int = 24


SMALL = Size(replies=120, kills=4)


@dataclass
class Found:
    """`lost`: neither on the network and known to be, nor on the list that a person sees."""

    sent: int
    lost: int
    doubled: int
    unconfirmed: int
    kills: int
    seconds: float = 0.0
    asked: int = 0

    @property
    def per_second(self) -> float:
        return self.sent / self.seconds if self.seconds else 0.0


def senders_on(database: str, url: str, lease: float, count: int) -> Workers:
    return Workers([sys.executable, "-m", "tests.bench.kill_worker", database, url, str(lease)], count)


async def furnish(store: Store, count: int) -> None:
    """So many approved replies in line, on cases that customers have opened, of a crisis that nothing holds."""
    house = await TestHouse(store, data_breach(), Board({}), Scripted()).begin()
    ana, lea = int((await house.person("Ana", "agent")).external_id), int((await house.person("Lea", "lead")).external_id)
    await house.crises.open(await house.person("Max", "manager"), "Meridia")
    for start in range(1, count + 1, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count + 1))
        written = [mention(f"is my data safe? {n}", network=NETWORKS[n % len(NETWORKS)]) for n in numbers]
        receipts = await house.mentions.receive(written)
        async with store.begin() as work:
            found = await cases.lock_all(work, [one.case_id for one in receipts])
            rows = [
                _rows(n, found[one.case_id], said.external_id, ana, lea, await work.now())
                for n, one, said in zip(numbers, receipts, written, strict=True)
            ]
            for name in ("drafts", "versions", "approvals", "replies"):
                await work.execute(sa.insert(getattr(tables, name)), [row[name] for row in rows])
            doors = {name: HttpNetwork(name, None) for name in NETWORKS}  # type: ignore[arg-type] - nothing leaves here
            pairs = zip(numbers, receipts, strict=True)
            await outbox.put(work, [publish_wish(doors[found[one.case_id].network], n, found[one.case_id]) for n, one in pairs])
            await work.commit()


def _rows(number: int, case: cases.Case, in_reply_to: str, author: int, approver: int, now: Any) -> dict[str, dict[str, Any]]:
    """What proposing and approving leave behind."""
    version = {
        "id": number, "draft_id": number, "number": 1, "editor_id": author, "text": f"Your data is safe, number {number}. Ana",
        "language": "en", "private": True, "network": case.network, "customer_id": case.customer_id, "in_reply_to": in_reply_to,
        "statement_id": None, "findings": [], "created_at": now,
    }  # fmt: skip
    digest = digest_of(version)
    draft = {"id": number, "case_id": case.id, "kind": "answer", "author_id": author, "status": DraftStatus.APPROVED, "number": 1}
    return {
        "drafts": {**draft, "created_at": now},
        "versions": {**version, "digest": digest},
        "approvals": {"version_id": number, "person_id": approver, "stage": "lead", "digest": digest, "at": now},
        "replies": {
            "id": number, "draft_id": number, "version_id": number, "case_id": case.id, "state": ReplyState.WAITING, "created_at": now,
        },
    }  # fmt: skip


async def measure(database: str, size: Size, *, workers: int, lease: float) -> Found:
    store, chance = Store(database), random.Random()
    await upgrade(store)
    await furnish(store, size.replies)
    began = time.monotonic()
    with SlowNetwork() as network:
        senders = senders_on(database, network.url, lease, workers)
        with senders.at_work():
            kills = 0
            for _ in range(size.kills):
                kills += await kill_on_the_way(store, senders, network, chance, size)
            await until_quiet(store, senders, began + LONGEST)
        seconds = time.monotonic() - began
        found = await reckon(store, network.kept())
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


async def on_the_way(store: Store) -> int:
    rows = sa.select(sa.func.count()).where(tables.outbox.c.kind == "publish", tables.outbox.c.state.in_(ON_THE_WAY))
    async with store.read() as work:
        return int(await work.scalar(rows))


async def until_quiet(store: Store, senders: Workers, until: float) -> None:
    while await on_the_way(store):
        senders.must_run()
        if time.monotonic() > until:
            raise TimeoutError
        await asyncio.sleep(0.2)


async def reckon(store: Store, kept: Sequence[dict[str, str]]) -> Found:
    """What we say became of each reply, beside what the network has."""
    arrived = Counter(one["text"] for one in kept)
    r, v = tables.replies.c, tables.versions.c
    async with store.read() as work:
        rows = (await work.execute(sa.select(v.text, v.network, r.state).join(tables.versions, v.id == r.version_id))).all()
        assert (await timeline.verify(work))[1] == [], "the timeline was broken"
    sent = [row for row in rows if row.state == ReplyState.SENT and arrived[row.text]]
    unconfirmed = [row for row in rows if row.state == ReplyState.UNCONFIRMED]
    assert {row.network for row in unconfirmed} <= set(MUTE), "only where nobody can ask"
    doubled = sum(times - 1 for times in arrived.values())
    asked = sum(bool(arrived[row.text]) for row in unconfirmed)
    return Found(len(sent), len(rows) - len(sent) - len(unconfirmed), doubled, len(unconfirmed), 0, asked=asked)


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
    options = parser.parse_args()
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
