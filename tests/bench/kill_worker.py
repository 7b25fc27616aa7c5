"""The process that is killed: the product's own sender, gate and way out on the real database; only the network is a test's."""

import argparse
import asyncio
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from handlers.answers.gate import Gate
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.errors import CannotAsk, Refused, TryLater, Unconfirmed
from handlers.keeping import Keeping
from handlers.networks import Abilities, Network, Published, Reply
from handlers.ports import Bucket
from handlers.sender import Sender
from handlers.shelf import Shelf
from handlers.ticks import Ticks
from storage.database import Store
from tests.builders import course_on, data_breach

NETWORKS = ("n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9")
MUTE = ("n8", "n9")  # nobody can ask these whether a reply arrived
OURS = "@meridia"
RECOVER = 0.5  # seconds between looks for leases that ran out


@dataclass(frozen=True)
class HttpNetwork:
    """A `Network` by HTTP. The token is for `find` alone: the server takes whatever it is given."""

    name: str
    client: httpx.AsyncClient
    account: str = OURS
    abilities: Abilities = field(default_factory=Abilities)

    def most(self, *, private: bool) -> int | None:
        return None

    def length(self, text: str) -> int:
        return len(text)

    def limits(self, act: str) -> Sequence[Bucket]:
        return (Bucket(f"{self.name}:{self.account}#{act}", timedelta(milliseconds=5), burst=10),)

    async def publish(self, reply: Reply) -> Published:
        try:
            answer = await self.client.post("/replies", json={"lane": self.name, "token": reply.token, "text": reply.text})
        except httpx.ConnectError as error:
            raise TryLater("away", timedelta(seconds=0.2)) from error
        except httpx.HTTPError as error:
            raise (CannotAsk if self.name in MUTE else Unconfirmed)(type(error).__name__) from error
        if answer.status_code == 503:
            raise TryLater("over_capacity", timedelta(seconds=0.1))
        if answer.status_code != 201:
            raise Refused(answer.text)
        return Published(answer.json()["id"])

    async def find(self, reply: Reply, since: datetime) -> Published | None:
        if self.name in MUTE:
            raise CannotAsk("no_way_to_ask")
        try:
            answer = await self.client.get(f"/by-token/{reply.token}")
        except httpx.HTTPError as error:
            raise Unconfirmed(type(error).__name__) from error
        return Published(answer.json()["id"]) if answer.status_code == 200 else None

    async def delete(self, external_id: str) -> None:
        raise Refused("never")


async def work(database: str, url: str, lease: float) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=lease / 2) as client:
        await send_through({name: HttpNetwork(name, client) for name in NETWORKS}, database, lease)


async def send_through(networks: Mapping[str, Network], database: str, lease: float) -> None:
    """The product's sender, until it is told to stop."""
    store, flow, board = Store(database), data_breach(), Board({})
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with (keeping := Keeping(store)).alone():
        await keeping.take_over()
        ways = ways_out(networks, store, Gate(Shelf(flow)), course_on(board, flow))
        recovering = asyncio.create_task(recover(Ticks(store, board, flow)))
        await Sender(store, ways, lease=timedelta(seconds=lease)).run(stop)
        recovering.cancel()
        with suppress(asyncio.CancelledError):
            await recovering
    await store.close()


async def recover(ticks: Ticks) -> None:
    while True:
        await ticks.recover()
        await asyncio.sleep(RECOVER)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("url")
    parser.add_argument("lease", type=float)
    options = parser.parse_args()
    asyncio.run(work(options.database, options.url, options.lease))
