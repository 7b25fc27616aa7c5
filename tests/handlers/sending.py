"""What the tests of the sender share: a house whose cards leave for a workspace in memory, time on the dial."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from flows.flow import Flow
from handlers.answers.publishing import ways_out
from handlers.board import Board
from handlers.escalation.telling import Outcome
from handlers.insight.leaving import Delivery, with_digests
from handlers.insight.mailing import with_letters
from handlers.renderer import Renderer
from handlers.sender import Sender
from handlers.showing import ways_to
from storage import outbox, tables
from storage.database import Store
from tests.builders import Scripted, TestHouse, data_breach
from tests.dial import Dial
from tests.fakes.workspace import FakeWorkspace

CHANNELS = {"crisis": "C1", "ordinary": "C2", "fallback": "C9"}


@dataclass
class Post:
    """`slack` has channels C1 (crisis), C2 (ordinary) and C9 (fallback)."""

    store: Store
    dial: Dial
    house: TestHouse
    slack: FakeWorkspace
    others: dict[str, FakeWorkspace] = field(default_factory=dict)

    def sender(self) -> Sender:
        doors = {"slack": self.slack, **self.others}
        self.house.insight.places.know(doors)
        delivery = Delivery(self.store, self.house.insight.places, self.house.board)
        out = ways_out(self.house.networks, self.store, self.house.gate, self.house.course)
        return Sender(
            self.store,
            {
                **with_digests(ways_to(doors, Renderer(self.store, self.house.shelf, {}), Outcome(self.house.course.caller)), delivery),
                **out,
                **with_letters(self.house.outside(), self.house.couriers, delivery),
            },
        )

    async def send(self, seconds: int = 0) -> None:
        """Let everything leave that may, now and in each of the next seconds; with the ticks that run beside a sender."""
        sender = self.sender()
        for second in range(seconds + 1):
            if second:
                self.dial.forward(seconds=1)
            if second % 5 == 0:
                await self.house.ticks.recover()
            await sender.drain()

    async def rows(self, **where: object) -> list[sa.Row]:
        c = tables.outbox.c
        async with self.store.read() as work:
            return list(
                await work.execute(sa.select(tables.outbox).where(*(c[name] == value for name, value in where.items())).order_by(c.id))
            )

    async def states(self, **where: object) -> list[str]:
        return [row.state for row in await self.rows(**where)]

    async def put(self, *wishes: outbox.Wish) -> None:
        async with self.store.begin() as work:
            await outbox.put(work, wishes)
            await work.commit()

    async def door(self, name: str) -> sa.Row:
        async with self.store.read() as work:
            return (await work.execute(sa.select(tables.health).where(tables.health.c.door == name))).one()


async def post_office(store: Store, dial: Dial, *, fallback: bool = True, also: tuple[str, ...] = (), flow: Flow | None = None) -> Post:
    channels = {name: channel for name, channel in CHANNELS.items() if fallback or name != "fallback"}
    others = {name: FakeWorkspace(dial, name) for name in also}
    board = Board({"slack": channels, **{name: {"crisis": "T1", "ordinary": "T2"} for name in also}})
    house = await TestHouse(store, flow or data_breach(), board, Scripted()).begin()
    return Post(store, dial, house, FakeWorkspace(dial), others)
