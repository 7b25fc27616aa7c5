"""Addresses as hosts write them, transactions, the wake-up between processes, migrations, and a database that goes away and comes back."""

import asyncio
import ssl
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
import sqlalchemy as sa

from handlers.board import Board
from handlers.escalation.telling import Outcome
from handlers.renderer import Renderer
from handlers.sender import Sender
from handlers.showing import ways_to
from storage import health, migrate, outbox, tables
from storage.address import connect_args, database_url
from storage.database import Store, is_away
from storage.outbox import Wish
from tests.builders import Scripted, TestHouse, data_breach, mention
from tests.fakes.workspace import FakeWorkspace
from tests.servers.postgres import NoPostgres, Postgres


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ("sqlite:///tocsin.db", "sqlite+aiosqlite:///tocsin.db"),
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p%40x@h:5433/d?sslmode=require", "postgresql+asyncpg://u:p%40x@h:5433/d"),
        (
            "postgresql+asyncpg://u@h/d?channel_binding=require&sslmode=disable&command_timeout=5",
            "postgresql+asyncpg://u@h/d?command_timeout=5",
        ),
    ],
)
def test_an_address_is_taken_as_hosts_write_it(given, ours):
    assert database_url(given) == ours


def test_libpqs_parameters_reach_the_driver():
    assert connect_args("sqlite:///x") == {}
    assert connect_args("postgres://u@h/d")["timeout"] == 10
    asked = connect_args("postgres://u@h/d?sslmode=require&connect_timeout=3&application_name=tocsin")
    assert asked == {"ssl": "require", "timeout": 3.0, "server_settings": {"application_name": "tocsin"}}
    strict = connect_args("postgres://u@h/d?sslmode=verify-full&sslrootcert=system")["ssl"]
    assert isinstance(strict, ssl.SSLContext) and strict.check_hostname and strict.verify_mode is ssl.CERT_REQUIRED


async def test_a_server_without_tls_is_refused_when_tls_is_required(postgres):
    strict = Store(f"{postgres.url()}?sslmode=require")
    with pytest.raises((ConnectionError, asyncpg.PostgresError, sa.exc.DBAPIError)):
        async with strict.read() as work:
            await work.now()
    await strict.close()
    lax = Store(f"{postgres.url()}?sslmode=prefer&application_name=tocsin")
    async with lax.read() as work:
        assert await work.scalar(sa.text("SHOW application_name")) == "tocsin"
    await lax.close()


def test_an_opened_database_does_not_show_its_password():
    assert "hunter2" not in repr(Store("postgresql://u:hunter2@localhost/d"))


async def test_a_naive_moment_is_refused(store):
    with pytest.raises(sa.exc.StatementError, match="naive time"):
        async with store.begin() as work:
            await work.execute(sa.insert(tables.cursors).values(source="s", position="p", at=datetime(2026, 1, 1)))  # noqa: DTZ001


async def test_without_commit_nothing_happened(store):
    async with store.begin() as work:
        await health.report(work, "slack", health.WELL)
    with pytest.raises(ZeroDivisionError):
        async with store.begin() as work:
            await health.report(work, "slack", health.WELL)
            raise ZeroDivisionError
    async with store.read() as work:
        assert not await health.of_doors(work)


async def test_the_migrations_make_the_shape_that_the_tables_tell(empty_database):
    store = Store(empty_database)
    assert not await migrate.is_current(store)
    await migrate.upgrade(store)
    await migrate.upgrade(store)
    assert await migrate.is_current(store)
    await migrate.check(store)
    await store.close()


async def test_a_database_that_a_later_release_shaped_is_left_as_it_is_and_used(store):
    async with store.begin() as work:
        await work.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        await work.commit()
    await migrate.upgrade(store)
    assert await migrate.is_current(store)


async def test_replicas_that_start_together_migrate_once(empty_postgres):
    stores = [Store(empty_postgres) for _ in range(3)]
    await asyncio.gather(*(migrate.upgrade(store) for store in stores))
    assert await migrate.is_current(stores[0])
    for store in stores:
        await store.close()


