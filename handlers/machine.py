"""The triage engine at work: loaded once the doors are open, warmed from the rows, taught by clicks, asked off the event loop."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from flows.flow import Flow
from flows.triage import Click, Suggestion, Triage
from storage import cases, mentions
from storage.database import Store

REMEMBERED = 20_000
Answer = TypeVar("Answer")


class Machine(Protocol):
    """What sorts mentions."""

    async def suggest(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[Suggestion]: ...


@dataclass
class Learner:
    """One thread asks and teaches the engine, so that a click never lands in the middle of a reading.

    The clicks are the truth: a new process replays them in the order in which they were stored.
    """

    store: Store
    flow: Flow
    make: Callable[[Flow], Triage]
    learns: bool = True
    _last_click: int = 0
    _engine: "asyncio.Task[Triage] | None" = None
    _learning: asyncio.Lock = field(default_factory=asyncio.Lock)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "triage"))

    async def suggest(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[Suggestion]:
        """Waits for the models if they are still loading."""
        engine = await self.engine()
        return await self._run(partial(engine.suggest_many, texts, hints))

    async def reconsider(self, texts: Sequence[str], hints: Sequence[str | None]) -> list[Suggestion]:
        """The semantic speed; only with an encoder."""
        engine = await self.engine()
        return await self._run(partial(engine.reconsider, texts, hints))

    async def engine(self) -> Triage:
        if self._engine is None or (self._engine.done() and self._engine.exception()):
            self._engine = asyncio.create_task(self._load())
        return await asyncio.shield(self._engine)

    async def _load(self) -> Triage:
        engine = await self._run(partial(self.make, self.flow))
        async with self.store.read() as work:
            seen = await mentions.recent_texts(work, REMEMBERED)
        await self._run(engine.warm)
        await self._run(partial(engine.remember, seen))
        return engine

    async def catch_up(self) -> None:
        """Learn what was clicked since, here and on other replicas."""
        if not self.learns:
            return
        engine = await self.engine()
        async with self._learning:
            while rows := await self._new_clicks():
                clicks = [Click(row.text, row.language, row.word, row.truth) for row in rows]
                await self._run(partial(engine.learn, clicks))
                self._last_click = rows[-1].id

    async def _new_clicks(self) -> Sequence[Any]:
        async with self.store.read() as work:
            return await cases.clicks_after(work, self._last_click)

    async def _run(self, call: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
