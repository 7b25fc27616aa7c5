"""What every test may ask for: a database of each kind, a dial for time, a house with its use cases."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.terminal.logs import load_logging
from handlers.board import Board
from storage.database import Store
from storage.migrate import upgrade
from tests.builders import Scripted, TestHouse, data_breach
from tests.counting import wrong_counts
from tests.dial import Dial
from tests.servers.postgres import NoPostgres, Postgres

_databases = count(1)
load_logging(alone=False)  # as the bot writes them: one line each, quickly


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    try:
        with Postgres() as server:
            yield server
    except NoPostgres as error:
        pytest.skip(f"no PostgreSQL server on this machine: {error}")


async def _migrated(url: str) -> None:
    store = Store(url)
    await upgrade(store)
    await store.close()


def _apart(coroutine: object) -> None:
    """On a loop of its own: a fixture of the session has none."""
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(coroutine)  # type: ignore[arg-type]
    finally:
        loop.close()


async def _create(postgres: Postgres, name: str, template: str = "template1") -> str:
    admin = Store(postgres.url())
    async with admin._writer.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    await admin.close()
    return postgres.url(name)


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A database in shape, of which each test gets a copy."""
    _apart(_create(postgres, "shape"))
    _apart(_migrated(postgres.url("shape")))
    return "shape"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("shape") / "tocsin.db"
    _apart(_migrated(f"sqlite:///{file}"))
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a table, once of each kind."""
    return f"sqlite:///{tmp_path}/empty.db" if kind == "sqlite" else str(request.getfixturevalue("empty_postgres"))


@pytest.fixture
def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database in shape, without a row, once of each kind."""
    if kind == "postgresql":
        return str(request.getfixturevalue("fresh_postgres"))
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path}/tocsin.db"


async def _drop(postgres: Postgres, name: str) -> None:
    """They lie in memory: thousands of them would fill it."""
    admin = Store(postgres.url())
    async with admin._writer.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    await admin.close()


@pytest.fixture
async def empty_postgres(postgres: Postgres) -> AsyncIterator[str]:
    name = f"test_{next(_databases)}"
    yield await _create(postgres, name)
    await _drop(postgres, name)


@pytest.fixture
async def fresh_postgres(postgres: Postgres, postgres_template: str) -> AsyncIterator[str]:
    name = f"test_{next(_databases)}"
    yield await _create(postgres, name, postgres_template)
    await _drop(postgres, name)


@pytest.fixture
def dial() -> Dial:
    return Dial()


@pytest.fixture
async def store(database: str, dial: Dial) -> AsyncIterator[Store]:
    """A database in shape whose time is the dial."""
    opened = Store(database, dial)
    yield opened
    await opened.close()


@pytest.fixture
async def house(store: Store) -> AsyncIterator[TestHouse]:
    """The use cases, shown on Slack's channels C1 (crisis) and C2 (ordinary); the machine says what the texts say.

    Whatever a test did, the counts are right at its end.
    """
    board = Board({"slack": {"crisis": "C1", "ordinary": "C2"}})
    yield await TestHouse(store, data_breach(), board, Scripted()).begin()
    assert await wrong_counts(store) == {}
