"""Keeps our posts to one channel a second apart as they arrive at Slack, not only as they leave the database."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Lane:
    """When the last post to one channel is thought to have arrived."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    arrived_at: float = 0.0


@dataclass
class Pace:
    """A post that took longer on its way than the quickest one arrived that much later; the next one waits for it."""

    every: float  # seconds
    _lanes: dict[str, Lane] = field(default_factory=dict)
    _quickest: float | None = None

    @asynccontextmanager
    async def turn(self, channel_id: str) -> AsyncIterator[None]:
        """Waits until a post to this channel may leave; posts of one channel go one after the other."""
        lane = self._lanes.setdefault(channel_id, Lane())
        async with lane.lock:
            await asyncio.sleep(max(0.0, lane.arrived_at + self.every - time.monotonic()))
            left_at = time.monotonic()
            try:
                yield
            finally:
                took = time.monotonic() - left_at
                lane.arrived_at = left_at + min(max(took - (self._quickest or 0.0), 0.0), self.every)
                self._quickest = min(self._quickest or took, took)
