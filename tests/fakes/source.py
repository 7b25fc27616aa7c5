"""A source in memory that obeys the port: pages of news behind positions, faults on demand, a stream that the test speaks into."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from handlers.networks import Can, Heard, News, Standing


@dataclass
class FakeSource:
    """A position is the number of news before it. `fail` takes one error per question to come (None lets it through)."""

    name: str = "x"
    every: timedelta = timedelta(seconds=0.02)
    page: int = 3
    news: list[News] = field(default_factory=list)
    fail: deque[BaseException | None] = field(default_factory=deque)
    asked: list[str | None] = field(default_factory=list)
    left_out: str = ""
    stuck: bool = False  # says "more" and stays where it is
    stands: Standing | Exception = field(default_factory=lambda: Standing("@meridia", (Can.HEAR,)))
    before: Callable[[], Awaitable[object]] | None = None  # awaited before each answer
    pushes: "asyncio.Queue[News | Exception | None]" = field(default_factory=asyncio.Queue)
    streams: int = 0  # that were opened
    open_now: int = 0
    lingers: float = 0.0  # seconds that its stream takes to say goodbye
    deaf: bool = False  # its stream ends at once

    async def since(self, cursor: str | None) -> Heard:
        self.asked.append(cursor)
        if self.before:
            await self.before()
        if self.fail and (error := self.fail.popleft()):
            raise error
        start = int(cursor or 0)
        told = self.news[start : start + self.page]
        after = start + len(told)
        return Heard(told, str(after), after < len(self.news) or self.stuck, self.left_out)

    async def stirs(self) -> AsyncIterator[News | None]:
        self.streams += 1
        self.open_now += 1
        try:
            while not self.deaf:
                one = await self.pushes.get()
                if isinstance(one, Exception):
                    raise one
                yield one
        finally:
            self.open_now -= 1
            await asyncio.sleep(self.lingers)

    async def standing(self) -> Standing:
        if isinstance(self.stands, Exception):
            raise self.stands
        return self.stands
