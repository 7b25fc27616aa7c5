"""`app.py` whose scheduler stops after a few seconds: what a fault inside that library would look like. Seconds are the first argument."""

import asyncio
import sys

from apscheduler.schedulers.asyncio import AsyncIOScheduler

import app

AFTER = float(sys.argv.pop(1))
_start = AsyncIOScheduler.start


def start(self: AsyncIOScheduler, *args: object, **named: object) -> None:
    _start(self, *args, **named)
    asyncio.get_running_loop().call_later(AFTER, self.pause)


AsyncIOScheduler.start = start  # type: ignore[method-assign]
sys.exit(app.main())
