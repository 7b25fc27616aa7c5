"""What the counts must say, asked of the rows themselves in plain SQL."""

from typing import Any

import sqlalchemy as sa

from storage import counts, tables
from storage.database import Store, Work

QUARTER = {
    "sqlite": "strftime('%Y-%m-%d %H:', {0}) || substr('0' || (CAST(strftime('%M', {0}) AS INTEGER) / 15 * 15), -2) || ':00.000000'",
    "postgresql": "to_char(to_timestamp(floor(extract(epoch FROM {0}) / 900) * 900) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
}
ANGER = {"sqlite": "json_extract(m.suggestion, '$.anger')", "postgresql": "(m.suggestion ->> 'anger')::float"}
TRUTH = {
    tables.mention_counts: """
        SELECT {received}, m.network, m.language, CASE WHEN {anger} >= 0.6 THEN 'angry' WHEN {anger} >= 0.3 THEN 'upset' ELSE 'calm' END, count(*)
        FROM mentions m JOIN cases c ON c.id = m.case_id WHERE NOT c.exercise GROUP BY 1, 2, 3, 4""",
    tables.case_counts: """
        SELECT {opened}, network, language, severity, crisis, count(*) FROM cases c WHERE NOT exercise GROUP BY 1, 2, 3, 4, 5""",
    tables.open_counts: """
        SELECT network, language, severity, crisis, owner_id IS NOT NULL, count(*) FROM cases
        WHERE status <> 'closed' AND NOT exercise GROUP BY 1, 2, 3, 4, 5""",
    tables.tag_counts: """
        SELECT {opened}, tag, is_set IS NOT NULL, count(*) FROM case_tags t JOIN cases c ON c.id = t.case_id
        WHERE NOT exercise AND (is_set OR (is_set IS NULL AND confidence >= 0.35)) GROUP BY 1, 2, 3""",
    tables.open_tag_counts: """
        SELECT tag, is_set IS NOT NULL, count(*) FROM case_tags t JOIN cases c ON c.id = t.case_id
        WHERE status <> 'closed' AND NOT exercise AND (is_set OR (is_set IS NULL AND confidence >= 0.35)) GROUP BY 1, 2""",
    tables.ladder_counts: """
        SELECT e.state, count(*) FROM escalations e JOIN cases c ON c.id = e.case_id
        WHERE c.status <> 'closed' AND NOT c.exercise GROUP BY 1""",
    tables.call_counts: """
        SELECT {called}, coalesce(l.ladder, ''), l.step, coalesce(l.ended, 0), l.failed_at IS NOT NULL AND l.told_at IS NULL, count(*)
        FROM calls l JOIN cases c ON c.id = l.case_id WHERE l.step IS NOT NULL AND NOT c.exercise GROUP BY 1, 2, 3, 4, 5""",
    tables.lane_counts: "SELECT lane, state, count(*) FROM outbox WHERE state <> 'sent' GROUP BY 1, 2",
}


async def wrong_counts(store: Store) -> dict[str, tuple[set[Any], set[Any]]]:
    """Table → (what is counted, what is so), of those that differ."""
    async with store.read() as work:
        pairs = {table.name: (await _counted(work, table), await _so(work, store, sql)) for table, sql in TRUTH.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


async def _counted(work: Work, table: sa.Table) -> set[Any]:
    rows = await counts.by(work, table, *(column.name for column in counts.keys_of(table)))
    return {tuple(f"{one:%Y-%m-%d %H:%M:%S.%f}" if hasattr(one, "hour") else one for one in row) for row in rows}


async def _so(work: Work, store: Store, sql: str) -> set[Any]:
    kind = "postgresql" if store.on_postgresql else "sqlite"
    of = {
        name: QUARTER[kind].format(column)
        for name, column in (("received", "m.received_at"), ("opened", "c.opened_at"), ("called", "l.called_at"))
    }
    asked = sql.format(anger=ANGER[kind], **of)
    return {tuple(row) for row in await work.connection.exec_driver_sql(asked)}
