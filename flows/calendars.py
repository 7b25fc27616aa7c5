"""Reads who is on duty from an iCalendar text, as PagerDuty, Opsgenie, Google and Outlook export it: an event is a shift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from flows.calendar_people import Finder, finder
from flows.calendar_text import YEARS, CalendarError, EventText, split_calendar
from flows.people import is_zone
from flows.recurrences import steps_of
from flows.rota import Duty, Shift

__all__ = ["Calendar", "CalendarError", "read_calendar"]

VEvent = Any  # an icalendar.Event, whose every property is one of 28 classes to a type checker

_EPOCH, _END = datetime(YEARS[0], 1, 1, tzinfo=UTC), datetime(YEARS[-1] + 1, 1, 1, tzinfo=UTC)
_DAY, _PAGE = timedelta(days=1), timedelta(days=28)
_LONGEST_AGAIN = timedelta(days=60)
_STEPS, _STEPS_UNTIL = 500_000, date(2040, 1, 1)
_STRANGERS, _SHOWN = 100, 120

# what the libraries raise at a value they do not expect
_UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, OSError)


@dataclass(eq=False)
class Calendar(Duty):
    """Read once, looked at page by page. Where shifts lie over each other, the one that began last counts, then the shorter one.

    `strangers` are the titles of events of which nobody knows whose they are; on them nobody is on duty.
    """

    name: str
    strangers: tuple[str, ...]
    _query: Any  # a recurring_ical_events.CalendarQuery
    _finder: Finder
    _zone: tzinfo
    _pages: dict[int, tuple[Shift, ...]] = field(default_factory=dict)

    def layers(self, begin: datetime, end: datetime) -> list[Shift]:
        """Raises CalendarError for what nobody could see when it was read."""
        first, last = max(begin, _EPOCH), min(end, _END)
        pages = range((first - _EPOCH) // _PAGE, (last - _EPOCH) // _PAGE + 1)
        touching = {shift for number in pages for shift in self._page(number) if shift.begin < end and shift.end > begin}
        return sorted(touching, key=lambda shift: (shift.begin, shift.begin - shift.end, shift.who))

    def _page(self, number: int) -> tuple[Shift, ...]:
        if number not in self._pages:
            begin = _EPOCH + number * _PAGE
            # a day more on both sides: the library takes an all-day event for a day in UTC
            try:
                events = self._query.between(begin - _DAY, begin + _PAGE + _DAY)
                self._pages[number] = tuple(shift for event in events for shift in self._shifts(event))
            except _UNREADABLE as error:
                raise CalendarError(self.name, 1, f"an event that cannot be read ({error})") from error
        return self._pages[number]

    def _shifts(self, event: VEvent) -> Iterator[Shift]:
        who = None if _is_cancelled(event) else _who(event, self._finder)
        begin, end = (_moment(event[key].dt, self._zone) for key in ("DTSTART", "DTEND"))
        if who is not None and begin < end:
            yield Shift(self.name, who, begin, end)


def read_calendar(name: str, text: str, *, names: Mapping[str, str], timezone: str = "UTC") -> Calendar:
    """`names`: who is known by each name and address. `timezone` is for times without a zone in a calendar that names none.

    Raises CalendarError, one line that says which calendar, where, and why.
    """
    split = split_calendar(name, text)
    zone = split.timezone or timezone
    if not is_zone(zone):
        raise CalendarError(name, 1, f"the zone {zone[:_SHOWN]!r} is not known")
    events = [_event(name, one) for one in split.events]
    _bound(name, list(zip(split.events, events, strict=True)))
    known = finder(names)
    calendar = Calendar(name, _strangers(events, known), _query(name, events, zone), known, ZoneInfo(zone))
    calendar.between(_EPOCH, _EPOCH + _DAY)  # each event is looked at: what cannot be followed is told now
    return calendar


def _event(name: str, text: EventText) -> VEvent:
    try:
        event = icalendar.Event.from_ical("\r\n".join(["BEGIN:VEVENT", *text.contents, "END:VEVENT", ""]))
        _check(event)
    except _UNREADABLE as error:
        raise CalendarError(name, text.line, f"an event that cannot be read ({str(error)[:_SHOWN]})") from error
    return event


def _check(event: VEvent) -> None:
    if event.errors:
        raise ValueError(event.errors[0][1])
    if "DTSTART" not in event:
        raise ValueError("DTSTART is missing")
    for key, value in event.property_items(recursive=False):
        zone = getattr(value, "params", {}).get("TZID")
        for moment in getattr(value, "dts", [value] if hasattr(value, "dt") else []):
            if zone and isinstance(moment.dt, datetime) and moment.dt.tzinfo is None:
                raise ValueError(f"{key}: the zone {str(zone)!r} is not known")


def _bound(name: str, events: Iterable[tuple[EventText, VEvent]]) -> None:
    """What recurs must not take long to be followed."""
    steps = 0
    for text, event in events:
        if "RRULE" not in event and "RDATE" not in event:
            continue
        begin = _moment(event["DTSTART"].dt, UTC)
        if _length(event, begin) > _LONGEST_AGAIN:
            raise CalendarError(name, text.line, f"an event that comes again and is longer than {_LONGEST_AGAIN.days} days")
        steps += steps_of(event["RRULE"].to_ical().decode(), _days_of(event, begin)) if "RRULE" in event else 0
        if steps > _STEPS:
            raise CalendarError(name, text.line, "events that come again too often, or since too long ago")


def _length(event: VEvent, begin: datetime) -> timedelta:
    if "DURATION" in event:
        length: timedelta = abs(event["DURATION"].dt)
        return length
    return abs(_moment(event["DTEND"].dt, UTC) - begin) if "DTEND" in event else _DAY


def _days_of(event: VEvent, begin: datetime) -> int:
    """From its beginning to its end, as far as anybody looks."""
    until = min((_moment(last, UTC).date() for last in event["RRULE"].get("UNTIL", [])), default=_STEPS_UNTIL)
    return max(0, (min(until, _STEPS_UNTIL) - begin.date()).days)


def _query(name: str, events: Iterable[VEvent], zone: str) -> Any:
    calendar = icalendar.Calendar()
    calendar.add("X-WR-TIMEZONE", zone)
    for event in events:
        calendar.add_component(event)
    try:
        return recurring_ical_events.of(calendar)
    except _UNREADABLE as error:
        raise CalendarError(name, 1, f"an event that cannot be followed ({str(error)[:_SHOWN]})") from error


def _strangers(events: Iterable[VEvent], known: Finder) -> tuple[str, ...]:
    titles = (str(event.get("SUMMARY", ""))[:_SHOWN] for event in events if not _is_cancelled(event) and _who(event, known) is None)
    return tuple(dict.fromkeys(titles))[:_STRANGERS]


def _is_cancelled(event: VEvent) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _who(event: VEvent, known: Finder) -> str | None:
    invited = event.get("ATTENDEE", [])
    each = invited if isinstance(invited, list) else [invited]
    coming = (str(one) for one in each if str(one.params.get("PARTSTAT", "")).upper() != "DECLINED")
    return known.by_address(address[7:] for address in coming if address.lower().startswith("mailto:")) or known.by_title(
        str(event.get("SUMMARY", ""))
    )


def _moment(value: date, zone: tzinfo) -> datetime:
    """In UTC; a day is its first moment, and a time without a zone is meant by the calendar's."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
