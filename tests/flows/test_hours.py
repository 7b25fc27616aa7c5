"""Working hours by the clock on the person's own wall: weekends, nights, and the two nights on which clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows.hours import HOURS, at_work

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY = datetime(2026, 11, 16)  # noqa: DTZ001 - a wall clock's reading, the zone is put on below
WEEK = 7 * 24 * 60


def on(day: str, time: str, zone: str = "Europe/Madrid") -> datetime:
    hour, minute = map(int, time.split(":"))
    return (MONDAY + timedelta(days=DAYS.index(day), hours=hour, minutes=minute)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "day", "time", "works"),
    [
        ("mon-fri 09:00-18:00", "mon", "08:59", False),
        ("mon-fri 09:00-18:00", "mon", "09:00", True),
        ("mon-fri 09:00-18:00", "fri", "17:59", True),
        ("mon-fri 09:00-18:00", "fri", "18:00", False),
        ("mon-fri 09:00-18:00", "sat", "12:00", False),
        ("mon-fri 09:00-13:00, mon-thu 15:00-18:00,sat 10:00-12:00", "thu", "16:00", True),
        ("mon-fri 09:00-13:00, mon-thu 15:00-18:00,sat 10:00-12:00", "fri", "16:00", False),
        ("mon-fri 09:00-13:00, mon-thu 15:00-18:00,sat 10:00-12:00", "sat", "11:00", True),
        ("fri 22:00-06:00", "fri", "23:00", True),
        ("fri 22:00-06:00", "sat", "05:59", True),
        ("fri 22:00-06:00", "sat", "06:00", False),
        ("fri 22:00-06:00", "fri", "05:00", False),
        ("sun 22:00-06:00", "mon", "01:00", True),
        ("fri-mon 10:00-12:00", "sun", "11:00", True),
        ("fri-mon 10:00-12:00", "tue", "11:00", False),
        ("sun 18:00-24:00", "sun", "23:59", True),
        ("sun 18:00-24:00", "mon", "00:00", False),
        ("wed 08:00-08:00", "thu", "07:59", True),
        ("wed 08:00-08:00", "thu", "08:00", False),
    ],
)
def test_hours_hold_from_their_beginning_until_just_before_their_end(hours: str, day: str, time: str, works: bool) -> None:
    assert at_work(hours, "Europe/Madrid", on(day, time)) is works


def test_who_names_no_hours_is_always_at_work() -> None:
    assert at_work(None, "Europe/Madrid", on("sun", "03:00"))


def test_hours_are_those_of_the_person_and_not_of_the_server() -> None:
    at = datetime(2026, 11, 16, 8, 30, tzinfo=UTC)
    assert at_work("mon 09:00-18:00", "Europe/Madrid", at)
    assert not at_work("mon 09:00-18:00", "Europe/London", at)
    assert at_work("mon 19:00-20:00", "Asia/Tokyo", at + timedelta(hours=2))
    assert at_work("sun 22:30-23:30", "Pacific/Honolulu", at)


def test_the_working_day_begins_by_the_wall_clock_on_both_sides_of_a_change_of_clocks() -> None:
    friday, monday = datetime(2026, 10, 23, 7, 30, tzinfo=UTC), datetime(2026, 10, 26, 7, 30, tzinfo=UTC)
    assert at_work("mon-fri 09:00-18:00", "Europe/Madrid", friday)  # 09:30 in summer
    assert not at_work("mon-fri 09:00-18:00", "Europe/Madrid", monday)  # 08:30 in winter


def test_an_hour_that_comes_twice_counts_twice_and_one_that_is_skipped_is_not_there() -> None:
    back = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30, and an hour later 02:30 again
    assert [at_work("sun 02:00-03:00", "Europe/Madrid", back + timedelta(hours=step)) for step in range(-1, 3)] == [
        False,
        True,
        True,
        False,
    ]
    spring = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30, then 03:30
    assert [at_work("sun 02:00-03:00", "Europe/Madrid", spring + timedelta(hours=step)) for step in range(2)] == [False, False]
    assert [at_work("sat 22:00-03:15", "Europe/Madrid", spring + timedelta(minutes=step)) for step in (0, 30, 44, 45)] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("hours", ["", "9 to 5", "mon 9:00-17:00", "mon 09:00-25:00", "mon-fri", "mon 09:00-18:00;", "Mon 09:00-18:00"])
def test_other_words_are_no_hours(hours: str) -> None:
    with pytest.raises(ValueError, match="no hours"):
        at_work(hours, "UTC", on("mon", "10:00"))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        at_work(None, "UTC", MONDAY)


TIMES = st.tuples(st.integers(0, 23), st.integers(0, 59))
SPANS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), TIMES, TIMES | st.just((24, 0))), min_size=1, max_size=4)
ZONES = st.sampled_from(["Europe/Madrid", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "UTC"])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is beside it


def written(spans: list[tuple[int, int, tuple[int, int], tuple[int, int]]]) -> str:
    return ", ".join(f"{DAYS[a]}-{DAYS[b]} {h:02}:{m:02}-{h2:02}:{m2:02}" for a, b, (h, m), (h2, m2) in spans)


def minutes_of_the_week(spans: list[tuple[int, int, tuple[int, int], tuple[int, int]]]) -> set[int]:
    """Every minute of a week that is worked, counted one by one."""
    worked = set()
    for first, last, (hour, minute), (until, to) in spans:
        begin, end = hour * 60 + minute, until * 60 + to
        length = end - begin if end > begin else end - begin + 1440
        day = first
        while True:
            worked |= {(day * 1440 + begin + step) % WEEK for step in range(length)}
            if day == last:
                break
            day = (day + 1) % 7
    return worked


@given(SPANS, ZONES, MOMENTS)
def test_any_hours_agree_with_counting_the_minutes_of_the_week(spans, zone, at) -> None:
    local = at.astimezone(ZoneInfo(zone))
    minute = local.weekday() * 1440 + local.hour * 60 + local.minute
    assert HOURS.fullmatch(written(spans))
    assert at_work(written(spans), zone, at) is (minute in minutes_of_the_week(spans))


@given(SPANS, SPANS, ZONES, MOMENTS)
def test_a_longer_list_only_ever_adds_time(some, more, zone, at) -> None:
    assume(at_work(written(some), zone, at))
    assert at_work(written(some + more), zone, at)


@given(SPANS, ZONES, MOMENTS)
def test_the_same_moment_gives_the_same_answer_in_whatever_zone_it_is_told(spans, zone, at) -> None:
    assert at_work(written(spans), zone, at) is at_work(written(spans), zone, at.astimezone(ZoneInfo("Asia/Tokyo")))
