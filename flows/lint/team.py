"""Our people as a proof sees them: who holds a role, whom a step may mean, and which doors lead to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flows.ladder import Step, Whom
from flows.people import PersonEntry
from flows.rota import Shift
from flows.working import Rhythm

HOUSE_PAGER = "pagerduty:house"
SOON = timedelta(days=14)
LATER = timedelta(days=90)
AFTERWARDS = ("direct", "webhook", "email")  # what is tried at last, whatever a step says
_DOORS = {"thread": ("slack", "teams"), "direct": ("slack", "teams"), "email": ("email",), "webhook": ("pagerduty", "twilio", "ntfy")}


class Roster(Protocol):
    """A rota, whichever way it is written."""

    def between(self, begin: datetime, end: datetime) -> tuple[Shift, ...]:
        """Who is on duty from one moment to another, in order; nobody is a gap."""
        ...


@dataclass(frozen=True)
class Team:
    """`doors` are those that are open: slack, teams, email, pagerduty, twilio, ntfy; HOUSE_PAGER is everybody's."""

    people: tuple[PersonEntry, ...]
    rotas: Mapping[str, Roster]
    doors: frozenset[str]
    begin: datetime
    timezone: str

    def holders(self, roles: Iterable[str]) -> tuple[PersonEntry, ...]:
        wanted = set(roles)
        return tuple(person for person in self.people if wanted & set(person.roles))

    def named(self, name: str | None) -> PersonEntry | None:
        return next((person for person in self.people if person.name == name), None)

    def on_rota(self, rota: str) -> tuple[str, ...]:
        """The names of all who are on duty within three months."""
        roster = self.rotas.get(rota)
        return tuple(dict.fromkeys(shift.who for shift in roster.between(self.begin, self.begin + LATER))) if roster else ()

    def meant(self, told: Iterable[Whom]) -> tuple[PersonEntry, ...]:
        """Everybody who may be told; strangers are left out."""
        found = [person for whom in told for person in self._each(whom)]
        return tuple({person.name: person for person in found}.values())

    def _each(self, whom: Whom) -> tuple[PersonEntry, ...]:
        if whom.role:
            return self.holders([whom.role])
        known = (self.named(name) for name in ([whom.person] if whom.person else self.on_rota(whom.on_duty)))
        return tuple(person for person in known if person)

    def with_deputies(self, people: Iterable[PersonEntry]) -> tuple[Rhythm, ...]:
        """When one of them, or who stands in for them, is at work."""
        both = [one for person in people for one in (person, self.named(person.deputy)) if one]
        return tuple(rhythm_of(one) for one in both)

    def reaches(self, person: PersonEntry, ways: Iterable[str]) -> tuple[str, ...]:
        """Those of the ways that lead to them."""
        return tuple(way for way in ways if any(self._leads(door, person) for door in _DOORS[way]))

    def workspaces_of(self, person: PersonEntry) -> tuple[str, ...]:
        """Those that are open and know them."""
        return tuple(door for door in _DOORS["direct"] if self._leads(door, person))

    def is_open(self, way: str) -> bool:
        return any(door in self.doors for door in _DOORS[way]) or (way == "webhook" and HOUSE_PAGER in self.doors)

    def told_by(self, person: PersonEntry, step: Step) -> tuple[str, ...]:
        """The ways by which this step reaches them, those that are tried when all of its own fail among them."""
        return self.reaches(person, dict.fromkeys((*step.ways, *AFTERWARDS)))

    def _leads(self, door: str, person: PersonEntry) -> bool:
        if door == "pagerduty" and HOUSE_PAGER in self.doors:
            return True
        addresses = {"slack": person.slack, "teams": person.teams, "email": person.email, "twilio": person.phone}
        return door in self.doors and bool(addresses.get(door) or person.pagers.get(door))


def rhythm_of(person: PersonEntry) -> Rhythm:
    return Rhythm(person.hours, person.timezone, person.holidays or "")
