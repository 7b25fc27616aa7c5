"""Makes a database big: every row that the product wrote for the first mentions is copied, so many times over, by the database itself."""

import sqlalchemy as sa

from storage.database import Store
from storage.tables import case_tags, cases, customers, mentions, outbox, raw_payloads, timeline

TABLES = (customers, cases, mentions, raw_payloads, case_tags, outbox, timeline)  # in the order of their foreign keys
MOVED = ("id", "customer_id", "case_id", "mention_id")
RENAMED = ("external_id", "conversation_id", "key")
AT_ONCE = 50  # copies in one statement


async def multiply(store: Store, seed: int, copies: range) -> None:
    """Copy number k of a row has its ids `k * seed` higher; call with consecutive ranges of at most AT_ONCE."""
    k = sa.select(sa.literal(copies.start).label("k")).cte("copies", recursive=True)
    k = k.union_all(sa.select(k.c.k + 1).where(k.c.k < copies.stop - 1))
    async with store.begin() as work:
        for table in TABLES:
            columns = [_copied(table, column, k.c.k, seed) for column in table.c]
            rows = sa.select(*columns).select_from(table.join(k, sa.true())).where(_first(table, seed))
            await work.execute(sa.insert(table).from_select([c.name for c in table.c], rows))
        await work.commit()


async def settle(store: Store) -> None:
    """Let new rows go on after the copied ones, and the planner know of them, as a database that grew slowly would."""
    if not store.on_postgresql:
        return
    async with store.begin() as work:
        for table in TABLES:
            if "id" in table.c:
                last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
                await work.execute(sa.select(sa.func.setval(f"{table.name}_id_seq", last)))
            await work.execute(sa.text(f"ANALYZE {table.name}"))
        await work.commit()


def _first(table: sa.Table, seed: int) -> sa.ColumnElement[bool]:
    return (table.c.id if "id" in table.c else table.c.case_id) <= seed


def _copied(table: sa.Table, column: sa.Column, k: sa.ColumnElement[int], seed: int) -> sa.ColumnElement:
    if column.name in MOVED:
        return (column + k * seed).label(column.name)
    if column.name in RENAMED and (table, column.name) != (outbox, "external_id"):
        return (column + "-" + sa.cast(k, sa.Text)).label(column.name)
    if column is outbox.c.token:
        return sa.func.substr(column, 1, 24).concat(sa.cast(k + 10_000_000, sa.Text)).label("token")
    if column is timeline.c.chain:
        number = sa.cast(sa.func.substr(column, 6), sa.BigInteger) + k * seed
        return (sa.literal("case:") + sa.cast(number, sa.Text)).label("chain")
    if column.name == "cluster":
        return (column / 4 + k * 1_000_003).label("cluster")
    return column
