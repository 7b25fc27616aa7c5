"""Makes two days big: the rows of a small database, so many times over, copied by a big one itself, each copy a little earlier than the one before.

Meanwhile it keeps no counts and no indexes; afterwards it counts by the migration's own words.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from storage import counts, tables
from storage.database import Store, Work
from storage.migrate import _config, upgrade
from storage.tables import metadata
from storage.types import Instant
from tests.bench.progress import watched

COUNTS = "0006"  # the migration that says what is counted
AT_ONCE = 50  # copies in one statement
SPREAD, STEP = 780, 37  # seconds: copy k is (k * STEP) % SPREAD earlier
ALIKE = 20  # so many copies of a message are alike
BACKLOG = 100_000  # rows that wait for the workspace
SENT = 20  # copies of what has left: the workspace takes a post a second, and what is a day old is archived
OF_CROWD = ("customers", "cases", "mentions", "case_tags", "escalations", "calls", "deadlines", "timeline")
OF_PEOPLE = ("posts", "drafts", "versions", "approvals", "replies", "clicks", "callbacks")
OWN = {"deadlines": "case_id", "outbox": "case_id", "approvals": "version_id"}  # without it a row is the crisis's
COPIED_ACTS = ("case_opened", "mention_joined", "claimed", "published", "closed")  # nothing that is measured reads a case's timeline
AWAY_LITE = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type"
AWAY_PG = """
    SELECT 'INDEX', i.relname, pg_get_indexdef(i.oid) FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid
    JOIN pg_namespace n ON n.oid = i.relnamespace WHERE n.nspname = 'public' AND NOT x.indisunique"""
UNIQUE = {"customers": "external_id", "cases": "conversation_id", "mentions": "external_id", "outbox": "key"}


@dataclass(frozen=True)
class Grown:
    """How long it took to copy, and to count and index what was copied."""

    mentions: int
    cases: int
    rows: int
    copied: float
    settled: float


async def rows_of(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Everything in a database, by table."""
    async with store.read() as work:
        return {one.name: [dict(row) for row in (await work.execute(sa.select(one))).mappings()] for one in metadata.sorted_tables}


