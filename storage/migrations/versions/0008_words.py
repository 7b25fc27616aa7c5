"""words: messages are found by what they say, and people's own cases at a glance"""

import sqlite3
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORDS = {"mentions": "mention_words", "versions": "version_words"}
_SIGNS = ".,;:!?/\\@#-_+*=&%$^~|<>()[]{}\"''`"  # the quote is doubled for SQL
_ACCENTS = "áàâäãåÁÀÂÄÃÅéèêëÉÈÊËíìîïÍÌÎÏóòôöõÓÒÔÖÕúùûüÚÙÛÜñÑçÇýÿÝŸ"
_PLAIN = "aaaaaaaaaaaaeeeeeeeeiiiiiiiioooooooooouuuuuuuunnccyyyy"
_OWNED = "status <> 'closed' AND owner_id IS NOT NULL"
_AWAITED = "over_at IS NULL AND acknowledged_at IS NULL"


def upgrade() -> None:
    owner: list[Any] = ["owner_id", sa.text("severity DESC"), "opened_at"]
    op.create_index("ix_cases_owner", "cases", owner, unique=False, sqlite_where=sa.text(_OWNED), postgresql_where=sa.text(_OWNED))
    awaited: dict[str, Any] = {"sqlite_where": sa.text(_AWAITED), "postgresql_where": sa.text(_AWAITED)}
    op.create_index("ix_calls_awaited", "calls", ["person_id", sa.text("severity DESC"), "id", "case_id"], unique=False, **awaited)
    op.create_index("ix_customers_handle", "customers", [sa.text("lower(handle)")], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _postgresql_words()
    else:
        _sqlite_words()


def _postgresql_words() -> None:
    """Words as SQLite's unicode61 tells them apart: no accents, no signs, no stems."""
    run, spaces = op.get_bind().exec_driver_sql, " " * 32
    run(
        "CREATE FUNCTION words_of(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$ "
        f"SELECT to_tsvector('pg_catalog.simple', translate(lower(said), '{_ACCENTS}{_SIGNS}', '{_PLAIN}{spaces}')) $$"
    )
    for table in WORDS:
        run(f"CREATE INDEX ix_{table}_words ON {table} USING gin (words_of(text))")


def _sqlite_words() -> None:
    """The index keeps no text of its own; triggers follow the rows."""
    run = op.get_bind().exec_driver_sql
    for table, words in WORDS.items():
        gone = f"INSERT INTO {words}({words}, rowid, text) VALUES ('delete', OLD.id, OLD.text);"
        new = f"INSERT INTO {words}(rowid, text) VALUES (NEW.id, NEW.text);"
        run(
            f"CREATE VIRTUAL TABLE {words} USING fts5(text, content='{table}', content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
        )
        run(f"INSERT INTO {words}({words}) VALUES ('rebuild')")  # a million messages: about 25 s
        if sqlite3.sqlite_version_info >= (3, 42):
            run(f"INSERT INTO {words}({words}, rank) VALUES ('secure-delete', 1)")  # what is erased leaves the file at once
        run(f"CREATE TRIGGER {words}_insert AFTER INSERT ON {table} FOR EACH ROW BEGIN {new} END")
        run(
            f"CREATE TRIGGER {words}_update AFTER UPDATE OF text ON {table} FOR EACH ROW WHEN NEW.text IS NOT OLD.text BEGIN {gone} {new} END"
        )
        run(f"CREATE TRIGGER {words}_delete AFTER DELETE ON {table} FOR EACH ROW BEGIN {gone} END")


def downgrade() -> None:
    bind = op.get_bind()
    for table, words in WORDS.items():
        if bind.dialect.name == "postgresql":
            op.drop_index(f"ix_{table}_words", table_name=table)
            continue
        for event in ("insert", "update", "delete"):
            bind.exec_driver_sql(f"DROP TRIGGER {words}_{event}")
        bind.exec_driver_sql(f"DROP TABLE {words}")
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql("DROP FUNCTION words_of(text)")
    for name, table in (("ix_cases_owner", "cases"), ("ix_calls_awaited", "calls"), ("ix_customers_handle", "customers")):
        op.drop_index(name, table_name=table)
