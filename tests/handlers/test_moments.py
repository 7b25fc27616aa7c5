"""Times as people type them and as forms send them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.errors import BadInput
from handlers.moments import gone_by, read_moment, to_come

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # ten o'clock in Madrid


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-11-22T08:00", datetime(2026, 11, 22, 7, 0, tzinfo=UTC)),
        ("2026-11-22 08:00", datetime(2026, 11, 22, 7, 0, tzinfo=UTC)),
        ("2026-11-22T08:00+00:00", datetime(2026, 11, 22, 8, 0, tzinfo=UTC)),
        ("2026-11-22T08:00Z", datetime(2026, 11, 22, 8, 0, tzinfo=UTC)),
        ("2026-07-01T08:00", datetime(2026, 7, 1, 6, 0, tzinfo=UTC)),
        ("18:00", datetime(2026, 11, 20, 17, 0, tzinfo=UTC)),
        ("18h00", datetime(2026, 11, 20, 17, 0, tzinfo=UTC)),
        ("9:30", datetime(2026, 11, 21, 8, 30, tzinfo=UTC)),
        ("90m", NOW + timedelta(minutes=90)),
        ("+2h", NOW + timedelta(hours=2)),
        ("2 d", NOW + timedelta(days=2)),
        ("1795338000", datetime(2026, 11, 22, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_by_the_clock_of_whoever_typed_it(typed, moment):
    assert read_moment(f" {typed} ", "Europe/Madrid", NOW) == moment


@pytest.mark.parametrize(
    ("typed", "moment"), [("9:30", NOW - timedelta(minutes=30)), ("18:00", NOW - timedelta(hours=16)), ("90m", NOW - timedelta(minutes=90))]
)
def test_what_has_happened_lies_before_now(typed, moment):
    assert read_moment(typed, "Europe/Madrid", NOW, past=True) == moment


@pytest.mark.parametrize("typed", ["", "tomorrow", "25:00", "2026-13-01T08:00", "8", "2026-11-22T08:00+99:00"])
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(BadInput):
        read_moment(typed, "UTC", NOW)


def test_a_promise_lies_ahead_and_a_memory_behind_within_a_year():
    assert to_come("18:00", "UTC", NOW) > NOW > gone_by("18:00", "UTC", NOW)
    for wrong in ("2026-11-20T09:00", "2026-11-19T09:00", "2030-01-01T00:00"):
        with pytest.raises(BadInput):
            to_come(wrong, "UTC", NOW)
    for wrong in ("2026-11-20T09:01", "2024-01-01T00:00"):
        with pytest.raises(BadInput):
            gone_by(wrong, "UTC", NOW)


@given(st.text(), st.booleans())
def test_any_text_is_an_aware_moment_or_refused(typed, past):
    try:
        moment = read_moment(typed, "America/New_York", NOW, past=past)
    except BadInput:
        return
    assert moment.tzinfo is not None
