"""Tells open pages that something changed: one question a second to the database, however many pages listen."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()


@dataclass
class Live:
    """`ask` is `Desk.newest`; it is asked only while somebody listens. Times are seconds.

    At each beat a listener's session is looked at again though nothing changed.
    """

    ask: Callable[[], Awaitable[str]]
    every: float = 1.0
    beat: float = 10.0
    newest: str = ""
    _listeners: int = 0
    _asker: asyncio.Task[None] | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def listen(self, welcome: Callable[[], Awaitable[bool]]) -> AsyncIterator[str]:
        """The sign of the newest change: at once, after each change and at each beat, for as long as the listener is welcome."""
        self._listeners += 1
        if self._asker is None or self._asker.done():
            self._asker = asyncio.create_task(self._ask())
        try:
            while await welcome():
                seen = self.newest
                yield seen
                await self._wait(seen)
        finally:
            self._listeners -= 1

    async def _wait(self, seen: str) -> None:
        async with self._news:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait_for(lambda: self.newest != seen), self.beat)

    async def _ask(self) -> None:
        """A database that is away is asked again."""
        while self._listeners:
            try:
                newest = await self.ask()
                if newest != self.newest:
                    async with self._news:
                        self.newest = newest
                        self._news.notify_all()
            except Exception:
                log.exception("console_live_failed")
            await asyncio.sleep(self.every)
