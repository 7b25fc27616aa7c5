"""From what only looks like a calendar nothing is read, and nothing that it says takes longer than it may."""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.calendars import CalendarError, read_calendar
from flows.recurrences import rule_fault
from tests.flows.calendars import NAMES, PAGERDUTY, at, calendar, read, refusal

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


@pytest.mark.alone
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
@pytest.mark.alone
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
