"""Two replicas are killed (kill -9) and their PostgreSQL breaks off while a Slack fails one call in five: nothing may be lost or told twice."""

import argparse
import asyncio
import os
import random
from dataclasses import asdict

from tests.bench.progress import finish, say, table
from tests.chaos.run import SMALL, Found, Size, measure


def show(found: Found) -> None:
    lines = [
        ("due", found.steps, ""), ("lost", found.lost, 0), ("doubled", found.doubled, 0), ("unconfirmed, a person decides", found.unconfirmed, ""),
        ("replicas killed", found.kills, ""), ("database broken off", found.database_restarts, 2),
        ("calls of Slack", found.calls, ""), ("  of which failed", f"{found.failed / max(1, found.calls):.0%}", "20%"),
        ("seconds", f"{found.seconds:.0f}", ""), ("told a second", f"{found.steps / found.seconds:.1f}", ""),
    ]  # fmt: skip
    table("chaos", ("", "", "goal"), lines)


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.chaos", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--seed", type=int, help="to see a run again, as far as the machine allows")
    parser.add_argument("--cases", type=int, default=Size.cases, help="each has two steps")
    options = parser.parse_args()
    size, seed = (
        SMALL if options.small else Size(cases=options.cases),
        options.seed if options.seed is not None else random.randrange(10_000),
    )
    say(f"{size}, seed {seed}, a minute in six seconds; load at the start {os.getloadavg()[0]:.1f}")
    found = await measure(size, seed)
    show(found)
    names = ("steps", "lost", "doubled", "unconfirmed", "kills", "database_restarts")
    finish({name: asdict(found)[name] for name in names})


if __name__ == "__main__":
    asyncio.run(main())
