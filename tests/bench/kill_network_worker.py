"""The process that is killed: the product's own sender with the adapter of one network, connected by its environment as `app.py` does."""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

from bot.settings import read_settings
from handlers.networks import Connected, Network
from handlers.ports import Bucket
from tests.bench.kill_worker import send_through


class OpenPurse:
    """Nobody counts what a bench spends."""

    async def pay(self, what: str, times: int, each: Decimal) -> None:
        """It is not real money."""

    async def spent(self) -> Decimal:
        return Decimal(0)


@dataclass(frozen=True)
class Hurried:
    """The same network, without the pace that its vendor asks for: what is killed must be busy."""

    network: Network

    def __getattr__(self, name: str) -> Any:
        return getattr(self.network, name)

    def limits(self, act: str) -> Sequence[Bucket]:
        return (Bucket(self.network.limits(act)[0].name, timedelta(milliseconds=5), burst=10),)


def connected(module: str) -> Connected:
    found: Connected = import_module(module).connect(read_settings(_env_file=None), OpenPurse())
    return found


async def work(database: str, module: str, lease: float) -> None:
    connection = connected(module)
    assert connection.network, "what is only read sends nothing"
    try:
        await send_through({connection.network.name: Hurried(connection.network)}, database, lease)
    finally:
        if connection.close:
            await connection.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("module")
    parser.add_argument("lease", type=float)
    options = parser.parse_args()
    asyncio.run(work(options.database, options.module, options.lease))
