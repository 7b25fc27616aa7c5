"""Reads the people of the team from YAML text, or says in one go everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import phonenumbers

from flows.document import Faults, FileErrors, LineError, Place, nearest, read, shown
from flows.flow import ROLES, folded
from flows.hours import HOURS

NAME_LIMIT = 80
ID_LIMIT = 200

_REQUIRED = ("name", "roles", "languages", "timezone")
_OPTIONAL = ("slack", "teams", "email", "phone", "hours", "deputy")
_UNIQUE = ("name", "email", "slack", "teams")

_SLACK_ID = re.compile(r"[UW][A-Z0-9]{1,20}")
_TEAMS_ID = re.compile(r"[\w:.@-]+")
_EMAIL = re.compile(r"[^\s@,;<>]{1,64}@(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


class PeopleError(LineError):
    """One fault in a file of people."""


class PeopleErrors(FileErrors):
    """Every fault of a file of people."""


@dataclass(frozen=True)
class PersonEntry:
    """One person as the file names them.

    The first language is the one in which we write to them. `hours` are in their own time zone, "mon-fri
    09:00-18:00" or several such spans between commas, past midnight when the end is before the beginning;
    None means always. `deputy` is another person's name. `phone` is E.164.
    """

    name: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    timezone: str
    slack: str | None = None
    teams: str | None = None
    email: str | None = None
    phone: str | None = None
    hours: str | None = None
    deputy: str | None = None


def load_people(file: str, text: str) -> tuple[PersonEntry, ...]:
    """The people of the file, in its order. Raises PeopleErrors, which holds a PeopleError for every fault."""
    faults = Faults(PeopleError)
    root = read(file, text, faults)
    places = [] if root is None else [person.fields(_REQUIRED, _OPTIONAL) for person in root.fields(("people",))["people"].items()]
    people = tuple(_person(fields) for fields in places)
    for name in _UNIQUE:
        _refuse_repeated([fields[name] for fields in places])
    names = {person.name for person in people}
    for person, fields in zip(people, places, strict=True):
        _check_deputy(person, fields["deputy"], names)
    if faults.errors:
        raise PeopleErrors(faults.errors)
    return people


def _person(fields: dict[str, Place]) -> PersonEntry:
    return PersonEntry(
        name=fields["name"].text(NAME_LIMIT),
        roles=fields["roles"].distinct(lambda role: role.one_of(ROLES)),
        languages=fields["languages"].distinct(lambda language: _matching(language, _LANGUAGE, "a code (en)")),
        timezone=_zone(fields["timezone"]),
        slack=_matching(fields["slack"], _SLACK_ID, "a Slack id (U…)") or None,
        teams=_matching(fields["teams"], _TEAMS_ID, "a Teams id") or None,
        email=_matching(fields["email"], _EMAIL, "an email address").lower() or None,
        phone=_phone(fields["phone"]) or None,
        hours=_matching(fields["hours"], HOURS, "mon-fri 09:00-18:00") or None,
        deputy=fields["deputy"].text(NAME_LIMIT) or None,
    )


def _matching(place: Place, pattern: re.Pattern[str], expected: str) -> str:
    return _accepted(place, lambda text: pattern.fullmatch(text) is not None, expected)


def _accepted(place: Place, accepts: Callable[[str], bool], expected: str) -> str:
    text = place.text(ID_LIMIT)
    if text and not accepts(text):
        place.refuse(expected)
        return ""
    return text


def _zone(place: Place) -> str:
    return _accepted(place, _is_zone, "a zone (Europe/Madrid)")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # a path, an unknown name, a folder such as "Europe"
        return False
    return True


def _phone(place: Place) -> str:
    return _accepted(place, _is_e164, "E.164 (+34600111222)")


def _is_e164(text: str) -> bool:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return False
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written == text and phonenumbers.is_possible_number(number)


def _refuse_repeated(places: list[Place]) -> None:
    lines: dict[str, int] = {}
    for place in places:
        text = place.text(ID_LIMIT)
        if folded(text) in lines:
            place.refuse("no repetition", f"{shown(text)} of line {lines[folded(text)]} again")
        elif text:
            lines[folded(text)] = place.line


def _check_deputy(person: PersonEntry, place: Place, names: set[str]) -> None:
    if person.deputy is not None and person.deputy == person.name:
        place.refuse("another person", shown(person.deputy))
    elif person.deputy is not None and person.deputy not in names:
        place.refuse("a listed name", shown(person.deputy) + nearest(person.deputy, names))
