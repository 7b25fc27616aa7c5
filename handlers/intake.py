"""Gathers what arrives at the same time into one transaction: a thousand mentions a second at the price of a few commits."""

import asyncio
from dataclasses import dataclass, field

from handlers.mentions import Mentions
from handlers.ports import Mention, Receipt
from storage.database import is_away

MOST = 200
AT_ONCE = 2  # while the database writes one batch, the machine reads the next
WAITING_MOST = 20_000


class Overloaded(Exception):
    """More waits than memory should hold: the source is asked to come again."""


@dataclass
class Intake:
    """`put` returns when the mention is durable: only then may its source be told so."""

    mentions: Mentions
    most: int = WAITING_MOST
    _waiting: list[tuple[Mention, asyncio.Future[Receipt]]] = field(default_factory=list)
    _workers: set[asyncio.Task[None]] = field(default_factory=set)

    async def put(self, mention: Mention) -> Receipt:
        """Raises Overloaded, or whatever kept the batch from being stored."""
        if len(self._waiting) >= self.most:
            raise Overloaded
        receipt: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((mention, receipt))
        if len(self._workers) < AT_ONCE:
            worker = asyncio.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return await receipt

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting[:MOST] = self._waiting[:MOST], []
            await self._store(batch)

    async def _store(self, batch: list[tuple[Mention, asyncio.Future[Receipt]]]) -> None:
        """If a batch cannot be stored, each mention is tried alone: one bad one takes no other down. Not when the database is away."""
        try:
            receipts = await self.mentions.receive([mention for mention, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, its source is told
            if len(batch) > 1 and not is_away(error):
                for one in batch:
                    await self._store([one])
                return
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), receipt in zip(batch, receipts, strict=True):
            if not waiting.done():
                waiting.set_result(receipt)
