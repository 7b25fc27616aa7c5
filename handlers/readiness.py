"""What stands ready before any door opens. It only looks: nothing is made, changed or migrated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from storage import migrate, people, rotas
from storage.database import Broken, Store
from storage.people import Person
from storage.rotas import Kept


class Shape(StrEnum):
    """How the database was found."""

    WELL = "well"
    NEW = "new"  # the first start makes it
    OLD = "old"  # the next start brings it to the present shape
    AWAY = "away"


@dataclass(frozen=True)
class Found:
    """`reason` says why a database is away, in its own words; `people` is None when nobody could be asked. `rotas`: calendars kept."""

    shape: Shape
    place: str
    reason: str = ""
    is_file: bool = False
    people: Sequence[Person] | None = None
    rotas: Mapping[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True)
class Readiness:
    store: Store

    async def look(self) -> Found:
        """Lets go of every connection at the end."""
        file = Path(self.store.path) if self.store.path else None
        if file and not file.exists():
            folder = file.absolute().parent
            made = Found(Shape.NEW, str(file), is_file=True)
            return made if folder.is_dir() else replace(made, shape=Shape.AWAY, reason=str(folder))
        try:
            return await self._looked()
        except Broken as error:
            return replace(self._found(Shape.AWAY), reason=str(error.__cause__ or error).splitlines()[0])
        finally:
            await self.store.close()

    async def _looked(self) -> Found:
        if not await migrate.is_current(self.store):
            return self._found(Shape.OLD)
        async with self.store.read() as work:
            return replace(self._found(Shape.WELL), people=await people.everyone(work), rotas=await rotas.of_all(work))

    def _found(self, shape: Shape) -> Found:
        """Where it is, without the password that may stand in its address."""
        address = urlsplit(self.store.url)
        return Found(shape, self.store.path or f"{address.hostname}{address.path}", is_file=bool(self.store.path))
