"""A crisis team with a FLOW of a few short ladders, a workspace and couriers that can fail."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from flows.flow import Flow
from flows.ladder import Fits, Ladder, Step, Whom
from handlers.board import Board
from handlers.ports import Who
from storage import calls, escalations
from storage.calls import Call
from storage.escalations import Escalation
from tests.builders import Scripted, TestHouse, data_breach
from tests.fakes.courier import FakeCourier
from tests.fakes.workspace import FakeWorkspace, Message
from tests.handlers.sending import CHANNELS, Post

MINUTE = timedelta(minutes=1)


def label(name: str) -> dict[str, str]:
    return dict.fromkeys(("en", "es", "fr"), name)


def steps_of(*roles: str, by: tuple[str, ...] = ("direct",)) -> tuple[Step, ...]:
    """The first at once, each other five minutes after the one before."""
    return tuple(Step((Whom(role=role),), timedelta(minutes=5 if number else 0), by) for number, role in enumerate(roles))


GRAVE = Ladder("life", label("Life"), Fits(tags=("threat_to_life",)), steps_of("lead", "manager", "legal"), wait=5 * MINUTE, repeat=1)
BOTH = Ladder("both", label("Both"), Fits(tags=("extortion",)), (Step((Whom(role="legal"), Whom(role="manager")), everyone=True),))
PRESS = Ladder("press", label("Press"), Fits(tags=("press",)), steps_of("press_officer", "manager", by=("thread", "direct")))
CALM = Ladder("calm", label("Calm"), Fits(), (Step((Whom(role="lead"),), timedelta(hours=1)),))


def short_flow(*ladders: Ladder) -> Flow:
    return replace(data_breach(), ladders=ladders or (GRAVE, BOTH, PRESS, CALM))


@dataclass
class World(Post):
    """A post office in which time also climbs the ladders. `mail` reaches whoever has an address."""

    mail: FakeCourier | None = None
    people: dict[str, Who] = field(default_factory=dict)

    async def turn(self, pace: timedelta = timedelta(seconds=20), **span: float) -> None:
        """So much time passes at this pace, second by second while there is something to do; clocks and notices keep up."""
        ends = self.dial.at + timedelta(**span)
        while self.dial.at < ends:
            self.dial.at = min(ends, self.dial.at + pace)
            await self.now(idle=False)
        await self.now()

    async def now(self, *, idle: bool = True) -> None:
        for _ in range(4):  # what fails makes the next thing due
            done = await self.house.climb.fire() + await self.house.climb.hurry() + await self.sender().drain()
            self.dial.forward(seconds=1)
            if not done and not idle:
                break

    def direct(self, account: str) -> list[Message]:
        """The direct messages of somebody."""
        return [one for one in self.slack.messages if one.place.channel_id == account]

    async def standing(self, case_id: int) -> Escalation:
        async with self.store.read() as work:
            return await escalations.get(work, case_id)

    async def called(self, case_id: int) -> list[Call]:
        async with self.store.read() as work:
            return await calls.of_case(work, case_id)


@pytest.fixture
async def world(store, dial) -> World:
    mail = FakeCourier(dial, "email")
    house = await TestHouse(store, short_flow(), Board({"slack": CHANNELS}), Scripted(), couriers={"email": mail}).begin()
    post = World(store, dial, house, FakeWorkspace(dial), mail=mail)
    for name, role, account in (
        ("Ana", "agent", "U1"),
        ("Lea", "lead", "U2"),
        ("Max", "manager", "U3"),
        ("Lou", "legal", "U4"),
        ("Pia", "press_officer", "U5"),
    ):
        email = f"{name.lower()}@us.example"
        post.people[name] = await house.person(name, role, slack_id=account, email=email)
    return post
