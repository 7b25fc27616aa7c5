"""A copy of a SQLite database while it is in use, and the way back."""

import sqlite3
from contextlib import closing
from pathlib import Path


class NotABackup(Exception):
    """The file is no whole database of ours."""


def backup(database: str, target: Path) -> int:
    """Bytes written. The copy is whole as of one moment, and checked."""
    fresh = target.with_name(target.name + ".partial")
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source, closing(sqlite3.connect(fresh)) as copy:
        source.backup(copy)
    check(fresh)
    fresh.replace(target)
    return target.stat().st_size


def check(file: Path) -> None:
    """Raises NotABackup."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            whole = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            ours = database.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('mentions', 'alembic_version')").fetchone() == (2,)
    except sqlite3.Error as error:
        raise NotABackup(str(file)) from error
    if not (whole and ours):
        raise NotABackup(str(file))


def restore(file: Path, database: str) -> None:
    """Put a checked backup in the place of the database; what was there is kept as `*.before-restore`. Nothing may have it open."""
    check(file)
    place = Path(database)
    for ending in ("", "-wal", "-shm"):
        part = Path(f"{place}{ending}")
        if part.exists():
            part.replace(f"{place}.before-restore{ending}")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source, closing(sqlite3.connect(place)) as copy:
        source.backup(copy)
