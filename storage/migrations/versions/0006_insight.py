"""insight"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


@dataclass(frozen=True)
class Count:
    """How the rows `x` of a table count: under which keys, and which of them. `beside` joins another table as `y`.

    `reads` are the columns of `x` whose change may change the count.
    """

    table: str
    source: str
    keys: dict[str, str]
    where: str
    reads: tuple[str, ...]
    beside: str = ""
    on: str = ""


SURE = 0.35  # from here on the machine's word counts while nobody has clicked
_MOOD = "CASE WHEN {anger} >= 0.6 THEN 'angry' WHEN {anger} >= 0.3 THEN 'upset' ELSE 'calm' END"
_SEEN = {"network": "x.network", "language": "x.language", "severity": "x.severity", "crisis": "x.crisis"}
_READ = ("network", "language", "severity", "crisis", "exercise")
_TAG = {"tag": "x.tag", "by_person": "x.is_set IS NOT NULL"}
_OF_CASE = {"tag": "y.tag", "by_person": "y.is_set IS NOT NULL"}
_ON_CASE = {"beside": "cases", "on": "y.id = x.case_id"}
_STANDS = "{row}.is_set OR ({row}.is_set IS NULL AND {row}.confidence >= " + str(SURE) + ")"
_OPEN = "{row}.status <> 'closed' AND NOT {row}.exercise"
_LADDER = {"state": "x.state"}


def counts(quarter: str, anger: str) -> tuple[Count, ...]:
    """`quarter` and `anger` are how this database says them of `{of}`."""
    came = {"quarter": quarter.format(of="x.received_at"), "network": "x.network", "language": "x.language"}
    began, stands = quarter.format(of="{row}.opened_at"), f"({_STANDS})"
    tag_where = f"{stands.format(row='x')} AND NOT y.exercise"
    open_tag = f"{stands.format(row='x')} AND {_OPEN.format(row='y')}", f"{stands.format(row='y')} AND {_OPEN.format(row='x')}"
    call = {"quarter": quarter.format(of="x.called_at"), "ladder": "coalesce(x.ladder, '')", "step": "x.step"}
    call |= {"ended": "coalesce(x.ended, 0)", "untold": "(x.failed_at IS NOT NULL AND x.told_at IS NULL)"}
    return (
        Count("mention_counts", "mentions", {**came, "mood": _MOOD.format(anger=anger)}, "NOT y.exercise", ("received_at",), **_ON_CASE),
        Count("case_counts", "cases", {"quarter": began.format(row="x"), **_SEEN}, "NOT x.exercise", (*_READ, "opened_at")),
        Count("open_counts", "cases", {**_SEEN, "owned": "x.owner_id IS NOT NULL"}, _OPEN.format(row="x"), (*_READ, "owner_id", "status")),
        Count("tag_counts", "case_tags", {"quarter": began.format(row="y"), **_TAG}, tag_where, ("is_set", "confidence"), **_ON_CASE),
        Count("open_tag_counts", "case_tags", _TAG, open_tag[0], ("is_set", "confidence"), **_ON_CASE),
        Count("open_tag_counts", "cases", _OF_CASE, open_tag[1], ("status",), "case_tags", "y.case_id = x.id"),
        Count("ladder_counts", "escalations", _LADDER, _OPEN.format(row="y"), ("state",), **_ON_CASE),
        Count("ladder_counts", "cases", {"state": "y.state"}, _OPEN.format(row="x"), ("status",), "escalations", "y.case_id = x.id"),
        Count("call_counts", "calls", call, "x.step IS NOT NULL AND NOT y.exercise", ("failed_at", "told_at"), **_ON_CASE),
        Count("lane_counts", "outbox", {"lane": "x.lane", "state": "x.state"}, "x.state <> 'sent'", ("lane", "state")),
    )


SQLITE = counts(
    # as SQLAlchemy writes a moment
    "substr({of}, 1, 14) || printf('%02d', CAST(substr({of}, 15, 2) AS INTEGER) / 15 * 15) || ':00.000000'",
    "coalesce(json_extract(x.suggestion, '$.anger'), 0)",
)
POSTGRESQL = counts("to_timestamp(floor(extract(epoch FROM {of}) / 900) * 900)", "coalesce((x.suggestion ->> 'anger')::float, 0)")
EVENTS = {"INSERT": (("NEW", 1),), "UPDATE": (("NEW", 1), ("OLD", -1)), "DELETE": (("OLD", -1),)}
_FRESH = {"NEW": "fresh", "OLD": "stale"}


def _named(count: Count) -> str:
    return ", ".join(count.keys)


def _of_row(row: str, sql: str) -> str:
    """SQLite's triggers know the changed row by name."""
    return sql.replace("x.", f"{row}.")


def _sqlite_step(count: Count, row: str, sign: int) -> str:
    said = f"SELECT {', '.join(count.keys.values())}, {sign} {f'FROM {count.beside} y' if count.beside else ''} WHERE {count.where}"
    joined = said + (f" AND {count.on}" if count.on else "")
    return (
        f"INSERT INTO {count.table} ({_named(count)}, n) {_of_row(row, joined)}"
        f" ON CONFLICT ({_named(count)}, part) DO UPDATE SET n = n + excluded.n;"
    )


def _sqlite_triggers() -> Iterator[str]:
    for number, count in enumerate(SQLITE):
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in count.reads)
        for event, rows in EVENTS.items():
            of = f"UPDATE OF {', '.join(count.reads)}" if event == "UPDATE" else event
            when = f"WHEN {changed}" if event == "UPDATE" else ""
            steps = "\n".join(_sqlite_step(count, row, sign) for row, sign in rows)
            name = f"count_{number}_{count.table}_{event.lower()}"
            yield f"CREATE TRIGGER {name} AFTER {of} ON {count.source} FOR EACH ROW {when}\nBEGIN\n{steps}\nEND"


