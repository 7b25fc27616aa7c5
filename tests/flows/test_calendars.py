"""Who is on duty is read from the calendars that other tools export, and from nothing that only looks like one."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.calendars import Calendar, CalendarError, read_calendar
from flows.recurrences import rule_fault
from flows.rota import Shift

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


def test_a_pagerduty_schedule_is_read() -> None:
    duty = read_calendar("duty_lead", PAGERDUTY, names=NAMES)
    assert duty.between(at("2026-11-01"), at("2026-12-01")) == (
        Shift("duty_lead", "Ana Ruiz", at("2026-11-02T08:00"), at("2026-11-09T08:00")),
        Shift("duty_lead", "Élodie O’Brien", at("2026-11-09T08:00"), at("2026-11-16T08:00")),
    )
    assert duty.on(at("2026-11-09T07:59:59")) == "Ana Ruiz"
    assert duty.on(at("2026-11-09T08:00")) == "Élodie O’Brien"
    assert duty.then(at("2026-11-03")) == Shift("duty_lead", "Élodie O’Brien", at("2026-11-09T08:00"), at("2026-11-16T08:00"))
    assert duty.on(at("2026-11-17")) is None
    assert duty.strangers == ("On Call - Somebody Else - Crisis leads",)


def test_a_google_calendar_is_read() -> None:
    duty = read_calendar("duty_lead", GOOGLE, names=NAMES)
    assert duty.strangers == ()
    assert [
        (shift.who, f"{shift.begin:%m-%dT%H}", f"{shift.end:%m-%dT%H}") for shift in duty.between(at("2026-11-01"), at("2026-12-21"))
    ] == [
        ("Ana", "11-01T23", "11-08T23"),  # midnight in Madrid
        ("Bo", "11-09T08", "11-15T23"),
        ("Ana", "11-15T23", "11-22T23"),
        ("Bo", "11-23T08", "11-29T23"),
        ("Ana", "11-29T23", "12-06T23"),
        ("Ana", "12-13T23", "12-20T23"),
    ]


def test_lines_may_be_folded_and_end_as_windows_ends_them() -> None:
    folded = PAGERDUTY.replace("On Call - Ana Ruiz", "On Call - Ana R\n uiz").replace("ATTENDEE", "X-NOBODY").replace("\n", "\r\n")
    assert read_calendar("x", "\ufeff" + folded, names=NAMES).on(at("2026-11-03")) == "Ana Ruiz"


@pytest.mark.parametrize(
    ("event", "who"),
    [
        ("SUMMARY:Ana", "Ana"),
        ("SUMMARY:Ana Ruiz", "Ana Ruiz"),
        ("SUMMARY:ÁNA RUÍZ (primary)", "Ana Ruiz"),
        ("SUMMARY:Ana Ruizo", "Ana"),
        ("SUMMARY:Anabel", None),
        ("SUMMARY:duty: bo@example.com", "Bo"),
        ("SUMMARY:somebody.bo@example.com", None),
        ("SUMMARY:bo@example.org", None),
        ("SUMMARY:Bo's week", "Bo"),
        ("SUMMARY:Bo and Ana Ruiz", None),
        ("SUMMARY:Bo\\, and again Bo", "Bo"),
        ("SUMMARY:lead\nATTENDEE;CN=x:MAILTO:Bo@Example.com", "Bo"),
        ("SUMMARY:Ana\nATTENDEE:mailto:bo@example.com", "Bo"),
        ("SUMMARY:Ana\nATTENDEE:mailto:room@example.com\nATTENDEE:mailto:bo@example.com", "Bo"),
        ("SUMMARY:Ana\nATTENDEE:mailto:ana@example.com\nATTENDEE:mailto:bo@example.com", "Ana"),
        ("SUMMARY:lead\nATTENDEE:mailto:ana@example.com\nATTENDEE:mailto:bo@example.com", None),
        ("SUMMARY:lead\nATTENDEE;PARTSTAT=DECLINED:mailto:ana@example.com\nATTENDEE:mailto:bo@example.com", "Bo"),
        ("SUMMARY:Bo\nSTATUS:CANCELLED", None),
        ("DESCRIPTION:Bo", None),
    ],
)
def test_somebody_is_found_by_address_or_by_whole_name(event: str, who: str | None) -> None:
    assert read(f"DTSTART:20261102T080000Z\nDTEND:20261103T080000Z\n{event}").on(at("2026-11-02T12:00")) == who


def test_whoever_is_not_found_is_told_once_and_cancelled_events_are_not() -> None:
    day = "DTSTART:20261102T080000Z\nDTEND:20261103T080000Z\n"
    duty = read(day + "SUMMARY:Zed", day + "SUMMARY:Zed", day + "SUMMARY:Yve\nSTATUS:CANCELLED", day + "SUMMARY:Bo", day + "SEQUENCE:1")
    assert duty.strangers == ("Zed", "")


def test_a_week_that_comes_again_keeps_its_hour_on_the_wall_when_clocks_are_changed() -> None:
    duty = read(
        "DTSTART;TZID=Europe/Madrid:20261012T090000\nDTEND;TZID=Europe/Madrid:20261019T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2\nSUMMARY:Ana",
        "DTSTART;TZID=Europe/Madrid:20261019T090000\nDTEND;TZID=Europe/Madrid:20261026T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2\nSUMMARY:Bo",
    )
    handovers = [shift.begin for shift in duty.between(at("2026-10-12", "Europe/Madrid"), at("2027-04-20", "Europe/Madrid"))]
    assert {moment.astimezone(ZoneInfo("Europe/Madrid")).hour for moment in handovers} == {9}
    assert duty.on(at("2026-10-26T08:59", "Europe/Madrid")) == "Bo"
    assert duty.on(at("2026-10-26T09:00", "Europe/Madrid")) == "Ana"
    assert duty.then(at("2026-11-22")).who == "Ana"


def test_a_swapped_week_and_a_day_that_was_taken_out_are_followed() -> None:
    text = calendar(
        "DTSTART:20261102T080000Z\nDTEND:20261103T080000Z\nRRULE:FREQ=DAILY\nEXDATE:20261105T080000Z\nSUMMARY:Ana",
    ).replace(
        "END:VCALENDAR",
        "BEGIN:VEVENT\nUID:0\nRECURRENCE-ID:20261107T080000Z\nDTSTART:20261107T080000Z\nDTEND:20261108T080000Z\nSUMMARY:Bo\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:0\nRECURRENCE-ID:20261109T080000Z\nDTSTART:20261109T080000Z\nDTEND:20261110T080000Z\nSUMMARY:Ana\nSTATUS:CANCELLED\nEND:VEVENT\nEND:VCALENDAR",
    )
    duty = read_calendar("duty.ics", text, names=NAMES)
    assert [duty.on(at(f"2026-11-{day:02}T12:00")) for day in range(4, 11)] == ["Ana", None, "Ana", "Bo", "Ana", None, "Ana"]


def test_dates_without_a_rule_may_come_again_too() -> None:
    duty = read("DTSTART:20261102T080000Z\nDTEND:20261102T090000Z\nRDATE:20261201T080000Z,20270101T080000Z\nSUMMARY:Bo")
    assert [duty.on(at(day)) for day in ("2026-11-02T08:30", "2026-12-01T08:30", "2027-01-01T08:30", "2027-01-02T08:30")] == ["Bo"] * 3 + [
        None
    ]


def test_whole_days_are_days_by_the_calendars_clock() -> None:
    duty = read("DTSTART;VALUE=DATE:20261102\nDTEND;VALUE=DATE:20261104\nSUMMARY:Bo", head="X-WR-TIMEZONE:Pacific/Auckland\n")
    assert duty.between(at("2026-10-01"), at("2026-12-01")) == (
        Shift("duty.ics", "Bo", at("2026-11-02", "Pacific/Auckland").astimezone(UTC), at("2026-11-04", "Pacific/Auckland").astimezone(UTC)),
    )
    one = read("DTSTART;VALUE=DATE:20261102\nSUMMARY:Bo", timezone="Europe/Madrid")
    assert [one.on(at(moment, "Europe/Madrid")) for moment in ("2026-11-02T00:00", "2026-11-02T23:59", "2026-11-03T00:00")] == [
        "Bo",
        "Bo",
        None,
    ]


@pytest.mark.parametrize(
    ("head", "timezone", "begin"),
    [("X-WR-TIMEZONE:Europe/Madrid\n", "UTC", "08:00"), ("", "America/New_York", "14:00"), ("", "UTC", "09:00")],
)
def test_a_time_without_a_zone_is_meant_by_the_calendars_clock_or_else_by_ours(head: str, timezone: str, begin: str) -> None:
    duty = read("DTSTART:20261102T090000\nDURATION:PT1H\nSUMMARY:Bo", head=head, timezone=timezone)
    assert duty.between(at("2026-11-01"), at("2026-11-04"))[0].begin == at(f"2026-11-02T{begin}")


def test_a_zone_as_outlook_names_it_is_understood_and_its_own_rules_are_not_needed() -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Romance Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nRRULE:FREQ=SECONDLY\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
    duty = read("DTSTART;TZID=Romance Standard Time:20261102T090000\nDURATION:PT8H\nSUMMARY:Bo", head=zone)
    assert duty.on(at("2026-11-02T08:30")) == "Bo"


def test_of_two_shifts_over_each_other_the_one_that_began_last_counts_then_the_shorter() -> None:
    duty = read(
        "DTSTART:20261102T000000Z\nDTEND:20261109T000000Z\nSUMMARY:Ana",
        "DTSTART:20261104T000000Z\nDTEND:20261106T000000Z\nSUMMARY:Bo",
        "DTSTART:20261102T000000Z\nDTEND:20261103T000000Z\nSUMMARY:Élodie O'Brien",
    )
    shifts = duty.between(at("2026-11-01"), at("2026-12-01"))
    assert [(shift.who, shift.begin.day, shift.end.day) for shift in shifts] == [
        ("Élodie O’Brien", 2, 3),
        ("Ana", 3, 4),
        ("Bo", 4, 6),
        ("Ana", 6, 9),
    ]


def test_a_shift_of_half_a_year_is_one_shift() -> None:
    duty = read("DTSTART:20260101T000000Z\nDTEND:20260701T000000Z\nSUMMARY:Bo")
    assert len(duty.between(at("2025-01-01"), at("2027-01-01"))) == 1
    assert duty.then(at("2025-12-01")) == Shift("duty.ics", "Bo", at("2026-01-01"), at("2026-07-01"))


WHOLE = "DTSTART:20261102T080000Z\nDTEND:20261103T080000Z\nSUMMARY:Bo\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "duty.ics:1: no calendar"),
        ("<html><body>Sign in</body></html>", "duty.ics:1: no calendar"),
        ("\x00\x01\x02", "duty.ics:1: no calendar"),
        ("BEGIN:VEVENT\nEND:VEVENT", "duty.ics:1: no calendar"),
        (calendar(WHOLE)[:-5], "duty.ics:10: END:VCALE ends nothing that began"),
        (calendar(WHOLE).replace("END:VCALENDAR\n", ""), "duty.ics:1: cut off: END:VCALENDAR is missing"),
        (calendar(WHOLE) * 2, "duty.ics:11: a second calendar"),
        (calendar(WHOLE) + "more", "duty.ics:11: text after the end of the calendar"),
        (calendar("SUMMARY:Bo"), "duty.ics:3: an event that cannot be read (DTSTART is missing)"),
        (calendar(WHOLE + "DTSTART:20261103T080000Z"), "duty.ics:8: DTSTART stands twice"),
        (calendar("DTSTART:tomorrow"), "duty.ics:5: DTSTART is no day between 1970 and 2099"),
        (calendar("DTSTART:00010101T000000Z"), "duty.ics:5: DTSTART is no day between 1970 and 2099"),
        (calendar("DTSTART;TZID=Mars/Olympus:20261102T080000"), "duty.ics:3: an event that cannot be read (DTSTART: the zone 'Mars/Olympus' is not known)"),
        (calendar(WHOLE, head="X-WR-TIMEZONE:Mars\n"), "duty.ics:1: the zone 'Mars' is not known"),
        (calendar("DTSTART:20261102T080000Z\nDURATION:P9999999999W\nRRULE:FREQ=DAILY"), "duty.ics:3: an event that cannot be read (Impractical"),
        (calendar(WHOLE + "EXRULE:FREQ=DAILY"), "duty.ics:8: EXRULE is not read"),
        (calendar(WHOLE + "RRULE:FREQ=SECONDLY"), "duty.ics:8: an event that repeats SECONDLY, and not daily, weekly, monthly or yearly"),
        (calendar(WHOLE + "RRULE:FREQ=DAILY;INTERVAL=0"), "duty.ics:8: an event that has INTERVAL=0, which is not read"),
        (calendar(WHOLE + "RRULE:FREQ=DAILY;BYHOUR=1"), "duty.ics:8: an event that has 'BYHOUR', which is not read"),
        (calendar(WHOLE + "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "duty.ics:8: an event that may fit no day at all"),
        (calendar("DTSTART:20261102T080000Z\nDTEND:20271103T080000Z\nRRULE:FREQ=DAILY"), "duty.ics:3: an event that comes again and is longer than 60 days"),
        (calendar(*["DTSTART:19700101T000000Z\nDTEND:19700101T010000Z\nRRULE:FREQ=DAILY"] * 30), "duty.ics:117: events that come again too often, or since too long ago"),
        (calendar(*["DTSTART:20260101"] * 5_001), "duty.ics:20003: more than 5000 events"),
        (calendar(WHOLE + "EXDATE:" + ",".join(["20260101T000000Z"] * 20_001)), "duty.ics:8: more than 20000 days"),
        ("x" * 2_000_001, "duty.ics:1: longer than 2000000 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_line(text: str, why: str) -> None:
    assert refusal(text).startswith(why)


def test_a_full_calendar_is_read_and_asked_within_seconds() -> None:
    days = [at("2020-01-01") + timedelta(hours=12 * step) for step in range(5_000)]
    events = [f"DTSTART:{day:%Y%m%dT%H%M%SZ}\nDURATION:PT12H\nSUMMARY:{('Ana', 'Bo')[step % 2]}" for step, day in enumerate(days)]
    begun = time.perf_counter()
    duty = read(*events)
    assert duty.on(at("2026-01-01T06:00")) in ("Ana", "Bo")
    assert time.perf_counter() - begun < 20
    begun = time.perf_counter()
    for _ in range(100):
        duty.on(at("2026-01-01T06:00"))
    assert time.perf_counter() - begun < 1


def test_rules_that_never_end_are_followed_within_seconds() -> None:
    rule = "DTSTART:20260101T000000Z\nDTEND:20260131T010000Z\nSUMMARY:Bo\nRRULE:FREQ=DAILY;COUNT=999999999"
    begun = time.perf_counter()
    duty = read(*[rule] * 90)
    assert duty.on(at("2039-12-31T12:00")) == "Bo"
    assert time.perf_counter() - begun < 20


PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "SECONDLY", "HOURLY"])},
    optional={
        "INTERVAL": st.sampled_from(["1", "2", "7", "12", "14", "0", "-1", "999"]),
        "COUNT": st.sampled_from(["1", "5", "0", "999999999"]),
        "BYDAY": st.sampled_from(["MO", "MO,TU", "1MO", "5SU", "-5FR", "6MO", "SU,1MO"]),
        "BYMONTH": st.sampled_from(["2", "1,2", "12", "13"]),
        "BYMONTHDAY": st.sampled_from(["1", "29", "30", "31", "-31", "28,31", "13", "0"]),
        "BYSETPOS": st.sampled_from(["1", "-1", "4", "5", "300"]),
    },
)


@settings(deadline=None, max_examples=500)
@given(PARTS, st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)))  # noqa: DTZ001 - as the library of rules wants them
def test_a_rule_that_is_read_comes_again_before_long(parts, day) -> None:
    rule = ";".join(f"{name}={value}" for name, value in parts.items() if name != "COUNT")
    if not rule_fault(rule):
        again = rrulestr(rule, dtstart=day).after(datetime(2030, 1, 1))  # noqa: DTZ001
        assert again is not None
        assert again.year < 2030 + 50 * int(parts.get("INTERVAL", "1"))


@settings(deadline=None, max_examples=100)
@given(PARTS, st.dates(datetime(2024, 1, 1).date(), datetime(2027, 12, 31).date()))  # noqa: DTZ001 - only days
def test_whatever_rule_is_read_is_followed_within_a_second(parts, day) -> None:
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    with contextlib.suppress(CalendarError):
        duty = read(f"DTSTART:{day:%Y%m%d}T080000Z\nDURATION:P1D\nSUMMARY:Bo\nRRULE:{rule}")
        begun = time.perf_counter()
        assert duty.on(at(f"{day}T12:00")) == "Bo"
        duty.on(at("2035-01-01"))
        assert time.perf_counter() - begun < 1


@settings(deadline=None)
@given(st.integers(0, len(PAGERDUTY)), st.integers(0, 40), st.text(st.characters(codec=None), max_size=20))
def test_no_damage_raises_anything_but_one_calendar_error(position: int, cut: int, piece: str) -> None:
    with contextlib.suppress(CalendarError):
        read_calendar("x", PAGERDUTY[:position] + piece + PAGERDUTY[position + cut :], names=NAMES).then(at("2026-11-01"))


LINES = st.sampled_from(
    [
        "DTSTART:20261102T080000Z", "DTSTART:20261102T080000", "DTSTART;VALUE=DATE:20261102", "DTSTART;TZID=Europe/Madrid:20261102T080000", "DTSTART;TZID=Europe:20261102T080000",
        "DTEND:20261103T080000Z", "DTEND:20261103T080000", "DTEND;VALUE=DATE:20261103", "DTEND:20261001T080000Z", "DURATION:P1D", "DURATION:-PT1H", "DURATION:PT0S",
        "RRULE:FREQ=WEEKLY;UNTIL=20271231", "RRULE:FREQ=DAILY;UNTIL=20261231T000000Z", "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=DAILY;UNTIL=20261399",
        "EXDATE:20261103T080000Z", "EXDATE;VALUE=DATE:20261103", "EXDATE;TZID=Europe/Madrid:20261103T080000", "RDATE:20261103T080000", "RDATE;VALUE=DATE:20261203", "RDATE;VALUE=PERIOD:20261103T080000Z/PT1H",
        "RECURRENCE-ID:20261103T080000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261103T080000Z", "RECURRENCE-ID;VALUE=DATE:20261103",
        "SUMMARY:Bo", "SUMMARY:Ana", "ATTENDEE:bo@example.com", "SEQUENCE:2", "SEQUENCE:x", "UID:same", "STATUS:CANCELLED",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(LINES, min_size=1, max_size=7), min_size=1, max_size=3))
def test_no_mixture_of_lines_raises_anything_but_one_calendar_error(events) -> None:
    text = "".join("BEGIN:VEVENT\n" + "\n".join(lines) + "\nEND:VEVENT\n" for lines in events)
    with contextlib.suppress(CalendarError):
        duty = read_calendar("x", f"BEGIN:VCALENDAR\n{text}END:VCALENDAR", names=NAMES)
        duty.then(at("2026-11-01"))
        assert {shift.who for shift in duty.between(at("2026-10-01"), at("2027-02-01"))} <= {"Ana", "Bo"}
