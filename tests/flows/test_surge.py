"""What is a surprise and what is not, by quarters of an hour."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.surge import DAY, FEWEST, HOUR, QUARTER, WEEK, Past, Wave, floor, is_over, last_hour, usual

AT = datetime(2026, 11, 20, 3, 7, tzinfo=UTC)
NOW = floor(AT)
LONG_AGO = AT - 4 * WEEK


def even(per_hour, since=WEEK + DAY):
    """The same each quarter of an hour, up to an hour ago."""
    counts, quarter = {}, NOW - since
    while quarter <= NOW - HOUR:
        counts[quarter] = per_hour // 4
        quarter += QUARTER
    return counts


def risen(counts, past, **now):
    held = {**counts, NOW: now.get("n", 0)}
    return last_hour(held, AT) > usual(held, AT, past)


def test_the_last_hour_is_the_quarter_that_runs_and_the_three_before():
    assert last_hour({NOW - n * QUARTER: 10**n for n in range(6)}, AT) == 1111


@pytest.mark.parametrize("n", range(FEWEST))
def test_a_handful_is_never_a_spike(n):
    assert not risen({}, Past(LONG_AGO), n=n)


def test_ten_where_nothing_ever_comes_are():
    assert risen({}, Past(LONG_AGO), n=FEWEST)


@pytest.mark.parametrize(("per_hour", "quiet", "loud"), [(8, 19, 20), (40, 80, 81), (400, 800, 801)])
def test_twice_as_many_are_no_surprise_and_more_are(per_hour, quiet, loud):
    assert not risen(even(per_hour), Past(LONG_AGO), n=quiet)
    assert risen(even(per_hour), Past(LONG_AGO), n=loud)


@pytest.mark.parametrize("back", [DAY, WEEK, DAY + 2 * QUARTER, WEEK - 2 * QUARTER])
def test_what_came_at_the_same_hour_of_yesterday_or_a_week_ago_is_usual(back):
    counts = {**even(8), NOW - back: 100}
    assert not risen(counts, Past(LONG_AGO), n=150)


def test_one_loud_hour_of_the_past_twelve_does_not_hide_the_next():
    counts = {**even(8), NOW - 6 * HOUR: 100}
    assert risen(counts, Past(LONG_AGO), n=150)


def test_an_hour_that_was_a_spike_itself_tells_nothing_of_what_is_usual():
    counts = {**even(8), NOW - DAY: 100}
    wave = Wave(AT - DAY, 19, AT - DAY + 3 * HOUR)
    assert risen(counts, Past(LONG_AGO, waves=[wave]), n=100)


def test_an_hour_of_what_lasted_half_a_day_does():
    counts = {**even(8), NOW - DAY: 100}
    wave = Wave(AT - DAY, 19, AT - DAY + 12 * HOUR)
    assert not risen(counts, Past(LONG_AGO, waves=[wave]), n=100)


def test_more_is_asked_for_while_nobody_knows_yet_how_a_day_is():
    assert not risen({}, Past(AT - 5 * HOUR), n=19)
    assert risen({}, Past(AT - 5 * HOUR), n=20)


@pytest.mark.parametrize("minutes", [0, 5, 14, 15, 30, 59])
def test_the_first_hour_of_a_crisis_is_no_surprise(minutes):
    opened_at = AT - timedelta(minutes=minutes)
    counts = {NOW - n * QUARTER: 50 for n in range(4) if NOW - n * QUARTER >= floor(opened_at)}
    assert not risen({**even(8), **counts}, Past(LONG_AGO, opened_at), n=100)


def test_but_what_multiplies_within_it_is():
    opened_at = AT - timedelta(minutes=40)
    counts = {**even(8), NOW - 2 * QUARTER: 20, NOW - QUARTER: 20}
    assert risen(counts, Past(LONG_AGO, opened_at), n=500)


def test_nor_is_the_hour_after_it_when_it_goes_on_as_it_began():
    opened_at = NOW - HOUR
    counts = {**even(8), **{NOW - n * QUARTER: 50 for n in range(1, 5)}}
    assert not risen(counts, Past(LONG_AGO, opened_at), n=50)
    assert risen(counts, Past(LONG_AGO, opened_at), n=500)


def test_it_is_over_when_it_is_well_below_what_was_unusual_and_not_before():
    wave = Wave(AT, 20, None)
    assert not is_over(11, AT + HOUR, wave)
    assert is_over(10, AT + HOUR, wave)


def test_and_when_it_has_lasted_half_a_day():
    assert is_over(1_000, AT + 12 * HOUR, Wave(AT, 20, None))
    assert not is_over(1_000, AT + 11 * HOUR, Wave(AT, 20, None))
