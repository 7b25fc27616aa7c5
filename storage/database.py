"""The one place that knows which database this is: connections, transactions, the present moment and the three dialect differences."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.address import connect_args, database_url

WAKE = "tocsin_outbox"
LISTEN_AGAIN = 2.0  # seconds
log = structlog.get_logger()
Broken = (OSError, sa.exc.SQLAlchemyError)  # what a database that is away, full or locked raises


def is_away(error: BaseException) -> bool:
    """Whether it is the database that cannot work now (gone, full, locked), rather than the statement that is wrong."""
    away = isinstance(error, (OSError, TimeoutError, sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError))
    return away or bool(getattr(error, "connection_invalidated", False)) or _state(error)[:2] in ("08", "53", "57")


def is_passing(error: BaseException) -> bool:
    """Whether the same may succeed when it is tried again: the database is away, or this transaction was in another's way."""
    return is_away(error) or _state(error)[:2] in ("40", "55")


def _state(error: BaseException) -> str:
    return str(getattr(getattr(error, "orig", error), "sqlstate", "") or "")


# what is written along with each commit of the task that is at work
_along: ContextVar["Callable[[Work], Awaitable[None]] | None"] = ContextVar("along", default=None)
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@dataclass
class Work:
    """One transaction. Leaving it without `commit` rolls everything back."""

    connection: AsyncConnection
    store: "Store"
    _now: datetime | None = None
    committed: bool = False
    wakes: bool = False

    @property
    def on_postgresql(self) -> bool:
        return self.store.on_postgresql

    async def now(self) -> datetime:
        """The moment of this transaction: a dial in tests, the database's clock on PostgreSQL, ours on SQLite."""
        if self._now is None:
            self._now = self.store.dial() if self.store.dial else await self._clock()
        return self._now

    async def _clock(self) -> datetime:
        if not self.on_postgresql:
            return datetime.now(UTC)
        moment: datetime = (await self.connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
        return moment.astimezone(UTC)

    async def execute(self, statement: sa.Executable, rows: Sequence[Mapping[str, Any]] | None = None) -> CursorResult[Any]:
        return await (self.connection.execute(statement, rows) if rows is not None else self.connection.execute(statement))

    async def scalar(self, statement: sa.Executable) -> Any:
        return (await self.connection.execute(statement)).scalar()

    def insert(self, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that knows ON CONFLICT, in this database's dialect."""
        return postgresql.insert(table) if self.on_postgresql else sqlite.insert(table)

    def locking(self, query: sa.Select[Any], *, skip: bool = False) -> sa.Select[Any]:
        """SQLite has one writer, so its rows need no lock."""
        return query.with_for_update(skip_locked=skip) if self.on_postgresql else query

    async def lock_names(self, names: Sequence[str]) -> None:
        """Hold these names until the end of the transaction; sorted, so that two transactions never wait for each other."""
        if self.on_postgresql and names:
            hold = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name")
            await self.connection.execute(hold, {"names": sorted(set(names))})

    async def commit(self) -> None:
        if along := _along.get():
            await along(self)
        if self.wakes and self.on_postgresql:
            await self.connection.execute(sa.text(f"NOTIFY {WAKE}"))
        await self.connection.commit()
        self.committed = True
        if self.wakes:
            self.store.wake.set()


def written_along() -> Callable[[Work], Awaitable[None]] | None:
    """What each commit of this task writes besides, for whoever commits in its name."""
    return _along.get()


@contextmanager
def along(write: Callable[[Work], Awaitable[None]]) -> Iterator[None]:
    """Meanwhile every commit writes this, too: both stand, or neither."""
    token = _along.set(write)
    try:
        yield
    finally:
        _along.reset(token)


@dataclass
class Store:
    """The database, opened. `begin()` writes, `read()` only looks."""

    url: str = field(repr=False)  # it may hold a password
    dial: Callable[[], datetime] | None = None
    pool: int = 8
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _writer: AsyncEngine = field(init=False, repr=False)
    _reader: AsyncEngine = field(init=False, repr=False)

    def __post_init__(self) -> None:
        arguments = connect_args(self.url)
        self.url = database_url(self.url)
        if self.on_postgresql:
            self._writer = self._reader = create_async_engine(
                self.url, pool_size=self.pool, pool_pre_ping=True, hide_parameters=True, json_serializer=_dumps, connect_args=arguments
            )
        else:
            self._writer, self._reader = self._sqlite(size=1, begin="BEGIN IMMEDIATE"), self._sqlite(size=4, begin="BEGIN")

    @property
    def on_postgresql(self) -> bool:
        return self.url.startswith("postgresql")

    @property
    def path(self) -> str | None:
        """The file of a SQLite database."""
        return None if self.on_postgresql else make_url(self.url).database

    def _sqlite(self, size: int, begin: str) -> AsyncEngine:
        # One writer connection queues our own transactions instead of letting SQLite refuse them;
        # synchronous=FULL costs 1.0-1.25 x NORMAL and keeps a commit through a power loss.
        engine = create_async_engine(
            self.url,
            pool_size=size,
            max_overflow=0,
            pool_timeout=60,
            hide_parameters=True,
            json_serializer=_dumps,
            poolclass=sa.AsyncAdaptedQueuePool,
        )

        @sa.event.listens_for(engine.sync_engine, "connect")
        def _(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON", "secure_delete=ON"):
                connection.execute(f"PRAGMA {pragma}").close()

        @sa.event.listens_for(engine.sync_engine, "begin")
        def _(connection: sa.Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Work]:
        async with self._writer.connect() as connection:
            yield Work(connection, self)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Work]:
        async with self._reader.connect() as connection:
            yield Work(connection, self)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Let what other processes commit wake this one too; where that fails, polling is still there."""
        task = asyncio.create_task(self._listen()) if self.on_postgresql else None
        try:
            yield
        finally:
            if task:
                task.cancel()
                await asyncio.wait([task])

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except Broken as error:
                log.warning("listening_ended", reason=type(error).__name__)
            await asyncio.sleep(LISTEN_AGAIN)

    async def _hear(self) -> None:
        """Until the connection is lost."""
        ended = asyncio.Event()
        async with self._writer.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            if raw is None:
                return
            raw.add_termination_listener(lambda _: ended.set())
            await raw.add_listener(WAKE, lambda *_: self.wake.set())
            self.wake.set()  # for what was committed while nobody listened
            try:
                await ended.wait()
            finally:
                await connection.invalidate()  # a connection that listens does not go back into the pool

    async def close(self) -> None:
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()
