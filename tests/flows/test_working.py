"""Time counted in people's hours: over weekends, holidays, changed clocks and skipped days, against counting minute by minute."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.working import Rhythm, after, holiday_codes, left, uncovered, works

OFFICE = Rhythm("mon-fri 09:00-18:00", "Europe/Madrid", "ES-MD")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(text: str, zone: str = "Europe/Madrid") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_two_hours_from_friday_evening_end_on_monday_morning() -> None:
    assert after(at("2026-11-20T17:30"), 2 * HOUR, [OFFICE]) == at("2026-11-23T10:30")


def test_time_that_begins_before_work_counts_from_its_beginning() -> None:
    assert after(at("2026-11-23T03:00"), HOUR, [OFFICE]) == at("2026-11-23T10:00")


def test_what_ends_with_the_working_day_is_due_that_day_and_not_the_next_morning() -> None:
    assert after(at("2026-11-23T09:00"), 9 * HOUR, [OFFICE]) == at("2026-11-23T18:00")


def test_a_moment_is_exact_to_the_second() -> None:
    assert after(at("2026-11-20T17:59:13"), timedelta(seconds=60), [OFFICE]) == at("2026-11-23T09:00:13")


def test_no_time_at_all_is_now_even_at_night() -> None:
    assert after(at("2026-11-22T03:00"), timedelta(), [OFFICE]) == at("2026-11-22T03:00")


def test_on_a_public_holiday_nobody_works() -> None:
    assert works(OFFICE, at("2026-05-04T10:00"))
    assert not works(OFFICE, at("2026-05-01T10:00"))  # a Friday
    assert after(at("2026-04-30T17:00"), 2 * HOUR, [OFFICE]) == at("2026-05-04T10:00")


def test_a_holiday_of_madrid_is_none_of_barcelona() -> None:
    friday_after = at("2025-05-02T10:00")
    assert not works(Rhythm("fri 09:00-18:00", "Europe/Madrid", "ES-MD"), friday_after)
    assert works(Rhythm("fri 09:00-18:00", "Europe/Madrid", "ES-CT"), friday_after)


def test_a_night_shift_stops_at_midnight_when_the_holiday_begins() -> None:
    nights = Rhythm("mon-sun 22:00-06:00", "Europe/Paris", "FR")
    assert works(nights, at("2026-07-13T23:59", "Europe/Paris"))
    assert not works(nights, at("2026-07-14T00:00", "Europe/Paris"))
    assert not works(nights, at("2026-07-14T23:00", "Europe/Paris"))
    assert works(nights, at("2026-07-15T00:00", "Europe/Paris"))


def test_who_names_no_hours_is_there_always_even_at_christmas() -> None:
    always = Rhythm(None, "Europe/Madrid", "ES")
    assert works(always, at("2026-12-25T03:00"))
    assert after(at("2026-12-24T22:00"), 5 * HOUR, [OFFICE, always]) == at("2026-12-25T03:00")


def test_a_holiday_in_one_country_is_covered_by_a_colleague_in_another() -> None:
    paris = Rhythm("mon-fri 09:00-18:00", "Europe/Paris", "FR")
    madrid = Rhythm("mon-fri 09:00-18:00", "Europe/Madrid", "ES")
    assert after(at("2026-07-14T10:00"), HOUR, [paris]) == at("2026-07-15T10:00")
    assert after(at("2026-07-14T10:00"), HOUR, [paris, madrid]) == at("2026-07-14T11:00")


def test_two_people_in_two_zones_make_one_long_day_and_no_minute_counts_twice() -> None:
    london = Rhythm("mon-fri 09:00-17:00", "Europe/London")
    new_york = Rhythm("mon-fri 09:00-17:00", "America/New_York")
    monday = at("2026-11-23T09:00", "Europe/London")
    assert after(monday, 13 * HOUR, [london, new_york]) == monday + 13 * HOUR  # 22:00 in London is 17:00 in New York
    assert after(monday, 13 * HOUR + MINUTE, [new_york, london]) == monday + DAY + MINUTE


@pytest.mark.parametrize("rhythms", [[], [Rhythm(None, "UTC")]])
def test_without_anybodys_hours_the_clock_goes_round(rhythms: list[Rhythm]) -> None:
    start = at("2026-03-28T22:00")
    assert after(start, 12 * HOUR, rhythms) == start.astimezone(UTC) + 12 * HOUR
    assert left(start, start.astimezone(UTC) + 12 * HOUR, rhythms) == 12 * HOUR


def test_hours_that_never_come_do_not_make_a_deadline_wait_for_ever() -> None:
    skipped = Rhythm("sun 02:00-02:01", "Europe/Madrid")
    start = at("2026-11-23T09:00")
    ten_years = start + timedelta(days=3_660)
    assert ten_years - DAY < after(start, 600 * MINUTE, [skipped]) < ten_years + DAY
    assert after(start, 365 * DAY, [skipped]) < ten_years + 366 * DAY


def test_an_hour_that_comes_twice_counts_twice_and_a_skipped_one_not_at_all() -> None:
    nights = Rhythm("sat 22:00-06:00", "Europe/Madrid")
    assert after(at("2026-10-24T22:00"), 9 * HOUR, [nights]) == at("2026-10-25T06:00")
    assert after(at("2026-03-28T22:00"), 7 * HOUR, [nights]) == at("2026-03-29T06:00")


def test_a_zone_that_skipped_a_day_skipped_its_work() -> None:
    apia = Rhythm("mon-sun 09:00-17:00", "Pacific/Apia")
    thursday, saturday = at("2011-12-29T16:00", "Pacific/Apia"), at("2011-12-31T10:00", "Pacific/Apia")
    assert after(thursday, 2 * HOUR, [apia]) == saturday
    assert left(thursday, saturday, [apia]) == 2 * HOUR


def test_a_clock_that_stood_still_goes_on_with_the_working_time_it_had_left() -> None:
    paused, due = at("2026-11-20T16:00"), at("2026-11-23T11:00")
    assert left(paused, due, [OFFICE]) == 4 * HOUR
    assert after(at("2026-11-24T17:00"), left(paused, due, [OFFICE]), [OFFICE]) == at("2026-11-25T12:00")
    assert left(due, paused, [OFFICE]) == timedelta()


def test_the_gaps_of_a_team_are_told() -> None:
    days = Rhythm("mon-fri 08:00-20:00", "UTC")
    nights = Rhythm("mon-thu 20:00-08:00, fri 20:00-06:00", "UTC")
    begin, end = at("2026-11-16T00:00", "UTC"), at("2026-11-23T00:00", "UTC")
    assert uncovered([days, nights], begin, end) == (
        (begin, begin + 8 * HOUR),
        (at("2026-11-21T06:00", "UTC"), end),
    )
    assert uncovered([], begin, end) == ((begin, end),)
    assert uncovered([Rhythm(None, "UTC")], begin, end) == ()


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        after(datetime(2026, 1, 1), HOUR, [OFFICE])  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(("code", "known"), [("ES", True), ("ES-MD", True), ("GB-ENG", True), ("XX", False), ("ES-XX", False), ("es", False), ("ESP", False), ("ES-", False), ("", False), ("XNYS", False)])  # fmt: skip
def test_holidays_are_known_by_country_and_by_part_of_one(code: str, known: bool) -> None:
    assert (code in holiday_codes()) is known


@pytest.mark.alone
def test_a_thousand_deadlines_are_counted_within_a_second() -> None:
    team = [Rhythm("mon-fri 09:00-18:00, sat 10:00-14:00", zone, code) for zone in ("Europe/Madrid", "Europe/London", "America/New_York") for code in ("ES-MD", "GB-ENG", "US")]  # fmt: skip
    start, begun = at("2026-11-22T06:00"), time.perf_counter()
    for step in range(1_000):
        after(start + step * MINUTE, timedelta(hours=step % 100), team)
    assert time.perf_counter() - begun < 1


ZONES_AND_CHANGES = [
    ("Europe/Madrid", "2026-03-29T01:00"),
    ("Europe/Madrid", "2026-10-25T01:00"),
    ("America/New_York", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T06:00"),
    ("Australia/Lord_Howe", "2026-04-04T15:00"),  # by half an hour
    ("Australia/Lord_Howe", "2026-10-03T15:30"),
    ("Pacific/Apia", "2011-12-30T10:00"),  # skipped a Friday
    ("Pacific/Kwajalein", "1993-08-21T12:00"),  # skipped a Saturday
    ("Pacific/Kiritimati", "1995-01-01T00:00"),
    ("Asia/Kathmandu", "2026-01-01T00:00"),
    ("Antarctica/Troll", "2026-03-29T01:00"),  # by two hours
]
CODES = {"Europe/Madrid": "ES-MD", "America/New_York": "US-NY", "Australia/Lord_Howe": "AU-NSW", "Pacific/Apia": "WS"}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIMES = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
SPANS = st.builds(lambda first, last, begin, end: f"{first}-{last} {begin}-{end}", st.sampled_from(DAYS), st.sampled_from(DAYS), TIMES, TIMES | st.just("24:00"))  # fmt: skip
HOURS = st.lists(SPANS, min_size=1, max_size=3).map(", ".join)
STARTS = st.tuples(st.sampled_from(ZONES_AND_CHANGES), st.integers(-3 * 1440, 1440))


@st.composite
def teams(draw) -> tuple[datetime, list[Rhythm]]:
    """A moment within three days of a change of clocks, and people of that zone, perhaps with one from elsewhere."""
    (zone, change), minutes = draw(STARTS)
    here = st.builds(Rhythm, HOURS, st.just(zone), st.sampled_from(["", CODES.get(zone, "")]))
    elsewhere = st.builds(Rhythm, HOURS, st.sampled_from(sorted(CODES)), st.just(""))
    return at(change, "UTC") + minutes * MINUTE, draw(st.lists(here, min_size=1, max_size=2)) + draw(st.lists(elsewhere, max_size=1))


def worked(rhythms: Sequence[Rhythm], minute: datetime) -> bool:
    return any(works(rhythm, minute) for rhythm in rhythms)


def slow_after(start: datetime, minutes: int, rhythms: Sequence[Rhythm]) -> datetime | None:
    """Counts minute by minute, a week at most."""
    minute = start
    for _ in range(7 * 1440):
        if minutes == 0:
            return minute
        minutes -= worked(rhythms, minute)
        minute += MINUTE
    return None


@settings(deadline=None)
@given(teams(), st.integers(1, 2_000))
def test_deadlines_agree_with_counting_minute_by_minute_over_any_change_of_clocks(team, minutes) -> None:
    start, rhythms = team
    slow = slow_after(start, minutes, rhythms)
    if slow is not None:
        assert after(start, minutes * MINUTE, rhythms) == slow
        assert left(start, slow, rhythms) == minutes * MINUTE


@settings(deadline=None)
@given(teams(), st.integers(1, 3 * 1440))
def test_gaps_are_the_minutes_in_which_nobody_works(team, length) -> None:
    begin, rhythms = team
    gaps = uncovered(rhythms, begin, begin + length * MINUTE)
    for step in range(length):
        minute = begin + step * MINUTE
        assert worked(rhythms, minute) is not any(first <= minute < last for first, last in gaps)


@given(teams(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_time_adds_up_however_it_is_cut(team, some, more) -> None:
    start, rhythms = team
    some, more = some * timedelta(seconds=1), more * timedelta(seconds=1)
    assert after(after(start, some, rhythms), more, rhythms) == after(start, some + more, rhythms)
    assert left(start, after(start, some, rhythms), rhythms) == some
