"""The team as it would be called now: its people and rotas, out of the database where it knows them, else out of the files."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flows.calendar_text import CalendarError
from flows.people import PersonEntry
from flows.rota import Duty
from handlers.escalation.rota_sources import MALFORMED, CalendarAway, Names, Sources, in_file, parsed, standing_for, strangers_of
from handlers.readiness import Found
from storage.people import Person
from storage.rotas import Kept


@dataclass(frozen=True)
class Fault:
    """Why a calendar could not be read now. `read_at`: what was read then stands in for it; None when nothing does."""

    rota: str
    reason: str
    read_at: datetime | None = None


@dataclass(frozen=True)
class Ground:
    """`strangers` are names in the file's rotas whom nobody knows, `unread` titles of calendars' entries that name nobody; by rota."""

    people: tuple[PersonEntry, ...]
    from_database: bool = False
    rotas: Mapping[str, Duty] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    strangers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def without(self, rota: str) -> "Ground":
        """Nobody can follow it."""
        rest = {name: duty for name, duty in self.rotas.items() if name != rota}
        return replace(self, rotas=rest, faults=(*self.faults, Fault(rota, MALFORMED)))

    @property
    def unread(self) -> dict[str, tuple[str, ...]]:
        return {name: titles for name, duty in self.rotas.items() if (titles := strangers_of(duty))}


async def survey(found: Found, entries: Callable[[], Sequence[PersonEntry]], sources: Sources, at: datetime) -> Ground:
    """Looks only. Calendars are asked for once more; one that is away is taken as it was last read. Raises PeopleErrors."""
    people = tuple(entry_of(person) for person in found.people or ()) or tuple(entries())
    names = {key: person.name for person in people for key in (person.name, person.email) if key}
    written = in_file(await asyncio.to_thread(sources.written), names.values())
    rotas: dict[str, Duty] = dict(written.rotas)
    faults = []
    for name, source in sources.calendars.items():
        duty, fault = await _calendar(name, source, sources, found.rotas.get(name), names, at)
        rotas.pop(name, None)
        rotas |= {name: duty} if duty else {}
        faults += [fault] if fault else []
    strangers = {name: who for name, who in written.strangers.items() if name not in sources.calendars}
    return Ground(people, bool(found.people), rotas, tuple(faults), strangers)


async def _calendar(
    name: str, source: str, sources: Sources, kept: Kept | None, names: Names, at: datetime
) -> tuple[Duty | None, Fault | None]:
    reason = MALFORMED
    try:
        return await asyncio.to_thread(parsed, name, await sources.fetch(source), names, sources.timezone, at), None
    except CalendarAway as error:
        reason = error.reason
    except CalendarError:
        pass
    if kept is None or kept.text is None or kept.source != standing_for(source):
        return None, Fault(name, reason)
    try:
        return await asyncio.to_thread(parsed, name, kept.text, names, sources.timezone, at), Fault(name, reason, kept.read_at)
    except CalendarError:
        return None, Fault(name, reason)


def entry_of(person: Person) -> PersonEntry:
    """As the file of people would name them."""
    same = ("name", "languages", "timezone", "email", "phone", "hours", "deputy", "holidays", "pagers")
    plain = {name: getattr(person, name) for name in same}
    return PersonEntry(roles=tuple(sorted(person.roles)), slack=person.slack_id, teams=person.teams_id, **plain)


def row_of(entry: PersonEntry) -> dict[str, Any]:
    """As a database keeps them."""
    same = ("name", "email", "phone", "hours", "timezone", "deputy", "holidays")
    lists = {"roles": sorted(entry.roles), "languages": list(entry.languages), "pagers": dict(entry.pagers)}
    return {name: getattr(entry, name) for name in same} | lists | {"slack_id": entry.slack, "teams_id": entry.teams}