@dataclass
class Press:
    """Prints `seed` into a database without tables, then copies of it. `touched` are the cases that people have had in hand: they are few."""

    store: Store
    seed: dict[str, list[dict[str, Any]]]
    touched: Sequence[int]

    @property
    def span(self) -> int:
        """Ids of copy k are k times this higher."""
        return 1 + max(row["id"] for rows in self.seed.values() for row in rows if isinstance(row.get("id"), int))

    async def grow(self, count: int, people: int, label: str) -> Grown:
        """Up to `count` mentions; what people did is copied `people` times at most."""
        await upgrade(self.store)
        away = await self._take_away()
        await self._print()
        began, fresh = time.perf_counter(), len(self.seed["mentions"]) - self._mentions_of_touched()
        whole = min(people, max(0, count // len(self.seed["mentions"]) - 1))
        rest = max(0, -(-(count - (whole + 1) * len(self.seed["mentions"])) // fresh)) if whole == people else 0
        for first in watched(range(1, whole + rest + 1, AT_ONCE), f"{label}: {count:,} mentions"):
            await self._copy(range(first, min(first + AT_ONCE, whole + rest + 1)), whole)
        copied, began = time.perf_counter() - began, time.perf_counter()
        await self._put_back(away)
        await self._settle()
        settled = time.perf_counter() - began
        async with self.store.read() as work:
            counted = {one: int(await work.scalar(sa.select(sa.func.count()).select_from(metadata.tables[one]))) for one in self.seed}
        return Grown(counted["mentions"], counted["cases"], sum(counted.values()), copied, settled)

    def _mentions_of_touched(self) -> int:
        theirs = set(self.touched)
        return sum(row["case_id"] in theirs for row in self.seed["mentions"])

    async def _print(self) -> None:
        async with self.store.begin() as work:
            await self._unwatched(work)
            for name, rows in self.seed.items():
                if rows and metadata.tables[name] not in counts.TABLES:
                    await work.execute(sa.insert(metadata.tables[name]), rows)
            await work.commit()

    async def _unwatched(self, work: Work) -> None:
        """What is copied refers to what is copied, and is counted afterwards."""
        if self.store.on_postgresql:
            await work.execute(sa.text("SET LOCAL session_replication_role = replica"))

    async def _take_away(self) -> list[str]:
        """How to make the triggers, and the indexes that no constraint needs: made anew at the end they cost a fraction."""
        async with self.store.begin() as work:
            if not self.store.on_postgresql:
                await work.connection.exec_driver_sql("PRAGMA cache_size=-400000")  # KB, of this connection
            found = list(await work.connection.exec_driver_sql(AWAY_PG if self.store.on_postgresql else AWAY_LITE))
            for kind, name, _ in found:
                await work.connection.exec_driver_sql(f"DROP {kind} {name}")
            await work.commit()
        return [made for _, _, made in found]

    async def _put_back(self, away: Sequence[str]) -> None:
        async with self.store.begin() as work:
            for made in (*away, *self._counting()):
                await work.connection.exec_driver_sql(made)
            await work.commit()

    def _counting(self) -> list[str]:
        """As the migration counts what is there already; the index of words is filled as it fills it."""
        says = ScriptDirectory.from_config(_config()).get_revision(COUNTS).module
        by_table: dict[str, Any] = {}
        for one in says.POSTGRESQL if self.store.on_postgresql else says.SQLITE:
            by_table.setdefault(one.table, one)
        summed = [f"INSERT INTO {name} ({says._named(one)}, n) {says._summed(one, [(one.source, 1)])}" for name, one in by_table.items()]
        words = ("mention_words", "version_words")
        return summed if self.store.on_postgresql else [*summed, *(f"INSERT INTO {one}({one}) VALUES ('rebuild')" for one in words)]

    async def _copy(self, copies: range, whole: int) -> None:
        """Of those up to `whole` everything; of the others what the crowd did where no person has had it in hand."""
        waiting = sum(row["state"] != "sent" and row["case_id"] not in (None, *self.touched) for row in self.seed["outbox"])
        async with self.store.begin() as work:
            await self._unwatched(work)
            everything, crowd = _cut(copies, whole)
            for name in OF_CROWD:
                await self._insert(work, name, everything)
                await self._insert(work, name, crowd, _belongs(name).not_in(self.touched))
            for name in OF_PEOPLE:
                await self._insert(work, name, everything)
            left = tables.outbox.c.state == "sent"
            await self._insert(work, "outbox", _cut(everything, SENT)[0], left)
            waits = ~left & tables.outbox.c.case_id.not_in(self.touched)
            await self._insert(work, "outbox", _cut(copies, BACKLOG // max(1, waiting))[0], waits)
            await work.commit()

    async def _insert(self, work: Work, name: str, copies: range, *where: sa.ColumnElement[bool]) -> None:
        if not copies:
            return
        table = metadata.tables[name]
        k = sa.select(sa.literal(copies.start).label("k")).cte("copies", recursive=True)
        k = k.union_all(sa.select(k.c.k + 1).where(k.c.k < copies.stop - 1))
        columns = [self._copied(table, column, k.c.k) for column in table.c]
        rows = sa.select(*columns).select_from(table.join(k, sa.true())).where(_first(table, self.span), *where)
        await work.execute(sa.insert(table).from_select([column.name for column in table.c], rows))

    def _copied(self, table: sa.Table, column: sa.Column[Any], k: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
        name = f"{table.name}.{column.name}"
        if column.name == "id" or any(key.column.table.name in (*OF_CROWD, *OF_PEOPLE) for key in column.foreign_keys):
            return (column + k * self.span).label(column.name)
        if isinstance(column.type, Instant):
            return _earlier(column, k * STEP % SPREAD, on_postgresql=self.store.on_postgresql).label(column.name)
        if name == "timeline.chain":
            return (sa.literal("case:") + sa.cast(sa.cast(sa.func.substr(column, 6), sa.BigInteger) + k * self.span, sa.Text)).label(
                "chain"
            )
        if name == "deadlines.key":
            of_case = table.c.kind + ":" + sa.cast(table.c.case_id + k * self.span, sa.Text)
            return sa.case(
                (column == table.c.kind + ":" + sa.cast(table.c.case_id, sa.Text), of_case), else_=column + "-" + sa.cast(k, sa.Text)
            ).label("key")
        if UNIQUE.get(table.name) == column.name:
            return (column + "-" + sa.cast(k, sa.Text)).label(column.name)
        if name == "outbox.token":
            return sa.func.substr(column, 1, 24).concat(sa.cast(k + 10_000_000, sa.Text)).label("token")
        if column.name == "cluster":
            return (column / 4 + k / ALIKE * 1_000_003).label("cluster")
        return column

    async def _settle(self) -> None:
        """New rows go on after the copied ones; the planner knows of them, as of those of a database that grew slowly."""
        async with self.store.begin() as work:
            if self.store.on_postgresql:
                for name, rows in self.seed.items():
                    if rows and "id" in metadata.tables[name].c:
                        last = sa.select(sa.func.coalesce(sa.func.max(metadata.tables[name].c.id), 0) + 1).scalar_subquery()
                        await work.execute(sa.select(sa.func.setval(f"{name}_id_seq", last)))
                await work.execute(sa.text("ANALYZE"))
            await work.commit()


def _cut(copies: range, last: int) -> tuple[range, range]:
    """(up to that one, those after it)."""
    end = min(max(copies.start, last + 1), max(copies.start, copies.stop))
    return range(copies.start, end), range(end, copies.stop)


def _belongs(name: str) -> sa.ColumnElement[Any]:
    """The id of the case that a row belongs to."""
    table = metadata.tables[name]
    if name == "customers":
        return sa.select(tables.cases.c.id).where(tables.cases.c.customer_id == table.c.id).limit(1).scalar_subquery()
    if name == "timeline":
        return sa.cast(sa.func.substr(table.c.chain, 6), sa.BigInteger)
    return table.c.id if name == "cases" else table.c.case_id


def _first(table: sa.Table, span: int) -> sa.ColumnElement[bool]:
    """The rows of the seed that belong to cases."""
    ours = (table.c.id if "id" in table.c else table.c.case_id) < span
    if table.name == "timeline":
        return ours & table.c.chain.like("case:%") & table.c.act.in_(COPIED_ACTS)
    if table.name in OWN:
        return ours & table.c[OWN[table.name]].is_not(None)
    return ours


def _earlier(column: sa.Column[Any], seconds: sa.ColumnElement[int], *, on_postgresql: bool) -> sa.ColumnElement[Any]:
    if on_postgresql:
        return column - seconds * sa.text("interval '1 second'")
    moved = sa.func.strftime("%Y-%m-%d %H:%M:%f", column, sa.literal("-") + sa.cast(seconds, sa.Text) + " seconds")
    return sa.type_coerce(moved.concat("000"), sa.Text)
