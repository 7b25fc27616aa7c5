"""When digests are owed, by clocks that people put forward and back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import slots
from handlers.insight.slots import Calendar, Rhythm, quarter

ZONES = ("Europe/Madrid", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kolkata", "UTC")


def walls(rhythm, after, until):
    """What the wall showed, local time first."""
    return [f"{one.astimezone(ZoneInfo(rhythm.timezone)):%m-%d %H:%M}" for one in slots(rhythm, after, until)]


def test_a_time_that_never_comes_is_told_right_after():
    found = slots(Rhythm("daily", "02:30", "Europe/Madrid"), datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))
    assert found == [datetime(2026, 3, 28, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)]


def test_a_time_that_comes_twice_is_told_once():
    rhythm, first = Rhythm("daily", "02:30", "Europe/Madrid"), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert slots(rhythm, first - timedelta(hours=3), first + timedelta(hours=3)) == [first]
    assert slots(rhythm, first, first + timedelta(hours=3)) == []


def test_a_gap_at_midnight_stays_in_its_own_day():
    days = (datetime(2026, 4, 22, 12, tzinfo=UTC), datetime(2026, 4, 25, 12, tzinfo=UTC))
    assert walls(Rhythm("daily", "00:30", "Africa/Cairo"), *days) == ["04-23 00:30", "04-24 01:00", "04-25 00:30"]


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from(ZONES),
    st.times().map(lambda time: f"{time:%H:%M}"),
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    st.integers(0, 23),
)
def test_each_local_day_has_one(zone, at, day, hour):
    """Whatever the time, and from whichever moment it is asked."""
    rhythm, after = Rhythm("daily", at, zone), datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    found = slots(rhythm, after, after + timedelta(days=220))
    days = [one.astimezone(ZoneInfo(zone)).date() for one in found]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))] and len(days) in (219, 220, 221)
    assert found[1:] == slots(rhythm, found[0], after + timedelta(days=220))
    assert all(after < one <= after + timedelta(days=220) for one in found)


def test_a_week_and_an_hour():
    after = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert walls(Rhythm("weekly", "08:30", "Europe/Madrid", 0), after, after + timedelta(days=12)) == ["10-26 08:30", "11-02 08:30"]
    night = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    found = slots(Rhythm("hourly", "00:15", "Europe/Madrid"), night, night + timedelta(hours=4))
    assert found == [night + timedelta(minutes=45, hours=n) for n in range(4)]  # 02:15 comes twice, and an hour lies between
    assert walls(Rhythm("hourly", "00:15", "Asia/Kolkata"), night, night + timedelta(hours=1)) == ["10-25 05:15"]


def test_what_comes_when_it_comes_has_no_times():
    assert slots(Rhythm("spike", "08:30", "UTC"), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)) == ()


@pytest.mark.parametrize(
    ("rhythm", "slot", "before"),
    [
        (Rhythm("daily", "08:30", "Europe/Madrid"), datetime(2026, 10, 25, 7, 30, tzinfo=UTC), datetime(2026, 10, 24, 6, 30, tzinfo=UTC)),
        (Rhythm("weekly", "08:30", "UTC", 4), datetime(2026, 11, 20, 8, 30, tzinfo=UTC), datetime(2026, 11, 13, 8, 30, tzinfo=UTC)),
        (Rhythm("hourly", "00:10", "UTC"), datetime(2026, 11, 20, 8, 10, tzinfo=UTC), datetime(2026, 11, 20, 7, 10, tzinfo=UTC)),
        (Rhythm("spike", "08:30", "UTC"), datetime(2026, 11, 20, 8, 10, tzinfo=UTC), datetime(2026, 11, 19, 8, 10, tzinfo=UTC)),
    ],
)
def test_what_lies_between_two_of_them(rhythm, slot, before):
    assert Calendar(slots).before(rhythm, slot) == before


def test_a_period_ends_at_a_full_quarter():
    assert quarter(datetime(2026, 11, 20, 8, 44, 59, tzinfo=UTC)) == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
