"""Reads the people of the team from YAML text, or says in one go everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import phonenumbers

from flows.document import Faults, FileErrors, LineError, Place, nearest, read, shown
from flows.flow import ROLES, folded
from flows.hours import HOURS
from flows.working import holiday_codes

NAME_LIMIT = 80
ID_LIMIT = 200

_REQUIRED = ("name", "roles", "languages", "timezone")
_OPTIONAL = ("slack", "teams", "email", "phone", "hours", "holidays", "deputy", "pagers")
_UNIQUE = ("name", "email", "slack", "teams")

_SLACK_ID = re.compile(r"[UW][A-Z0-9]{1,20}")
_TEAMS_ID = re.compile(r"[\w:.@-]+")
_EMAIL = re.compile(r"[^\s@,;<>]{1,64}@(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}")
_PAGERS = {
    # an integration's key: https://support.pagerduty.com/main/docs/services-and-integrations
    "pagerduty": (re.compile(r"[A-Za-z0-9]{32}"), "a routing key of 32 letters and digits"),
    # https://docs.ntfy.sh/publish/
    "ntfy": (re.compile(r"[A-Za-z0-9_-]{1,64}"), "a topic of at most 64 letters, digits, _ and -"),
}
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
    None means always. `deputy` is another person's name. `phone` is E.164. `holidays` is one of `holiday_codes()`.
    `pagers` holds their address at services that wake people: a routing key for "pagerduty", a topic for "ntfy".
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
    holidays: str | None = None
    pagers: Mapping[str, str] = field(default_factory=dict, hash=False)


def load_people(file: str, text: str) -> tuple[PersonEntry, ...]:
    """The people of the file, in its order. Raises PeopleErrors, which holds a PeopleError for every fault."""
    faults = Faults(PeopleError)
    root = read(file, text, faults)
    places = [] if root is None else [person.fields(_REQUIRED, _OPTIONAL) for person in people_of(root)]
    people = tuple(_person(fields) for fields in places)
    for name in _UNIQUE:
        _refuse_repeated([fields[name] for fields in places])
    names = {person.name for person in people}
    for person, fields in zip(people, places, strict=True):
        _check_deputy(person, fields["deputy"], names)
    if faults.errors:
        raise PeopleErrors(faults.errors)
    return people


def is_pager(service: str, address: str) -> bool:
    return service in _PAGERS and _PAGERS[service][0].fullmatch(address) is not None


def people_of(root: Place) -> tuple[Place, ...]:
    """The file's other key, `rotas`, is flows/rotas_loader.py's."""
    return root.fields(("people",), ("rotas",))["people"].items()


def _person(fields: dict[str, Place]) -> PersonEntry:
    return PersonEntry(
        name=fields["name"].text(NAME_LIMIT),
        roles=fields["roles"].distinct(lambda role: role.one_of(ROLES)),
        languages=fields["languages"].distinct(lambda language: _matching(language, _LANGUAGE, "a code (en)")),
        timezone=zone_of(fields["timezone"]),
        slack=_matching(fields["slack"], _SLACK_ID, "a Slack id (U…)") or None,
        teams=_matching(fields["teams"], _TEAMS_ID, "a Teams id") or None,
        email=_matching(fields["email"], _EMAIL, "an email address").lower() or None,
        phone=_phone(fields["phone"]) or None,
        hours=_matching(fields["hours"], HOURS, "mon-fri 09:00-18:00") or None,
        deputy=fields["deputy"].text(NAME_LIMIT) or None,
        holidays=_holidays(fields["holidays"]) or None,
        pagers=_pagers(fields["pagers"]),
    )


def _matching(place: Place, pattern: re.Pattern[str], expected: str) -> str:
    return _accepted(place, lambda text: pattern.fullmatch(text) is not None, expected)


def _accepted(place: Place, accepts: Callable[[str], bool], expected: str) -> str:
    text = place.text(ID_LIMIT)
    if text and not accepts(text):
        place.refuse(expected)
        return ""
    return text


def _holidays(place: Place) -> str:
    code = place.text(ID_LIMIT)
    if code and code not in holiday_codes():
        place.refuse("a country, or a part of one (ES, ES-MD)", shown(code) + nearest(code, holiday_codes() & {code.upper()}))
        return ""
    return code


def _pagers(place: Place) -> dict[str, str]:
    services = place.fields((), tuple(_PAGERS))
    written = {service: _address(place, service) for service, place in services.items()}
    return {service: address for service, address in written.items() if address}


def _address(place: Place, service: str) -> str:
    """Whoever knows it can wake people: a fault does not repeat it."""
    text = place.text(ID_LIMIT)
    if text and not is_pager(service, text):
        place.refuse(_PAGERS[service][1], "something else")
        return ""
    return text


def zone_of(place: Place) -> str:
    return _accepted(place, is_zone, "a zone (Europe/Madrid)")


def is_zone(name: str) -> bool:
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
