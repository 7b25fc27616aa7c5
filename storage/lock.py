"""SQLite knows one sender: the file beside the database that its process holds."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class SenderRuns(Exception):
    """Another process sends from this database. The message is its process id, if it left one."""


@contextmanager
def sender_role(database: str | None) -> Iterator[None]:
    """Hold the role until the block ends; raises SenderRuns at once if somebody has it. None (PostgreSQL) needs no lock."""
    if database in (None, "", ":memory:"):
        yield
        return
    with Path(f"{database}.lock-sender").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise SenderRuns(lock.read().strip()) from None
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        yield