async def test_what_one_process_commits_wakes_another(fresh_postgres):
    ours, theirs = Store(fresh_postgres), Store(fresh_postgres)
    async with ours.listening():
        await woken(ours)
        async with theirs.begin() as work:
            await outbox.put(work, [Wish("slack", "slack:C1", "post", "words", 1)])
            await work.commit()
        await woken(ours)
        async with theirs.begin() as work:
            await work.execute(sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'"))
            await work.commit()
        await woken(ours)  # it listens again
    await ours.close()
    await theirs.close()


async def woken(store):
    async with asyncio.timeout(10):
        await store.wake.wait()
    store.wake.clear()


async def test_listening_to_a_database_that_knows_no_notices_is_nothing(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/x.db")
    async with store.listening():
        assert not store.wake.is_set()
    await store.close()


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)  # whose own limit makes a full disk
async def test_a_full_disk_fails_the_mention_and_nothing_that_was_accepted(database):
    store = Store(database)
    house = await TestHouse(store, data_breach(), board(), Scripted()).begin()
    async with store.begin() as work:
        pages = await work.scalar(sa.text("PRAGMA page_count"))
        await work.scalar(sa.text(f"PRAGMA max_page_count={pages + 30}"))
    accepted, refused = [], None
    for number in range(200):
        try:
            accepted.append((await house.intake.put(mention("x" * 2000, by=f"u{number}"))).mention_id)
        except sa.exc.OperationalError as error:
            refused = error
            break
    assert accepted and refused is not None and is_away(refused)
    async with store.begin() as work:
        await work.scalar(sa.text("PRAGMA max_page_count=1000000"))
        found = set((await work.execute(sa.select(tables.mentions.c.id))).scalars())
    assert found == set(accepted)
    assert (await house.intake.put(mention("room again"))).new
    await store.close()


def board():
    return Board({"slack": {"crisis": "C1", "ordinary": "C2"}})


async def test_a_sender_and_the_intake_survive_a_restart_of_postgresql():
    """A server of its own: it is stopped in the middle."""
    try:
        with Postgres() as server:
            await _through_a_restart(server)
    except NoPostgres as error:
        pytest.skip(str(error))


async def _through_a_restart(server):
    store = Store(server.url())
    await migrate.upgrade(store)
    house = await TestHouse(store, data_breach(), board(), Scripted()).begin()
    slack = FakeWorkspace(lambda: datetime.now(UTC), every=timedelta(milliseconds=10))
    stop = asyncio.Event()
    sending = asyncio.create_task(
        Sender(store, ways_to({"slack": slack}, Renderer(store, house.shelf, {}), Outcome(house.course.caller))).run(stop)
    )
    await house.case("before")
    await until(lambda: slack.texts() == ["before"])
    server.stop()
    began = time.monotonic()
    outcomes = await asyncio.gather(*(house.intake.put(mention(f"away {number}")) for number in range(50)), return_exceptions=True)
    assert all(isinstance(one, Exception) and is_away(one) for one in outcomes) and time.monotonic() - began < 5
    await asyncio.sleep(1.2)  # the sender finds out too
    server.start()
    async with asyncio.timeout(20):
        while not await stored(house):
            await asyncio.sleep(0.1)
    await until(lambda: slack.texts() == ["before", "after"])
    stop.set()
    await sending
    await store.close()


async def stored(house):
    try:
        return await house.intake.put(mention("after", external_id="after", by="after"))
    except Exception as error:
        assert is_away(error), repr(error)
        return None


async def until(look):
    async with asyncio.timeout(20):
        while not look():
            await asyncio.sleep(0.02)


async def test_an_error_of_the_database_does_not_repeat_what_a_customer_wrote(store):
    with pytest.raises(sa.exc.DBAPIError) as error:
        async with store.begin() as work:
            await work.execute(sa.insert(tables.raw_payloads).values(source=None, body="my card is 4111", received_at=await work.now()))
    assert "4111" not in str(error.value).split("DETAIL")[0]
