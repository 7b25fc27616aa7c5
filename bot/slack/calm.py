"""Lets those go first who wait for an acknowledgement: what may come later waits until the event loop has time to spare."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

AT_ONCE = 4
LOOK = 0.02  # seconds between looks
LATE = 0.005  # a look that comes no later than this finds the loop at leisure
PATIENCE = 2.0


@dataclass(frozen=True)
class Calm:
    """`async with calm.turn():` begins when the storm is over, or after two seconds; a few at a time."""

    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE), repr=False, compare=False)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        async with self._turns:
            await _leisure()
            yield


async def _leisure() -> None:
    loop = asyncio.get_running_loop()
    last = loop.time() + PATIENCE
    while loop.time() < last:
        due = loop.time() + LOOK
        await asyncio.sleep(LOOK)
        if loop.time() - due < LATE:
            return
