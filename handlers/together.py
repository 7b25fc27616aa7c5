"""Gathers what many people ask for at the same moment into one transaction: two hundred clicks at the price of a few commits."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from storage.database import is_away

MOST = 100
Ask = TypeVar("Ask")
Settle = Callable[[Sequence[Ask]], Awaitable[Sequence[Exception | None]]]


@dataclass
class Together(Generic[Ask]):
    """`put` returns when what was asked for is durable, or raises what became of it instead."""

    _waiting: list[tuple[Ask, asyncio.Future[None]]] = field(default_factory=list)
    _worker: asyncio.Task[None] | None = None

    async def put(self, ask: Ask, settle: Settle[Ask]) -> None:
        """`settle` does a batch in one transaction and gives an outcome for each; None is well."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, done))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(settle))
        await done

    async def _work(self, settle: Settle[Ask]) -> None:
        while self._waiting:
            batch, self._waiting[:MOST] = self._waiting[:MOST], []
            await self._settle(batch, settle)

    async def _settle(self, batch: list[tuple[Ask, asyncio.Future[None]]], settle: Settle[Ask]) -> None:
        """If a batch cannot be settled, each is tried alone, so that one does not take the others down; not when the database is away."""
        try:
            outcomes = await settle([ask for ask, _ in batch])
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            if len(batch) > 1 and not is_away(error):
                for one in batch:
                    await self._settle([one], settle)
                return
            outcomes = [error] * len(batch)
        for (_, done), outcome in zip(batch, outcomes, strict=True):
            if done.done():
                continue
            if outcome is None:
                done.set_result(None)
            else:
                done.set_exception(outcome)
