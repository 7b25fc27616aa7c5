"""Kills replicas and breaks off the database, at moments that a seed chooses."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.servers.postgres import Postgres
from tests.servers.workers import Workers

AWAY = (0.2, 1.5)  # seconds that the database is away
LOOK = 0.05


@dataclass
class Killer:
    """`progress` counts up to `most`; every deed comes when it has reached a number between."""

    workers: Workers
    database: Postgres
    chance: random.Random
    kills: int = 0
    restarts: int = 0

    async def rage(self, kills: int, restarts: int, progress: Callable[[], Awaitable[int]], most: int) -> None:
        deeds = [self._kill] * kills + [self._restart] * restarts
        self.chance.shuffle(deeds)
        moments = sorted(self.chance.sample(range(most // 50, most * 9 // 10), len(deeds)))
        for moment, deed in zip(moments, deeds, strict=True):
            while await progress() < moment:
                self.workers.must_run()
                await asyncio.sleep(LOOK)
            await asyncio.sleep(self.chance.uniform(0, 0.3))
            await deed()

    async def _kill(self) -> None:
        await asyncio.to_thread(self.workers.kill_one, self.chance)
        self.kills += 1

    async def _restart(self) -> None:
        """Who was just starting finds no database and ends; its host starts it again."""
        await asyncio.to_thread(self.database.break_off)
        await asyncio.sleep(self.chance.uniform(*AWAY))
        await asyncio.to_thread(self.database.start)
        await asyncio.to_thread(self.workers.start_again)
        self.restarts += 1
