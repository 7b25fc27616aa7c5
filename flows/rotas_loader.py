"""Reads the rotas beside the people of the team from YAML text, or says in one go everything that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from flows.document import Faults, Place, nearest, read, shown
from flows.fields import check_name, duration_of
from flows.people import NAME_LIMIT, PeopleError, PeopleErrors, people_of, zone_of
from flows.rota import Rota, Shift, in_zone

_TURNS = ("order", "since", "every", "handover")
_DAY = timedelta(days=1)
_YEARS = range(1970, 2200)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)", re.ASCII)


def load_rotas(file: str, text: str, names: Collection[str] | None = None) -> dict[str, Rota]:
    """The rotas of a file of people by their names; `names` are those of the people there are, None means those of the file.

    Raises PeopleErrors, which holds a PeopleError for every fault of a rota; faults of people are for `load_people` to tell.
    """
    faults = Faults(PeopleError)
    root = read(file, text, faults)
    known = _names(file, text) if names is None else names
    places = root.fields((), ("people", "rotas"))["rotas"].entries() if root else ()
    rotas = {name: _rota(name, place, known) for name, place in places}
    if faults.errors:
        raise PeopleErrors(faults.errors)
    return rotas


def _names(file: str, text: str) -> tuple[str, ...]:
    root = read(file, text, Faults(PeopleError))
    return tuple(person.fields(("name",))["name"].text(NAME_LIMIT) for person in people_of(root)) if root else ()


def _rota(name: str, place: Place, names: Collection[str]) -> Rota:
    check_name(name, place)
    turns = _TURNS if any(place.holds(key) for key in _TURNS) or not place.holds("shifts") else ()
    fields = place.fields(("timezone", *turns), ("shifts",))
    zone = zone_of(fields["timezone"]) or "UTC"
    rota = Rota(name, zone, shifts=_shifts(fields["shifts"], name, zone, names))
    if not turns:
        return rota
    order = tuple(_who(person, names) for person in fields["order"].items())
    return replace(rota, order=order, since=_date(fields["since"]), every=_days(fields["every"]), handover=_time(fields["handover"]))


def _who(place: Place, names: Collection[str]) -> str:
    name = place.text(NAME_LIMIT)
    if name and name not in names:
        place.refuse("a listed name", shown(name) + nearest(name, names))
        return ""
    return name


def _shifts(place: Place, rota: str, zone: str, names: Collection[str]) -> tuple[Shift, ...]:
    written = [(item, _shift(item, rota, zone, names)) for item in place.items()]
    known = sorted(((item, shift) for item, shift in written if shift), key=lambda one: one[1].begin)
    for (above, before), (item, shift) in pairwise(known):
        if shift.begin < before.end:
            item.refuse("one shift at a time", f"one that begins before that of line {above.line} ends")
    return tuple(shift for _, shift in known)


def _shift(place: Place, rota: str, zone: str, names: Collection[str]) -> Shift | None:
    """From and until are by the wall clock of the rota's zone."""
    fields = place.fields(("from", "until", "who"))
    who, begin, end = _who(fields["who"], names), _moment(fields["from"], zone), _moment(fields["until"], zone)
    if begin is None or end is None:
        return None
    if end <= begin:
        fields["until"].refuse("an end after the beginning")
        return None
    return Shift(rota, who, begin, end)


def _moment(place: Place, zone: str) -> datetime | None:
    text = place.text(NAME_LIMIT)
    match = _MOMENT.fullmatch(text)
    day, clock = (_day(match[1]), _clock(match[2])) if match else (None, None)
    if day is None or clock is None:
        if text:
            place.refuse("a day and a time (2026-12-24 09:00)")
        return None
    return in_zone(day, clock, zone)


def _date(place: Place) -> date:
    text = place.text(NAME_LIMIT)
    day = _day(text)
    if text and day is None:
        place.refuse("a day (2026-12-24)")
    return day or date.min


def _time(place: Place) -> time:
    text = place.text(NAME_LIMIT)
    clock = _clock(text)
    if text and clock is None:
        place.refuse("a time (09:00)")
    return clock or time()


def _days(place: Place) -> timedelta:
    length = duration_of(place)
    if length % _DAY:
        place.refuse("whole days (7d)")
    return length


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text and day.year in _YEARS else None


def _clock(text: str) -> time | None:
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        return None
    return clock if f"{clock:%H:%M}" == text else None
