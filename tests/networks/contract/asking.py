"""How the contract listens and answers: as Tocsin does, and as patiently as a real server needs."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

import pytest

from handlers.errors import SendError, TryLater, Unconfirmed
from handlers.networks import Gone, Network, News, Published, Reply, Source
from handlers.ports import Event, Mention
from tests.networks.contract.extras import says_slowly
from tests.networks.contract.stage import Fault, Scene, Seen, Stage

PAUSE = 0.1  # seconds between two looks
CERTAIN = 15.0  # seconds until a network must know what became of a reply
MOST_NEWS = 200
T = TypeVar("T")


@dataclass
class Ear:
    """Asks and keeps its position; `heard` is everything that came, in order. What is pushed is heard while `following`."""

    source: Source
    within: float = 20
    cursor: str | None = None
    heard: list[News] = field(default_factory=list)

    async def ask(self) -> Sequence[News]:
        """Everything that is new, page by page."""
        new: list[News] = []
        more = True
        while more:
            page = await self.source.since(self.cursor)
            assert len(page.news) <= MOST_NEWS, "a page is bounded"
            assert isinstance(page.cursor, str), "a position is text, so that it can be kept"
            new += page.news
            self.cursor, more = page.cursor, page.more
        self.heard += new
        return new

    async def until(self, *ids: str) -> list[Mention]:
        """The mentions with these ids, once all of them have come."""
        await self.hears(lambda: set(ids) <= {one.external_id for one in self.mentions}, f"{ids} never came")
        return [next(one for one in self.mentions if one.external_id == id_) for id_ in ids]

    async def hears(self, what: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + self.within
        while not what():
            assert time.monotonic() < deadline, otherwise
            try:
                await self.ask()
            except TryLater as error:
                await asyncio.sleep(min(error.after.total_seconds(), 2))
            if not what():
                await asyncio.sleep(PAUSE)

    async def follow(self) -> None:
        """Takes what is pushed, for ever; begun anew whenever it ends."""
        while True:
            try:
                async for news in self.source.stirs():
                    if news is not None:
                        self.heard.append(news)
            except SendError:
                pass
            await asyncio.sleep(PAUSE)

    @property
    def mentions(self) -> list[Mention]:
        """As they were posted."""
        return [one for one in self.heard if isinstance(one, Mention) and one.event is Event.POSTED]

    def edited(self, external_id: str) -> list[str]:
        told = [one for one in self.heard if isinstance(one, Mention) and one.external_id == external_id]
        return [one.text for one in told if one.event is Event.EDITED]

    def deleted(self, external_id: str) -> bool:
        gone = {one.external_id for one in self.heard if isinstance(one, Gone)}
        return external_id in gone | {one.external_id for one in self.heard if isinstance(one, Mention) and one.event is Event.DELETED}


def ear(stage: Stage) -> Ear:
    return Ear(stage.source, says_slowly(stage))


def unlike(text: str) -> str:
    """The same words, told from all others: networks refuse what was said a moment ago."""
    return f"{text} {uuid4().hex[:8]}"


def usually_private(scene: Scene) -> bool:
    return not scene.hearing.public


def ways(scene: Scene) -> list[bool]:
    """Whether a message and its answer are private: in each way in which both exist there."""
    if scene.abilities is None:
        pytest.skip("we only read there")
    can = {False: scene.hearing.public and scene.abilities.public, True: scene.hearing.private and scene.abilities.private}
    return [private for private, possible in can.items() if possible]


def needs(possible: object, otherwise: str) -> None:
    if not possible:
        pytest.skip(otherwise)


def needs_fault(scene: Scene, fault: Fault) -> None:
    needs(fault in scene.faults, f"this stage cannot play {fault}")


async def acted(doing: Awaitable[T]) -> T:
    """What a stage says that nobody can do there is no matter of ours."""
    try:
        return await doing
    except NotImplementedError as error:
        pytest.skip(f"nobody can do that there: {error}")


async def said_and_heard(stage: Stage, text: str, **how: object) -> Mention:
    external_id = await stage.say(text, **how)  # type: ignore[arg-type]
    return (await ear(stage).until(external_id))[0]


def answer(mention: Mention, text: str | None = None, **changes: object) -> Reply:
    """Ours, as it would leave."""
    plain = Reply(
        token=uuid4().hex,
        text=text or unlike("Your data is safe, Anna."),
        language="en",
        private=mention.private,
        in_reply_to=mention.external_id,
        conversation_id=mention.conversation_id,
        customer=mention.customer,
        context=mention.context,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_while_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=30)


async def asked(network: Network, reply: Reply, within: float = CERTAIN) -> Published | None:
    """What became of it, once the network can tell."""
    deadline = time.monotonic() + within
    while True:
        try:
            return await network.find(reply, a_while_ago())
        except Unconfirmed:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(PAUSE)


async def ours(stage: Stage, *, count: int) -> list[Seen]:
    """What stands there of ours, once it is that many; one more is not overlooked."""
    deadline = time.monotonic() + CERTAIN
    while len(seen := list(await stage.ours())) < count and time.monotonic() < deadline:
        await asyncio.sleep(PAUSE)
    await asyncio.sleep(PAUSE)
    seen = list(await stage.ours())
    assert len(seen) == count, f"{len(seen)} of ours stand there, not {count}: {seen}"
    return seen
