"""What every test may ask for: a database of each kind, a dial for time, a house with its use cases."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from handlers.board import Board
from storage.database import Store
from storage.migrate import upgrade
from tests.builders import Scripted, TestHouse, data_breach
from tests.dial import Dial
from tests.servers.postgres import NoPostgres, Postgres

_databases = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    try:
        with Postgres() as server:
            yield server
    except NoPostgres as error:
        pytest.skip(f"no PostgreSQL server on this machine: {error}")


@pytest.fixture
def dial() -> Dial:
    return Dial()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/tocsin.db"
    return request.getfixturevalue("fresh_postgres")


@pytest.fixture
async def fresh_postgres(postgres: Postgres) -> str:
    name = f"test_{next(_databases)}"
    admin = Store(postgres.url())
    async with admin._writer.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text(f"CREATE DATABASE {name}"))
    await admin.close()
    return postgres.url(name)


@pytest.fixture
async def store(database: str, dial: Dial) -> AsyncIterator[Store]:
    """A database in shape whose time is the dial."""
    opened = Store(database, dial)
    await upgrade(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def house(store: Store) -> TestHouse:
    """The use cases, shown on Slack's channels C1 (crisis) and C2 (ordinary); the machine says what the texts say."""
    board = Board({"slack": {"crisis": "C1", "ordinary": "C2"}})
    return await TestHouse(store, data_breach(), board, Scripted()).begin()
