"""Keeps our posts to one channel a second apart as they arrive at Slack, not only as they leave the database."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from handlers.errors import TryLater

WAITING_MOST = 2  # posts; more would wait so long that nobody knew any more whether they left
LEARNT = 100  # posts, after which the quickest way is known well enough to count on; a start is busy, and its posts are slow
REMEMBERED = 400  # a quick one must not be forgotten in a slow minute: the next as quick would come too early


@dataclass
class Lane:
    """One channel; `next_at` is when the next post may leave, on our clock."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    next_at: float = 0.0


@dataclass
class Turn:
    """One post under way. Slack's own time stamp of a message tells when it arrived there."""

    left_at: float = field(default_factory=time.monotonic)
    arrived: float | None = None


@dataclass
class Pace:
    """A post that took longer on its way than the quickest ones arrived that much later; the next one waits for it."""

    every: float  # seconds
    _lanes: dict[str, Lane] = field(default_factory=dict)
    _ways: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))  # Slack's clock at arrival less ours at leaving

    @asynccontextmanager
    async def turn(self, channel_id: str) -> AsyncIterator[Turn]:
        """Waits until a post to this channel may leave; posts of one channel go one after the other."""
        lane = self._lanes.setdefault(channel_id, Lane())
        if lane.waiting >= WAITING_MOST:
            raise TryLater("channel_busy", timedelta(seconds=self.every))
        lane.waiting += 1
        try:
            async with lane.lock:
                await asyncio.sleep(max(0.0, lane.next_at - time.monotonic()))
                turn = Turn()
                try:
                    yield turn
                finally:
                    lane.next_at = self._arrived_at(turn) + self.every
        finally:
            lane.waiting -= 1

    def _arrived_at(self, turn: Turn) -> float:
        """When it arrived, had it been as quick as the quickest; just now at the latest."""
        if turn.arrived is None:
            return time.monotonic()
        learning = len(self._ways) < LEARNT
        self._ways.append(turn.arrived - turn.left_at)
        return time.monotonic() if learning else min(turn.arrived - min(self._ways), time.monotonic())
