"""Readers of what recurs all over a FLOW: names, severities, roles, durations, words in every language."""

from __future__ import annotations

import re
from datetime import timedelta

from flows.document import Place, nearest, shown
from flows.flow import LANGUAGES, ROLES
from flows.severity import SEVERITY_WORDS, Severity

NAME_LIMIT = 40
LABEL_LIMIT = 24

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LONGEST = timedelta(days=365)


def check_name(name: str, place: Place) -> None:
    if name and (not _NAME.fullmatch(name) or len(name) > NAME_LIMIT):
        place.refuse("a_lower_case_name", shown(name))


def name_of(place: Place) -> str:
    name = place.text(NAME_LIMIT)
    check_name(name, place)
    return name


def severity_of(place: Place) -> Severity:
    word = place.one_of(SEVERITY_WORDS)
    return Severity.parse(word) if word else Severity.LOW


def by_language(place: Place, limit: int) -> dict[str, str]:
    return {language: text.text(limit) for language, text in place.fields(LANGUAGES).items()}


def roles_of(place: Place) -> tuple[str, ...]:
    return place.distinct(lambda role: role.one_of(ROLES))


def duration_of(place: Place) -> timedelta:
    """Written "90s", "20m", "8h" or "3d", a year at most; nothing after a fault."""
    text = place.text(NAME_LIMIT)
    match = _DURATION.fullmatch(text)
    time = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if text and not timedelta() < time <= _LONGEST:
        place.refuse("a time such as 90s, 20m, 8h or 3d", shown(text) if match is None else f"{shown(text)}, more than a year")
    return time


def yes_or_no(place: Place) -> bool:
    return place.one_of(("yes", "no")) == "yes"


def listed_in(place: Place, known: tuple[str, ...], what: str, *, empty: bool = False) -> tuple[str, ...]:
    """Names out of known ones, which are too many to list them all in a fault."""
    return place.distinct(lambda item: _known(item, known, what), empty=empty)


def _known(place: Place, known: tuple[str, ...], what: str) -> str:
    name = place.text(NAME_LIMIT)
    if name and name not in known:
        place.refuse(what, shown(name) + nearest(name, known))
        return ""
    return name
