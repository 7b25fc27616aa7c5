"""Keeping the records safe: one sender at a time on SQLite, copies and their way back, the proof that nobody changed the timeline."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from handlers.errors import Told
from storage import backup, lock, migrate, outbox, timeline
from storage.database import Broken, Store
from storage.timeline import Break


class AnotherSends(Told):
    """Facts: pid, of the process that has this database's sender role, "" when it left none."""

    template = "cli.sender_runs"


class NotABackup(Told):
    """Facts: file."""

    template = "cli.not_a_backup"


class OnlySqlite(Told):
    template = "cli.only_sqlite"


class DatabaseAway(Told):
    """Facts: reason."""

    template = "cli.database_away"


@dataclass(frozen=True)
class Keeping:
    store: Store

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the sender's role of this database until the block ends; raises AnotherSends. PostgreSQL needs none."""
        try:
            with lock.sender_role(self.store.path):
                yield
        except lock.SenderRuns as error:
            raise AnotherSends(pid=str(error)) from None

    async def take_over(self) -> int:
        """To be called inside `alone`: what a process that died was sending is nobody's, so its lease is not waited for. How many rows."""
        if self.store.path is None:
            return 0  # on PostgreSQL others may be at it
        async with self.store.begin() as work:
            rows = await outbox.expire_leases(work, of_everybody=True)
            await work.commit()
        return rows

    async def prepare(self) -> None:
        """Bring the database to the shape that this version needs; raises DatabaseAway."""
        try:
            await migrate.upgrade(self.store)
        except Broken as error:
            raise DatabaseAway(reason=str(error.__cause__ or error).splitlines()[0]) from error

    def back_up(self, target: Path) -> int:
        """Bytes written; the bot may go on meanwhile."""
        return backup.backup(self._file(), target)

    def restore(self, source: Path) -> None:
        """Nobody may have the database open."""
        with self.alone():
            try:
                backup.restore(source, self._file())
            except backup.NotABackup:
                raise NotABackup(file=str(source)) from None

    async def verify(self) -> tuple[int, Sequence[Break]]:
        """How many links of the timeline were read, and the first break of each chain that has one."""
        async with self.store.read() as work:
            return await timeline.verify(work)

    def _file(self) -> str:
        if self.store.path is None:
            raise OnlySqlite
        return self.store.path
