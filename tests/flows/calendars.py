"""Calendars as other tools export them, and what the tests ask of them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from flows.calendars import Calendar, CalendarError, read_calendar

NAMES = {
    "Ana Ruiz": "Ana Ruiz",
    "ana@example.com": "Ana Ruiz",
    "Ana": "Ana",
    "Élodie O’Brien": "Élodie O’Brien",
    "elodie.obrien@example.com": "Élodie O’Brien",
    "Bo": "Bo",
    "bo@example.com": "Bo",
}

PAGERDUTY = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:icalendar-ruby
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:On Call Schedule for Crisis leads
BEGIN:VEVENT
DTSTAMP:20261101T000000Z
UID:Q1-1
DTSTART;VALUE=DATE-TIME:20261102T080000Z
DTEND;VALUE=DATE-TIME:20261109T080000Z
DESCRIPTION:
SUMMARY:On Call - Ana Ruiz - Crisis leads
URL:https://example.pagerduty.com/schedules#P1
ATTENDEE:mailto:ana@example.com
END:VEVENT
BEGIN:VEVENT
UID:Q1-2
DTSTART;VALUE=DATE-TIME:20261109T080000Z
DTEND;VALUE=DATE-TIME:20261116T080000Z
SUMMARY:On Call - ELODIE O'BRIEN - Crisis leads
END:VEVENT
BEGIN:VEVENT
UID:Q1-3
DTSTART;VALUE=DATE-TIME:20261116T080000Z
DTEND;VALUE=DATE-TIME:20261123T080000Z
SUMMARY:On Call - Somebody Else - Crisis leads
END:VEVENT
END:VCALENDAR
"""

GOOGLE = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
X-WR-TIMEZONE:Europe/Madrid
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261102
DTEND;VALUE=DATE:20261109
RRULE:FREQ=WEEKLY;WKST=MO;INTERVAL=2;BYDAY=MO
UID:1@google.com
STATUS:CONFIRMED
SUMMARY:Guardia: Ana
TRANSP:TRANSPARENT
BEGIN:VALARM
TRIGGER:-P0DT0H10M0S
DESCRIPTION:Bo
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTSTART:20261109T080000Z
DTEND:20261116T080000Z
RRULE:FREQ=WEEKLY;UNTIL=20270301T075959Z;INTERVAL=2
EXDATE:20261207T080000Z
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Bo;X-NUM
 -GUESTS=0:mailto:bo@example.com
UID:2@google.com
SUMMARY:Guardia
END:VEVENT
END:VCALENDAR
"""


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def calendar(*events: str, head: str = "") -> str:
    bodies = "".join(f"BEGIN:VEVENT\nUID:{number}\n{event}\nEND:VEVENT\n" for number, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{bodies}END:VCALENDAR\n"


def read(*events: str, head: str = "", timezone: str = "UTC") -> Calendar:
    return read_calendar("duty.ics", calendar(*events, head=head), names=NAMES, timezone=timezone)


def refusal(text: str) -> str:
    with pytest.raises(CalendarError) as caught:
        read_calendar("duty.ics", text, names=NAMES)
    assert "\n" not in str(caught.value)
    return str(caught.value)
