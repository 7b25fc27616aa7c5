"""How long things took: the middle one, nine in ten, and how they are spread; in one pass, in whichever database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage.database import Work


class seconds_between(FunctionElement[float]):  # noqa: N801 - it reads as a function of SQL
    """Seconds from the first moment to the second, to the millisecond."""

    inherit_cache = True
    type = sa.Float()


@compiles(seconds_between)
def _(element: seconds_between, compiler: SQLCompiler, **how: Any) -> str:
    earlier, later = (compiler.process(one, **how) for one in element.clauses)
    return f"CAST(round(CAST(extract(epoch FROM ({later}) - ({earlier})) AS numeric), 3) AS float8)"


@compiles(seconds_between, "sqlite")
def _(element: seconds_between, compiler: SQLCompiler, **how: Any) -> str:
    earlier, later = (compiler.process(one, **how) for one in element.clauses)
    return f"round((julianday({later}) - julianday({earlier})) * 86400.0, 3)"


@dataclass(frozen=True)
class Lengths:
    """Of `n` lengths in seconds; of an even number the median lies between the two in the middle, and so does the ninth tenth.

    `within` counts those up to each edge that was asked for, the shorter ones included.
    """

    n: int
    median: float | None
    p90: float | None
    within: tuple[int, ...] = ()


async def measure(work: Work, lengths: sa.Select[Any], edges: Sequence[float] = ()) -> Lengths:
    """Of a query that gives one length in each row."""
    each = lengths.subquery()
    length = each.c[0]
    places = sa.func.row_number().over(order_by=length)
    ranked = sa.select(length.label("length"), places.label("place"), sa.func.count().over().label("n")).subquery()
    n, ninth = ranked.c.n, 1 + 9 * (ranked.c.n - 1) // 10
    at = [_at(ranked, place) for place in ((n + 1) // 2, n // 2 + 1, ninth, ninth + 1)]
    up_to = [sa.func.count(sa.case((ranked.c.length <= edge, 1))) for edge in edges]
    row: Sequence[Any] = (await work.execute(sa.select(sa.func.count(), *at, *up_to))).one()
    count, lower, upper, low, high = row[:5]
    if not count:
        return Lengths(0, None, None, tuple(row[5:]))
    rest = 9 * (count - 1) % 10 / 10
    return Lengths(count, (lower + upper) / 2, low + (high - low) * rest if rest else low, tuple(row[5:]))


def _at(ranked: sa.Subquery, place: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
    return sa.func.max(sa.case((ranked.c.place == place, ranked.c.length)))
