"""Customers who write all the while, and write again when nobody heard them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from flows.flow import Flow
from flows.severity import Severity
from flows.triage import Suggestion
from handlers.board import Board
from handlers.escalation.course import STEP
from handlers.ports import Mention
from storage import tables
from storage.database import Broken, Store
from storage.types import SendState
from tests.builders import TestHouse, mention
from tests.chaos.rules import CHANNEL_OF
from tests.chaos.shaky_slack import CHANNELS

AT_ONCE = 12
IN_LINE = 120  # no more cases are written while so much waits: nothing is folded, nobody is told late
ON_THE_WAY = (SendState.PENDING, SendState.BEHIND, SendState.SENDING, SendState.FAILED_FOR_NOW, SendState.FOLDED)
AGAIN = 0.2  # seconds
SOON = sa.text("interval '1 hour'")  # the end of the ladder comes later


@dataclass(frozen=True)
class Even:
    """A machine that sorts by turns, so that every channel fills."""

    async def suggest(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[Suggestion]:
        return [self._of(text, turn) for turn, text in enumerate(texts)]

    def _of(self, text: str, turn: int) -> Suggestion:
        tags = ((tag, 0.9) for tag, at in zip(CHANNEL_OF, (0, 1), strict=True) if turn % 4 == at)
        return Suggestion(turn % 4 != 3, 0.9, "en", tuple(tags), Severity.NORMAL, 0.0, True, hash(text) % 2**62, "linear")


async def furnish(store: Store, flow: Flow) -> TestHouse:
    """The house of those who write; those who send are processes of their own."""
    return await TestHouse(store, flow, Board({"slack": CHANNELS}), Even()).begin()


async def feed(house: TestHouse, count: int) -> None:
    for start in range(0, count, AT_ONCE):
        while await on_the_way(house.store) > IN_LINE:
            await asyncio.sleep(AGAIN / 4)
        await _write(house, [mention(f"question {number}: which password?") for number in range(start, min(start + AT_ONCE, count))])


async def _write(house: TestHouse, written: Sequence[Mention]) -> None:
    while True:
        try:
            await house.mentions.receive(written)
        except Broken:
            await asyncio.sleep(AGAIN)  # whether it was stored is not known: the same again is known by its id
        else:
            return


async def on_the_way(store: Store) -> int:
    """Rows that tell something and have not left yet; a card that changes once more tells nobody."""
    o = tables.outbox.c
    retold = (o.kind == "card") & (o.act == "update")
    return await _count(store, sa.select(sa.func.count()).where(o.state.in_(ON_THE_WAY), ~retold))


async def steps_to_come(store: Store) -> int:
    """Steps whose time comes soon or has come."""
    d = tables.deadlines.c
    running = (d.kind == STEP) & d.met_at.is_(None) & d.told_at.is_(None)
    return await _count(store, sa.select(sa.func.count()).where(running, d.due_at < sa.func.now() + SOON))


async def _count(store: Store, query: sa.Select[tuple[int]]) -> int:
    """Waits for the database if it is away."""
    while True:
        try:
            async with store.read() as work:
                return int(await work.scalar(query))
        except Broken:
            await asyncio.sleep(AGAIN)
