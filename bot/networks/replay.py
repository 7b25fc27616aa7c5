"""Plays a file of mentions (JSON Lines or CSV) into the intake, as fast as it goes or at the pace at which they were written."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from bot.wire import Malformed
from handlers.ports import Mention, Receipt

BATCH = 200


@dataclass
class Summary:
    """What a replay did so far."""

    read: int = 0
    new: int = 0
    known: int = 0
    malformed: int = 0
    cases: int = 0


@dataclass(frozen=True)
class Replay:
    """`receive` stores a batch; `set_aside` keeps a line that cannot be read."""

    receive: Callable[[Sequence[Mention]], Awaitable[list[Receipt]]]
    set_aside: Callable[[str, str, str], Awaitable[None]]

    async def play(self, lines: Iterator[Mention | Malformed], speed: float, source: str) -> AsyncIterator[Summary]:
        """Yields the summary after each batch. With `speed` 0 as fast as it goes, else that many times the original pace, dated now."""
        summary, cases = Summary(), set[int]()
        batches = self._paced(lines, speed) if speed else _batches(lines)
        async for batch in batches:
            good = [one for one in batch if isinstance(one, Mention)]
            for bad in batch:
                if isinstance(bad, Malformed):
                    await self.set_aside(source, bad.raw or str(bad), str(bad))
            receipts = await self.receive(good) if good else []
            new = sum(receipt.new for receipt in receipts)
            cases |= {receipt.case_id for receipt in receipts}
            summary = Summary(
                summary.read + len(batch),
                summary.new + new,
                summary.known + len(good) - new,
                summary.malformed + len(batch) - len(good),
                len(cases),
            )
            yield summary

    async def _paced(self, lines: Iterator[Mention | Malformed], speed: float) -> AsyncIterator[list[Mention | Malformed]]:
        began, first = datetime.now(UTC), None
        for one in lines:
            if isinstance(one, Mention):
                first = first or one.posted_at
                due = began + max(one.posted_at - first, timedelta()) / speed
                await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
                yield [replace(one, posted_at=due)]
            else:
                yield [one]


async def _batches(lines: Iterator[Mention | Malformed]) -> AsyncIterator[list[Mention | Malformed]]:
    while batch := list(islice(lines, BATCH)):
        yield batch
