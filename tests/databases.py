"""Databases in shape, migrated once and copied, and statements compiled once: every test would pay for both anew."""

import asyncio
import atexit
import shutil
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.util import LRUCache

from storage.database import Store
from storage.migrate import upgrade
from tests.servers.postgres import Postgres

STATEMENTS = 3_000  # of one kind of database that are remembered
_compiled: dict[str, tuple[sa.Dialect, LRUCache[Any, Any]]] = {}
_numbers = count(1)


def apart(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What it returns, on a loop of its own, whether one runs here or not."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, coroutine).result()


def opened(url: str, dial: Callable[[], datetime] | None = None) -> Store:
    """A store that knows what was compiled for those that were opened before it: each would compile a few hundred statements."""
    store = Store(url, dial)
    for engine in {store._writer, store._reader}:
        _share(engine.sync_engine)
    return store


def _share(engine: sa.Engine) -> None:
    known = _compiled.get(engine.dialect.name)
    if known is None or not known[0].server_version_info:  # it never connected, so it does not know its server
        known = _compiled[engine.dialect.name] = (engine.dialect, LRUCache(STATEMENTS))
    engine.dialect = engine.pool._dialect = known[0]
    engine._compiled_cache = known[1]


async def drivers_at_rest() -> None:
    """Where SQLite cannot be opened, its driver's thread still tells the loop that it stops, and nobody waits for that."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 1)


async def _migrate(url: str) -> None:
    store = Store(url)
    await upgrade(store)
    await store.close()


@cache
def sqlite_shape() -> Path:
    """The file of a database in shape, without a row."""
    folder = TemporaryDirectory(prefix="tocsin-shape-")
    atexit.register(folder.cleanup)
    file = Path(folder.name) / "tocsin.db"
    apart(_migrate(f"sqlite:///{file}"))
    return file


def sqlite_copy(file: Path) -> str:
    """The address of a database in shape in this file. One that is there already stays as it is."""
    if not file.exists():
        shutil.copy(sqlite_shape(), file)
    return f"sqlite:///{file}"


class Copies:
    """Databases on one server, one at a time: the next takes the place of the last, since they lie in memory and thousands would fill it."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self.last = ""

    async def shape(self) -> str:
        """The name of a database in shape, to be copied."""
        await self._ask("CREATE DATABASE shape")
        await _migrate(self.server.url("shape"))
        return "shape"

    async def create(self, template: str = "template1") -> str:
        """The address of a copy of the template. The last one is gone."""
        drop = [f"DROP DATABASE IF EXISTS {self.last} WITH (FORCE)"] if self.last else []
        self.last = f"copy_{next(_numbers)}"
        await self._ask(*drop, f"CREATE DATABASE {self.last} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.server.url(self.last)

    async def keep(self, name: str) -> str:
        """The last one as it stands now, to be copied; nobody may be connected to it."""
        await self._ask(f"CREATE DATABASE {name} TEMPLATE {self.last} STRATEGY FILE_COPY")
        return name

    async def _ask(self, *words: str) -> None:
        admin = await asyncpg.connect(self.server.url())
        for one in words:
            await admin.execute(one)
        await admin.close()
