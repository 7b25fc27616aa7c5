"""The index of words, for as long as no migration makes it."""

import sqlite3

import sqlalchemy as sa

from storage.database import Store

WORDS = {"mentions": "mention_words", "versions": "version_words"}
_SIGNS = ".,;:!?/\\@#-_+*=&%$^~|<>()[]{}\"''`"
_ACCENTS = "áàâäãåÁÀÂÄÃÅéèêëÉÈÊËíìîïÍÌÎÏóòôöõÓÒÔÖÕúùûüÚÙÛÜñÑçÇýÿÝŸ"
_PLAIN = "aaaaaaaaaaaaeeeeeeeeiiiiiiiioooooooooouuuuuuuunnccyyyy"


async def shape_words(store: Store) -> None:
    async with store.begin() as work:
        await work.connection.run_sync(_words)
        await work.commit()


def _words(connection: sa.Connection) -> None:
    run = connection.exec_driver_sql
    if connection.dialect.name == "postgresql":
        if run("SELECT count(*) FROM pg_proc WHERE proname = 'words_of'").scalar():
            return
        run(
            "CREATE FUNCTION words_of(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$ "
            f"SELECT to_tsvector('pg_catalog.simple', translate(lower(said), '{_ACCENTS}{_SIGNS}', '{_PLAIN}{' ' * 32}')) $$"
        )
        for table in WORDS:
            run(f"CREATE INDEX ix_{table}_words ON {table} USING gin (words_of(text))")
        return
    if run("SELECT count(*) FROM sqlite_master WHERE name = 'mention_words'").scalar():
        return
    for table, words in WORDS.items():
        gone = f"INSERT INTO {words}({words}, rowid, text) VALUES ('delete', OLD.id, OLD.text);"
        new = f"INSERT INTO {words}(rowid, text) VALUES (NEW.id, NEW.text);"
        run(
            f"CREATE VIRTUAL TABLE {words} USING fts5(text, content='{table}', content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
        )
        run(f"INSERT INTO {words}({words}) VALUES ('rebuild')")
        if sqlite3.sqlite_version_info >= (3, 42):
            run(f"INSERT INTO {words}({words}, rank) VALUES ('secure-delete', 1)")
        run(f"CREATE TRIGGER {words}_insert AFTER INSERT ON {table} FOR EACH ROW BEGIN {new} END")
        run(
            f"CREATE TRIGGER {words}_update AFTER UPDATE OF text ON {table} FOR EACH ROW WHEN NEW.text IS NOT OLD.text BEGIN {gone} {new} END"
        )
        run(f"CREATE TRIGGER {words}_delete AFTER DELETE ON {table} FOR EACH ROW BEGIN {gone} END")
