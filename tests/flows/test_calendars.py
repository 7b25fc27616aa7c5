"""Who is on duty is read from the calendars that other tools export."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from flows.calendars import read_calendar
from flows.rota import Shift
from tests.flows.calendars import GOOGLE, NAMES, PAGERDUTY, at, calendar, read


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
