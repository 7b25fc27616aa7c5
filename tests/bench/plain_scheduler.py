"""Deadlines as jobs in APScheduler's own SQLAlchemyJobStore: `python -m tests.bench.plain_scheduler FILE URL`.

A job does nothing but write into FILE when it was due and when it ran. The store has our SQLite's settings, and no job is dropped for
being late, as APScheduler would by itself after a second.
"""

import asyncio
import pickle
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa
from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.date import DateTrigger

_file: list[TextIO] = []


def scheduler_on(url: str) -> tuple[AsyncIOScheduler, SQLAlchemyJobStore]:
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}").close()

    store = SQLAlchemyJobStore(engine=engine)
    kept = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    return AsyncIOScheduler(jobstores={"default": store}, timezone=UTC, job_defaults=kept), store


async def fire(due_at: float) -> None:
    _file[0].write(f"{due_at:.6f} {time.time():.6f}\n")


def add(scheduler: BaseScheduler, moments: Sequence[datetime]) -> None:
    """By its own `add_job`, a transaction each."""
    for at in moments:
        scheduler.add_job(fire, DateTrigger(at, UTC), args=[at.timestamp()])


def write(scheduler: BaseScheduler, store: SQLAlchemyJobStore, moments: Sequence[datetime]) -> None:
    """The same rows all at once, since its own way would take minutes."""
    rows = []
    for at in moments:
        plan = {"executor": "default", "max_instances": 1, "coalesce": True, "misfire_grace_time": None, "next_run_time": at}
        job = Job(scheduler, trigger=DateTrigger(at, UTC), func=fire, args=[at.timestamp()], kwargs={}, name="fire", **plan)
        row = {"id": job.id, "next_run_time": at.timestamp(), "job_state": pickle.dumps(job.__getstate__(), store.pickle_protocol)}
        rows.append(row)
    with store.engine.begin() as connection:
        connection.execute(store.jobs_t.insert(), rows)


async def run(file: Path, url: str) -> None:
    with file.open("a", buffering=1) as opened:
        _file.append(opened)
        scheduler, _ = scheduler_on(url)
        scheduler.start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    from tests.bench.plain_scheduler import run as run_by_name  # jobs name `fire` by this module, not by __main__

    asyncio.run(run_by_name(Path(sys.argv[1]), sys.argv[2]))
