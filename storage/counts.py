"""What stands now and what came in, counted as it happened: sums over few rows, however many mentions there are."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import (
    call_counts,
    case_counts,
    ladder_counts,
    lane_counts,
    mention_counts,
    open_counts,
    open_tag_counts,
    tag_counts,
)

TABLES = (mention_counts, case_counts, tag_counts, call_counts, open_counts, open_tag_counts, ladder_counts, lane_counts)


def keys_of(table: sa.Table) -> list[sa.Column[Any]]:
    """By what a table counts."""
    return [column for column in table.primary_key.columns if column.name != "part"]


async def fold(work: Work) -> None:
    """Add what single statements counted to the one row of its key; one process at a time. Sums of nothing go."""
    await work.lock_names(["counts"])
    for table in TABLES:
        if work.on_postgresql:
            await _fold(work, table)
        await work.execute(sa.delete(table).where(table.c.part == 0, table.c.n == 0))


async def _fold(work: Work, table: sa.Table) -> None:
    """In one statement, so that nobody sees them twice or not at all."""
    keys = [column.name for column in keys_of(table)]
    gone = sa.delete(table).where(table.c.part != 0).returning(*(table.c[key] for key in keys), table.c.n).cte("gone")
    summed = sa.select(*(gone.c[key] for key in keys), sa.literal(0), sa.func.sum(gone.c.n)).group_by(*(gone.c[key] for key in keys))
    new = work.insert(table).from_select([*keys, "part", "n"], summed)
    new = new.on_conflict_do_update(index_elements=[*keys, "part"], set_={"n": table.c.n + new.excluded.n})
    await work.execute(new.add_cte(gone))


async def by(work: Work, table: sa.Table, *names: str, where: Iterable[sa.ColumnElement[bool]] = ()) -> list[tuple[Any, ...]]:
    """(key …, count) of all that is there, most first."""
    keys, total = [table.c[name] for name in names], sa.func.sum(table.c.n)
    query = sa.select(*keys, total).where(*where).group_by(*keys).having(total != 0).order_by(total.desc(), *keys)
    return [(*row[:-1], int(row[-1])) for row in await work.execute(query)]


async def within(work: Work, table: sa.Table, since: datetime, until: datetime, *names: str) -> list[tuple[Any, ...]]:
    """The same of the quarters from `since` to before `until`."""
    return await by(work, table, *names, where=[table.c.quarter >= since, table.c.quarter < until])


async def standing(work: Work) -> list[Mapping[str, Any]]:
    """Open cases: rows of network, language, severity, crisis, owned, n."""
    names = ("network", "language", "severity", "crisis", "owned")
    return [dict(zip((*names, "n"), row, strict=True)) for row in await by(work, open_counts, *names)]


async def open_tags(work: Work) -> dict[str, int]:
    """Open cases by tag, most first: a person's word, or the machine's where it is sure enough and nobody has clicked."""
    return dict(await by(work, open_tag_counts, "tag"))


async def ladders(work: Work) -> dict[str, int]:
    """Open cases by where their ladder stands."""
    return dict(await by(work, ladder_counts, "state"))


async def lanes(work: Work) -> list[tuple[str, str, int]]:
    """(lane, state, rows) of everything that has not left."""
    return sorted(await by(work, lane_counts, "lane", "state"))
