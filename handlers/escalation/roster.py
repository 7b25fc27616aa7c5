"""Whom a step of FLOW means at this moment: people by name, by role, or by the rota that puts them on duty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from flows.calendar_text import CalendarError
from flows.hours import at_work
from flows.ladder import Whom
from flows.rota import Duty, Shift
from flows.working import Rhythm, works
from storage.people import Person

log = structlog.get_logger()


def is_at_work(person: Person, at: datetime) -> bool:
    """By their hours, and by the public holidays that they keep."""
    return works(rhythm_of(person), at) if person.holidays else at_work(person.hours, person.timezone, at)


def rhythm_of(person: Person) -> Rhythm:
    return Rhythm(person.hours, person.timezone, person.holidays or "")


@dataclass
class Roster:
    """`rotas` by name; they are replaced as their files are read anew."""

    rotas: Mapping[str, Duty] = field(default_factory=dict)

    def meant(self, whom: Sequence[Whom], team: Sequence[Person], at: datetime) -> list[Person]:
        """Of the whole team, each once, in the order in which they are named."""
        found = [person for one in whom for person in self._each(one, team, at)]
        return list({person.id: person for person in found}.values())

    def _each(self, whom: Whom, team: Sequence[Person], at: datetime) -> list[Person]:
        if whom.role:
            return _of_role([person for person in team if whom.role in person.roles], team, at)
        name = whom.person or self.on_duty(whom.on_duty, at)
        person = next((one for one in team if one.name == name), None)
        if person is None:
            return []
        # who is on duty is called whatever their hours; somebody named is not alone when they are away
        return [person, *([] if whom.on_duty else _deputy(person, team, at))]

    def on_duty(self, rota: str, at: datetime) -> str | None:
        """Nobody, where there is no such rota and where a calendar cannot be followed at that moment: the ladder goes on."""
        try:
            return self.rotas[rota].on(at) if rota in self.rotas else None
        except CalendarError as error:
            log.warning("rota_not_followed", rota=rota, line=error.line)
            return None

    def then(self, rota: str, at: datetime) -> Shift | None:
        """The next change; None where it cannot be told."""
        try:
            return self.rotas[rota].then(at) if rota in self.rotas else None
        except CalendarError:
            return None


def _of_role(holders: Sequence[Person], team: Sequence[Person], at: datetime) -> list[Person]:
    """Those at work; when nobody is, their deputies who are; else all of them, since a crisis wakes people."""
    awake = [person for person in holders if is_at_work(person, at)]
    return awake or [deputy for person in holders for deputy in _deputy(person, team, at)] or list(holders)


def _deputy(person: Person, team: Sequence[Person], at: datetime) -> list[Person]:
    """Whoever stands in for somebody who is away now."""
    if is_at_work(person, at):
        return []
    return [one for one in team if one.name == person.deputy and is_at_work(one, at)]