def _summed(count: Count, rows: Iterable[tuple[str, int]]) -> str:
    """The sum of a count over sets of rows, each with its sign."""
    keys = ", ".join(f"{said} AS {name}" for name, said in count.keys.items())
    beside = f" JOIN {count.beside} y ON {count.on}" if count.beside else ""
    each = [f"SELECT {keys}, {sign} AS d FROM {name} x{beside} WHERE {count.where}" for name, sign in rows]
    return f"SELECT {_named(count)}, sum(d) FROM ({' UNION ALL '.join(each)}) moved GROUP BY {_named(count)} HAVING sum(d) <> 0"


def _postgresql_triggers() -> Iterator[str]:
    """A function for each table and event; a statement's rows are counted together."""
    for source in dict.fromkeys(count.source for count in POSTGRESQL):
        theirs = [count for count in POSTGRESQL if count.source == source]
        for event, rows in EVENTS.items():
            sets = [(_FRESH[row], sign) for row, sign in rows]
            steps = "\n".join(
                f"INSERT INTO {count.table} ({_named(count)}, n, part)"
                f" SELECT summed.*, nextval('counts_part') FROM ({_summed(count, sets)}) summed;"
                for count in theirs
            )
            name = f"count_{source}_{event.lower()}"
            yield (f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n{steps}\nRETURN NULL;\nEND $$")
            tables = " ".join(f"{row} TABLE AS {_FRESH[row]}" for row, _ in rows)
            yield f"CREATE TRIGGER {name} AFTER {event} ON {source} REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"


def _count_tables() -> None:
    kinds: dict[str, Any] = {"quarter": Instant(), **dict.fromkeys(("severity", "step", "ended"), sa.Integer())}
    kinds |= dict.fromkeys(("crisis", "owned", "by_person", "untold"), sa.Boolean())
    for count in {count.table: count for count in SQLITE}.values():
        name, keys = count.table, [*count.keys, "part"]
        op.create_table(
            name,
            *(sa.Column(key, kinds.get(key, sa.Text()), nullable=False) for key in count.keys),
            sa.Column("part", sa.BigInteger(), server_default="0", nullable=False),
            sa.Column("n", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{name}")),
        )
        apart = sa.text("part <> 0")
        op.create_index(f"ix_{name}_part", name, ["part"], unique=False, sqlite_where=apart, postgresql_where=apart)


def _triggers() -> None:
    """From here on nobody else writes until we are done; what is there already is counted by the same words."""
    bind = op.get_bind()
    on_postgresql = bind.dialect.name == "postgresql"
    if on_postgresql:
        bind.exec_driver_sql("CREATE SEQUENCE counts_part")
    for statement in _postgresql_triggers() if on_postgresql else _sqlite_triggers():
        bind.exec_driver_sql(statement)
    seen = set()
    for count in POSTGRESQL if on_postgresql else SQLITE:
        if count.table not in seen:
            seen.add(count.table)
            bind.exec_driver_sql(f"INSERT INTO {count.table} ({_named(count)}, n) {_summed(count, [(count.source, 1)])}")


def upgrade() -> None:
    op.drop_index("ix_outbox_state", table_name="outbox")
    op.create_index("ix_outbox_state", "outbox", ["state", "lane", "created_at"], unique=False)
    op.add_column("calls", sa.Column("ended", sa.Integer(), nullable=True))
    op.add_column("calls", sa.Column("ladder", sa.Text(), nullable=True))
    of_case = "SELECT ladder FROM cases WHERE cases.id = calls.case_id"
    op.get_bind().exec_driver_sql(f"UPDATE calls SET ladder = ({of_case}) WHERE step IS NOT NULL")
    _count_tables()
    _triggers()
    _owed()


def _owed() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("made_by", Id, nullable=False),
        sa.Column("confirmed_by", Id, nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_by", Id, nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_subscriptions_made_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.id"], name=op.f("fk_subscriptions_confirmed_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_subscriptions_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "digests",
        sa.Column("id", Id, nullable=False),
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("slot", Instant(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("missed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("composed_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name=op.f("fk_digests_subscription_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("subscription_id", "slot", name=op.f("uq_digests_subscription_id_slot")),
    )
    op.create_table(
        "spikes",
        sa.Column("id", Id, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Integer(), nullable=False),
        sa.Column("over_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spikes")),
    )
    op.create_index("ix_spikes_what", "spikes", ["what", "seen_at"], unique=False)


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        for name in (f"count_{source}_{event.lower()}" for source in {count.source for count in POSTGRESQL} for event in EVENTS):
            bind.exec_driver_sql(f"DROP FUNCTION {name} CASCADE")
        bind.exec_driver_sql("DROP SEQUENCE counts_part")
    else:
        for number, count in enumerate(SQLITE):
            for event in EVENTS:
                bind.exec_driver_sql(f"DROP TRIGGER count_{number}_{count.table}_{event.lower()}")
    for table in ("spikes", "digests", "subscriptions", *{count.table for count in SQLITE}):
        op.drop_table(table)
    op.drop_column("calls", "ladder")
    op.drop_column("calls", "ended")
    op.drop_index("ix_outbox_state", table_name="outbox")
    op.create_index("ix_outbox_state", "outbox", ["state", "lane"], unique=False)
