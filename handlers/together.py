"""Gathers what many people ask for at the same moment into one transaction: two hundred clicks at the price of a few commits."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from storage.database import Work, along, is_away, written_along

MOST = 100
Ask = TypeVar("Ask")
Settle = Callable[[Sequence[Ask]], Awaitable[Sequence[Exception | None]]]
Along = Callable[[Work], Awaitable[None]]


@dataclass(frozen=True)
class Asked(Generic[Ask]):
    """`along` is what its asker writes down with the commit."""

    ask: Ask
    done: asyncio.Future[None]
    along: Along | None


@dataclass
class Together(Generic[Ask]):
    """`put` returns when what was asked for is durable, or raises what became of it instead."""

    _waiting: list[Asked[Ask]] = field(default_factory=list)
    _worker: asyncio.Task[None] | None = None

    async def put(self, ask: Ask, settle: Settle[Ask]) -> None:
        """`settle` does a batch in one transaction and gives an outcome for each; None is well."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Asked(ask, done, written_along()))
        if self._worker is None or self._worker.done():  # it works for everybody: what is of the first asker alone stays out
            self._worker = asyncio.create_task(self._work(settle), context=Context())
        await done

    async def _work(self, settle: Settle[Ask]) -> None:
        while self._waiting:
            batch, self._waiting[:MOST] = self._waiting[:MOST], []
            await self._settle(batch, settle)

    async def _settle(self, batch: list[Asked[Ask]], settle: Settle[Ask]) -> None:
        """If a batch cannot be settled, each is tried alone, so that one does not take the others down; not when the database is away."""
        try:
            with along(_each([one.along for one in batch])):
                outcomes = await settle([one.ask for one in batch])
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            if len(batch) > 1 and not is_away(error):
                for one in batch:
                    await self._settle([one], settle)
                return
            outcomes = [error] * len(batch)
        for one, outcome in zip(batch, outcomes, strict=True):
            if one.done.done():
                continue
            if outcome is None:
                one.done.set_result(None)
            else:
                one.done.set_exception(outcome)


def _each(writing: Sequence[Along | None]) -> Along:
    async def write(work: Work) -> None:
        for one in writing:
            if one:
                await one(work)

    return write
