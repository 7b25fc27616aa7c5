"""Takes the events out of an iCalendar text, bounded, and with the lines on which they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from flows.recurrences import rule_fault

MAX_CHARACTERS = 2_000_000
MAX_EVENTS = 5_000
MAX_DATES = 20_000
YEARS = range(1970, 2100)

_ONCE = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "UID", "SEQUENCE", "STATUS", "SUMMARY", "RECURRENCE-ID"})
_OFTEN = frozenset({"ATTENDEE", "RDATE", "EXDATE"})
_DATES = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"})
_REFUSED = frozenset({"EXRULE"})
_NAME = re.compile(r"[A-Za-z0-9-]+")
_DATE = re.compile(r"(?<![\dA-Za-z])(\d{4})\d{4}(?!\d)", re.ASCII)


class CalendarError(ValueError):
    """A calendar that cannot be read: which one, where and why, in one line."""

    def __init__(self, name: str, line: int, why: str) -> None:
        super().__init__(name, line, why)
        self.name, self.line, self.why = name, line, why

    def __str__(self) -> str:
        return f"{self.name}:{self.line}: {self.why}"


@dataclass(frozen=True)
class EventText:
    """One event: the line on which it begins, and its content lines, of which only those that matter here are kept."""

    line: int
    contents: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class CalendarText:
    timezone: str
    events: tuple[EventText, ...]


def split_calendar(name: str, text: str) -> CalendarText:
    """Raises CalendarError for a text that is no calendar, is cut off or too long, or has a rule that could not be followed to its end."""
    if len(text) > MAX_CHARACTERS:
        raise CalendarError(name, 1, f"longer than {MAX_CHARACTERS} characters")
    reading = _Reading(name)
    for line, content in _unfolded(text):
        reading.take(line, content)
    if not reading.ended:
        raise CalendarError(name, 1, "no calendar" if not reading.began else "cut off: END:VCALENDAR is missing")
    return CalendarText(reading.timezone, tuple(reading.events))


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Every content line with the number of its first line; a line that begins with a blank continues the one above."""
    parts: list[str] = []
    began = 1
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), start=1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        yield began, "".join(parts)
        parts, began = [line], number
    yield began, "".join(parts)


@dataclass
class _Reading:
    name: str
    timezone: str = ""
    began: bool = False
    ended: bool = False
    dates: int = 0
    within: list[str] = field(default_factory=list)
    events: list[EventText] = field(default_factory=list)

    def take(self, line: int, content: str) -> None:
        if not content.strip():
            return
        match = _NAME.match(content)
        name = match[0].upper() if match else ""
        if name in ("BEGIN", "END"):
            self._turn(line, name, content.partition(":")[2].strip().upper())
        elif not self.within:
            raise CalendarError(self.name, line, "no calendar" if not self.began else "text after the end of the calendar")
        elif self.within == ["VCALENDAR"] and name == "X-WR-TIMEZONE":
            self.timezone = content.partition(":")[2].strip()
        elif self.within == ["VCALENDAR", "VEVENT"]:
            self._keep(line, name, content)

    def _turn(self, line: int, turn: str, component: str) -> None:
        if turn == "BEGIN":
            if not self.within and (self.began or component != "VCALENDAR"):
                raise CalendarError(self.name, line, "a second calendar" if self.began else "no calendar")
            self.within.append(component)
            self.began = True
            if self.within == ["VCALENDAR", "VEVENT"]:
                self._begin(line)
        elif not self.within or self.within.pop() != component:
            raise CalendarError(self.name, line, f"END:{component[:40]} ends nothing that began")
        self.ended = not self.within

    def _begin(self, line: int) -> None:
        if len(self.events) == MAX_EVENTS:
            raise CalendarError(self.name, line, f"more than {MAX_EVENTS} events")
        self.events.append(EventText(line))

    def _keep(self, line: int, name: str, content: str) -> None:
        event = self.events[-1]
        if name in _REFUSED or (name in _ONCE and name in event.names):
            raise CalendarError(self.name, line, f"{name} is not read" if name in _REFUSED else f"{name} stands twice")
        if name not in _ONCE | _OFTEN:
            return
        event.names.add(name)
        event.contents.append(content)
        if name == "RRULE" and (fault := rule_fault(content.partition(":")[2].strip())):
            raise CalendarError(self.name, line, f"an event that {fault}")
        if name in _DATES:
            self._count(line, name, _DATE.findall(content.rpartition(":")[2]))

    def _count(self, line: int, name: str, years: Iterable[str]) -> None:
        known = [int(year) in YEARS for year in years]
        if not known or not all(known):
            raise CalendarError(self.name, line, f"{name} is no day between {YEARS[0]} and {YEARS[-1]}")
        self.dates += len(known)
        if self.dates > MAX_DATES:
            raise CalendarError(self.name, line, f"more than {MAX_DATES} days")
