"""The network of the demo: plays the sample crisis at a pace that people can watch. What was played before is not played again."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.wire import read_file
from handlers.ports import Mention, Receipt

AT_ONCE = 12  # so that the first look finds something
EVERY = 1.2  # seconds


def samples(folder: Path) -> Iterator[Mention]:
    """The hours of all languages in one stream, in the order in which they were written."""
    hours = [[one for one in read_file(path, "dry_run") if isinstance(one, Mention)] for path in sorted(folder.glob("*.jsonl"))]
    return heapq.merge(*hours, key=lambda one: one.posted_at)


@dataclass(frozen=True)
class DryRun:
    receive: Callable[[Sequence[Mention]], Awaitable[list[Receipt]]]

    async def play(self, folder: Path, every: float = EVERY) -> int:
        """How many were new. Each is dated at the moment at which it is played."""
        new = 0
        for one in samples(folder):
            receipt = (await self.receive([replace(one, posted_at=datetime.now(UTC))]))[0]
            new += receipt.new
            if receipt.new and new > AT_ONCE:
                await asyncio.sleep(every)
        return new
