"""Reads who is on duty from where people keep it: rotas beside the people of the team, and calendars of their own."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from flows.people import PeopleErrors
from flows.rota import Duty, Rota
from flows.rotas_loader import load_rotas

MALFORMED, STRANGER, NOT_READ = "malformed", "stranger", "not_read"
DAY = timedelta(days=1)
Written = tuple[str, str]  # the file of the people, and its text
Names = Mapping[str, str]  # who is known by each name and address


class CalendarAway(Exception):
    """A calendar could not be fetched. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Sources:
    """`written` reads the file of the people anew; `fetch` reads one of `calendars`, an address or a file, and raises CalendarAway."""

    written: Callable[[], Written | None] = lambda: None
    calendars: Mapping[str, str] = field(default_factory=dict, repr=False)  # by the rota's name; an address may be a secret
    fetch: Callable[[str], Awaitable[str]] = field(default=lambda _: _nowhere(), repr=False)
    timezone: str = "UTC"


async def _nowhere() -> str:
    raise CalendarAway("no_door")


@dataclass(frozen=True)
class InFile:
    """The rotas beside the people. `strangers` are those whom they name and nobody knows; `reason` says why they cannot be read."""

    rotas: Mapping[str, Rota] = field(default_factory=dict)
    strangers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason: str = ""


def in_file(written: Written | None, names: Iterable[str]) -> InFile:
    """A rota that names somebody who has left still holds for the others. Raises PeopleErrors for a file that cannot be read."""
    if written is None:
        return InFile()
    known = set(names)
    try:
        return InFile(load_rotas(*written, known))
    except PeopleErrors:
        rotas = load_rotas(*written, _Anybody())
    strangers = {name: tuple(who for who in _named(rota) if who not in known) for name, rota in rotas.items()}
    return InFile(rotas, {name: who for name, who in strangers.items() if who})


class _Anybody(set[str]):
    def __contains__(self, _: object) -> bool:
        return True


def _named(rota: Rota) -> Iterable[str]:
    return dict.fromkeys((*rota.order, *(shift.who for shift in rota.shifts)))


def parsed(name: str, text: str, names: Names, timezone: str, at: datetime) -> Duty:
    """A calendar of which is known that it can be asked about now and next. Takes seconds for a large one. Raises CalendarError."""
    from flows.calendars import read_calendar  # noqa: PLC0415 - its libraries are for whoever has a calendar

    duty = read_calendar(name, text, names=names, timezone=timezone)
    warmed(duty, at)
    return duty


def warmed(duty: Duty, at: datetime) -> None:
    """Asks what will be asked soon, so that nobody waits for the answer then. Raises CalendarError."""
    duty.between(at - DAY, at + DAY)
    duty.then(at)


def strangers_of(duty: Duty) -> tuple[str, ...]:
    """Titles of a calendar's entries of which nobody knows whose they are."""
    found: tuple[str, ...] = getattr(duty, "strangers", ())
    return found


def standing_for(source: str) -> str:
    """What may be written down of a source: whoever knows a calendar's address can often read it."""
    host = urlsplit(source).hostname if "://" in source else None
    return f"{host}#{sha256(source.encode()).hexdigest()[:16]}" if host else source
