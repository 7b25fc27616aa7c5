"""What a network pushes, gathered while a test looks on."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from handlers.errors import SendError
from handlers.networks import Source
from tests.networks.contract.asking import PAUSE, Ear, ear
from tests.networks.contract.stage import Stage

UNDER_WAY = 2.0  # seconds that a connection may take to stand


@asynccontextmanager
async def followed(stage: Stage) -> AsyncIterator[Ear]:
    """An ear that also takes what is pushed, news themselves included."""
    hearing = ear(stage)
    following = asyncio.create_task(hearing.follow())
    try:
        yield hearing
        assert not following.done(), f"what pushes raised what no door may: {following.exception()!r}"
    finally:
        await _ended(following)


class Told(list[object]):
    async def beyond(self, number: int, within: float) -> None:
        deadline = time.monotonic() + within
        while len(self) <= number:
            assert time.monotonic() < deadline, f"nothing was pushed within {within} s"
            await asyncio.sleep(PAUSE / 2)


@asynccontextmanager
async def stirred(source: Source) -> AsyncIterator[Told]:
    """Everything that is pushed, from when the connection has had time to stand."""
    told = Told()

    async def listen() -> None:
        while True:
            with suppress(SendError):
                async for news in source.stirs():
                    told.append(news)
            await asyncio.sleep(PAUSE)

    listening = asyncio.create_task(listen())
    try:
        await asyncio.sleep(UNDER_WAY)
        yield told
        assert not listening.done(), f"what pushes raised what no door may: {listening.exception()!r}"
    finally:
        await _ended(listening)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task
