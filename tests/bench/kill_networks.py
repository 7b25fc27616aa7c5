"""The kill bench over each network's own adapter: the other side is the stage of its contract, which outlives the senders."""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handlers.ports import Mention
from storage.database import Store
from storage.migrate import upgrade
from tests.bench.kill_ground import Found, furnish, on_the_way, reckon, until_quiet, words
from tests.bench.progress import finish, say, watched
from tests.networks.contract.asking import ear, unlike
from tests.networks.contract.conftest import scenes
from tests.networks.contract.extras import connects_by, environment, lift_limits
from tests.networks.contract.stage import Fault, Scene, Stage
from tests.servers.workers import Workers

LONGEST = 600  # seconds until everything must have left
LEASE = 60.0  # on SQLite whoever starts next need not wait for it
TROUBLES = (Fault.BUSY, Fault.BROKEN, Fault.LOST, Fault.CUT)
PORTION = 20  # messages that are said before they are heard: snac lists its latest 64 notifications and no older ones
CUSTOMERS = ("anna", "bruno", "chloe")


@dataclass(frozen=True)
class Size:
    replies: int = 200
    kills: int = 10
    troubles: int = 15


SMALL = Size(replies=40, kills=3, troubles=4)


def runnable() -> list[Scene]:
    """The scenes of networks that carry something of ours. One side of a network in memory is enough."""
    return [one for one in scenes() if one.abilities and (not one.name.startswith("memory") or one.name == "memory_http")]


async def measure(scene: Scene, size: Size) -> Found | str:
    """What became of the replies; or why that cannot be tried here."""
    if scene.missing:
        return scene.missing
    async with scene.opened() as stage:
        given = environment(stage)
        if given is None:
            return "its stage has no `environment`"
        await lift_limits(stage)
        with tempfile.TemporaryDirectory(prefix="tocsin-kill-") as folder:
            return await _measure(f"sqlite:///{Path(folder)}/tocsin.db", scene, stage, given, size)


async def _measure(database: str, scene: Scene, stage: Stage, given: Mapping[str, str], size: Size) -> Found:
    store, chance, private = Store(database), random.Random(), not (scene.hearing.public and _carries(scene).public)
    await upgrade(store)
    await furnish(store, await asked(stage, size.replies, private=private), {stage.network.name: stage.network}, private=private)
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.bench.kill_network_worker", database, connects_by(stage), str(LEASE)]
    senders = Workers(command, 1, environment={**os.environ, **given})
    async with troubled(scene, stage, chance, size.troubles):
        with senders.at_work():
            kills = 0
            for _ in range(size.kills):
                kills += await kill_on_the_way(store, senders, chance, size)
            await until_quiet(store, senders, began + LONGEST)
    seconds = time.monotonic() - began
    found = await reckon(store, said([one.text for one in await stage.ours()], size.replies))
    await store.close()
    found.kills, found.seconds = kills, seconds
    return found


def _carries(scene: Scene) -> Any:
    assert scene.abilities
    return scene.abilities


async def asked(stage: Stage, count: int, *, private: bool) -> list[Mention]:
    """So many messages of customers, each a case of its own, as the network tells them."""
    listening, heard = ear(stage), list[Mention]()
    for start in watched(range(0, count, PORTION), f"customers write on {stage.network.name}"):
        numbers = range(start, min(start + PORTION, count))
        ids = [await stage.say(unlike(f"is my data safe? {n}"), customer=CUSTOMERS[n % len(CUSTOMERS)], private=private) for n in numbers]
        heard += await listening.until(*ids)
    return list({one.conversation_id: one for one in heard}.values())


def said(texts: Sequence[str], count: int) -> list[str]:
    """Our words in each text: networks may put a name in front of them."""
    ours = [words(number) for number in range(1, count + 1)]
    return [word for text in texts for word in ours if word in text]


@asynccontextmanager
async def troubled(scene: Scene, stage: Stage, chance: random.Random, times: int) -> AsyncIterator[None]:
    """The other side fails now and then, in every way that this stage can play."""
    known = [one for one in TROUBLES if one in scene.faults]

    async def trouble() -> None:
        for _ in range(times if known else 0):
            await asyncio.sleep(chance.uniform(0.2, 1.5))
            await stage.fault(chance.choice(known))

    making = asyncio.create_task(trouble())
    try:
        yield
    finally:
        making.cancel()
        with suppress(asyncio.CancelledError):
            await making
        if known:
            await stage.fault(known[0], 0)


async def kill_on_the_way(store: Store, senders: Workers, chance: random.Random, size: Size) -> bool:
    """Let it get on for a random while, then kill it; False when nothing is left to send."""
    wanted = await on_the_way(store) - chance.randrange(1, int(1.4 * size.replies / (size.kills + 2)))
    while (left := await on_the_way(store)) > max(wanted, 0):
        senders.must_run()
        await asyncio.sleep(chance.uniform(0.005, 0.03))
    if not left:
        return False
    await asyncio.sleep(chance.uniform(0, 0.03))
    await asyncio.to_thread(senders.kill_next)
    return True


async def run(name: str, *, small: bool) -> int:
    """One line of JSON for each network; 1 when a reply was lost or doubled, or a network could not be tried though it stands there."""
    size = SMALL if small else Size()
    chosen = [one for one in runnable() if name in ("all", one.name)]
    if not chosen:
        say(f"no such network; there are {', '.join(one.name for one in runnable())}")
        return 1
    say(f"{size}, SQLite, one sender, load at the start {os.getloadavg()[0]:.1f}")
    faults = 0
    for scene in chosen:
        try:
            found = await measure(scene, size)
        except Exception as error:
            finish({"network": scene.name, "failed": f"{type(error).__name__}: {str(error)[-500:]}"})
            faults += 1
            continue
        finish({"network": scene.name, **({"skipped": found} if isinstance(found, str) else told(found))})
        faults += isinstance(found, Found) and found.lost + found.doubled > 0
    return min(faults, 1)


def told(found: Found) -> dict[str, Any]:
    """`there`: how many of the unconfirmed did arrive."""
    every = {name: getattr(found, name) for name in ("sent", "lost", "doubled", "unconfirmed", "kills")}
    return every | {"there": found.asked, "seconds": round(found.seconds, 1)}
