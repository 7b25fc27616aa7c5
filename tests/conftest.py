"""What every test may ask for: a database of each kind, a dial for time, a house with its use cases."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.terminal.logs import load_logging
from handlers.board import Board
from storage.database import Store
from tests.builders import Scripted, TestHouse, data_breach
from tests.counting import wrong_counts
from tests.databases import Copies, apart, opened, sqlite_copy, sqlite_shape
from tests.dial import Dial
from tests.servers.postgres import NoPostgres, Postgres

load_logging(alone=False)  # as the bot writes them: one line each, quickly


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is slow comes first: at the end nobody waits for one long test that began last."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    try:
        with Postgres() as server:
            yield server
    except NoPostgres as error:
        pytest.skip(f"no PostgreSQL server on this machine: {error}")


@pytest.fixture(scope="session")
def copies(postgres: Postgres) -> Copies:
    return Copies(postgres)


@pytest.fixture(scope="session")
def postgres_template(copies: Copies) -> str:
    """A database in shape, of which each test gets a copy."""
    return str(apart(copies.shape()))


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """The file of a database in shape, to be copied."""
    return sqlite_shape()


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
    return sqlite_copy(tmp_path / "tocsin.db")


@pytest.fixture
async def empty_postgres(copies: Copies) -> str:
    return await copies.create()


@pytest.fixture
async def fresh_postgres(copies: Copies, postgres_template: str) -> str:
    return await copies.create(postgres_template)


@pytest.fixture
def dial() -> Dial:
    return Dial()


@pytest.fixture
async def store(database: str, dial: Dial) -> AsyncIterator[Store]:
    """A database in shape whose time is the dial."""
    fresh = opened(database, dial)
    yield fresh
    await fresh.close()


@pytest.fixture
async def house(store: Store) -> AsyncIterator[TestHouse]:
    """The use cases, shown on Slack's channels C1 (crisis) and C2 (ordinary); the machine says what the texts say.

    Whatever a test did, the counts are right at its end.
    """
    board = Board({"slack": {"crisis": "C1", "ordinary": "C2"}})
    yield await TestHouse(store, data_breach(), board, Scripted()).begin()
    assert await wrong_counts(store) == {}
