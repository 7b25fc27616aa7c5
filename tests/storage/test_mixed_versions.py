"""While replicas are renewed, the version before writes into the new shape: it must find all that it knows, and nothing that it cannot fill."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic import command

from storage.database import Store
from storage.migrate import _config

LAST = "0004"  # what the version before ours makes; to be raised when a version is given out

Shape = dict[str, dict[str, dict]]


def shape(connection: sa.Connection) -> Shape:
    look = sa.inspect(connection)
    return {
        table: {
            "columns": {column["name"]: column for column in look.get_columns(table)},
            "unique": {
                tuple(one["column_names"])
                for one in (*look.get_unique_constraints(table), *look.get_indexes(table))
                if one.get("unique", True)
            },
            "checks": {one["name"]: one["sqltext"] for one in look.get_check_constraints(table)},
            "primary": tuple(look.get_pk_constraint(table)["constrained_columns"]),
            "foreign": {tuple(one["constrained_columns"]): one["referred_table"] for one in look.get_foreign_keys(table)},
        }
        for table in look.get_table_names()
    }


def obstacles(old: Shape, new: Shape) -> Iterator[str]:
    """What the version that knows only `old` would stumble over. Tables that it does not know concern nobody."""
    for table, before in old.items():
        if table not in new:
            yield f"{table} is gone"
            continue
        after = new[table]
        yield from (f"{table}.{name} {why}" for name, why in _of_columns(before["columns"], after["columns"]))
        yield from (f"{table} must be unique in {names}" for names in after["unique"] - before["unique"])
        yield from (f"{table} checks {name}" for name, text in after["checks"].items() if before["checks"].get(name) != text)
        known = set(before["columns"])
        yield from (f"{table}{names} must name a row" for names in after["foreign"].keys() - before["foreign"].keys() if known & set(names))
        if before["primary"] != after["primary"]:
            yield f"{table} has another primary key"


def _of_columns(before: dict, after: dict) -> Iterator[tuple[str, str]]:
    for name, column in before.items():
        if name not in after:
            yield name, "is gone"
        elif str(after[name]["type"]) != str(column["type"]):
            yield name, "is of another type"
        elif column["nullable"] and not after[name]["nullable"]:
            yield name, "may not be empty any more"
    for name in after.keys() - before.keys():
        if not after[name]["nullable"] and after[name]["default"] is None:
            yield name, "is new, and nobody fills it"


async def shape_at(store: Store, revision: str) -> Shape:
    async with store.begin() as work:
        await work.connection.run_sync(lambda sync: command.upgrade(_config(sync), revision))
        found = await work.connection.run_sync(shape)
        await work.commit()
    return found


async def test_the_version_before_can_work_on_the_present_shape(empty_database):
    store = Store(empty_database)
    before, now = await shape_at(store, LAST), await shape_at(store, "head")
    await store.close()
    assert {"cases", "outbox", "timeline"} <= before.keys()
    assert list(obstacles(before, now)) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("ALTER TABLE outbox DROP COLUMN error", "outbox.error is gone"),
        ("ALTER TABLE outbox RENAME COLUMN error TO reason", "outbox.error is gone"),
        ("ALTER TABLE outbox ADD COLUMN shade TEXT NOT NULL DEFAULT 'red'", None),
        ("ALTER TABLE outbox ADD COLUMN shade TEXT", None),
        ("CREATE UNIQUE INDEX once ON outbox (lane, kind)", "outbox must be unique in ('lane', 'kind')"),
        ("CREATE INDEX quick ON outbox (lane, kind)", None),
        ("CREATE TABLE shades (name TEXT NOT NULL)", None),
        ("ALTER TABLE outbox_archive RENAME TO old_outbox", "outbox_archive is gone"),
    ],
)
async def test_what_would_stop_the_version_before_is_noticed(store, change, why):
    async with store.begin() as work:
        before = await work.connection.run_sync(shape)
        await work.execute(sa.text(change))
        found = list(obstacles(before, await work.connection.run_sync(shape)))
    assert (why in found) if why else not found, found


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("ALTER TABLE outbox ADD COLUMN shade TEXT NOT NULL", "outbox.shade is new, and nobody fills it"),
        ("ALTER TABLE outbox ALTER COLUMN error SET NOT NULL", "outbox.error may not be empty any more"),
        ("ALTER TABLE outbox ALTER COLUMN rank TYPE INTEGER", "outbox.rank is of another type"),
        ("ALTER TABLE outbox ADD CONSTRAINT sane CHECK (severity < 3)", "outbox checks sane"),
        ("ALTER TABLE outbox ADD FOREIGN KEY (attempt) REFERENCES cases (id)", "outbox('attempt',) must name a row"),
    ],
)
async def test_what_postgresql_alone_can_change_is_noticed_too(fresh_postgres, change, why):
    store = Store(fresh_postgres)
    async with store.begin() as work:
        before = await work.connection.run_sync(shape)
        await work.execute(sa.text(change))
        found = list(obstacles(before, await work.connection.run_sync(shape)))
    await store.close()
    assert found == [why]
