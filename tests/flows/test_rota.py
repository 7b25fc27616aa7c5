"""Who is on duty and who comes next: turns by the wall clock, written shifts before them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rota import Rota, Shift

DAY = timedelta(days=1)
MONDAY = date(2026, 1, 5)


def at(text: str, zone: str = "Europe/Madrid") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def shift(who: str, begin: str, end: str) -> Shift:
    return Shift("duty_lead", who, at(begin).astimezone(UTC), at(end).astimezone(UTC))


WEEKLY = Rota("duty_lead", "Europe/Madrid", ("Ana", "Bo", "Cy"), MONDAY, 7 * DAY, time(9))


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2026-01-05T08:59:59", None),  # before anybody began
        ("2026-01-05T09:00", "Ana"),
        ("2026-01-12T08:59:59", "Ana"),
        ("2026-01-12T09:00", "Bo"),
        ("2026-01-26T08:00", "Cy"),
        ("2026-01-26T09:00", "Ana"),
        ("2025-01-01T12:00", None),
    ],
)
def test_people_take_turns_from_handover_to_handover(moment: str, who: str | None) -> None:
    assert WEEKLY.on(at(moment)) == who


def test_the_handover_stays_at_nine_on_the_wall_when_clocks_are_changed() -> None:
    for monday in ("2026-03-30", "2026-10-26"):
        before, after = WEEKLY.on(at(f"{monday}T08:59")), WEEKLY.on(at(f"{monday}T09:00"))
        assert before != after
    daily = Rota("duty_lead", "Europe/Madrid", ("Ana", "Bo"), MONDAY, DAY, time(9))
    lengths = [turn.end - turn.begin for turn in daily.between(at("2026-03-27T09:00"), at("2026-03-31T09:00"))]
    assert [length // timedelta(hours=1) for length in lengths] == [24, 23, 24, 24]


def test_a_handover_in_a_skipped_hour_comes_an_hour_later_and_in_a_doubled_one_the_first_time() -> None:
    nightly = Rota("duty_lead", "Europe/Madrid", ("Ana", "Bo"), MONDAY, DAY, time(2, 30))
    spring, autumn = datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for handover in (spring, autumn):
        assert nightly.then(handover - timedelta(hours=2)).begin == handover
    assert spring.astimezone(ZoneInfo("Europe/Madrid")).time() == time(3, 30)


def test_nobody_serves_on_a_day_that_a_zone_skipped_and_somebody_serves_around_it() -> None:
    apia = Rota("duty_lead", "Pacific/Apia", ("Ana", "Bo", "Cy"), date(2011, 12, 27), DAY, time(9))
    thursday = at("2011-12-29T09:00", "Pacific/Apia")
    turns = apia.between(thursday, thursday + 3 * DAY)
    assert [turn.who for turn in turns] == ["Cy", "Bo"]  # Ana's was the Friday that never came
    assert turns[1].begin == at("2011-12-31T09:00", "Pacific/Apia")
    assert apia.on(at("2011-12-31T08:00", "Pacific/Apia")) == "Cy"


def test_the_next_change_names_who_and_when() -> None:
    assert WEEKLY.then(at("2026-01-06T12:00")) == shift("Bo", "2026-01-12T09:00", "2026-01-19T09:00")
    assert WEEKLY.then(at("2026-01-12T09:00")) == shift("Cy", "2026-01-19T09:00", "2026-01-26T09:00")
    assert WEEKLY.then(at("2025-12-31T12:00")) == shift("Ana", "2026-01-05T09:00", "2026-01-12T09:00")


def test_a_written_shift_goes_before_the_turns_and_gives_back_what_is_left() -> None:
    rota = Rota(
        "duty_lead", "Europe/Madrid", ("Ana", "Bo"), MONDAY, 7 * DAY, time(9), (shift("Cy", "2026-01-07T18:00", "2026-01-09T09:00"),)
    )
    assert rota.between(at("2026-01-05T09:00"), at("2026-01-13T00:00")) == (
        shift("Ana", "2026-01-05T09:00", "2026-01-07T18:00"),
        shift("Cy", "2026-01-07T18:00", "2026-01-09T09:00"),
        shift("Ana", "2026-01-09T09:00", "2026-01-12T09:00"),
        shift("Bo", "2026-01-12T09:00", "2026-01-13T00:00"),
    )
    assert rota.then(at("2026-01-06T00:00")) == shift("Cy", "2026-01-07T18:00", "2026-01-09T09:00")
    assert rota.on(at("2026-01-08T12:00")) == "Cy"


def test_who_swaps_into_the_neighbouring_turn_has_one_long_shift() -> None:
    rota = Rota(
        "duty_lead", "Europe/Madrid", ("Ana", "Bo"), MONDAY, 7 * DAY, time(9), (shift("Bo", "2026-01-10T09:00", "2026-01-12T09:00"),)
    )
    assert rota.then(at("2026-01-06T00:00")) == shift("Bo", "2026-01-10T09:00", "2026-01-19T09:00")


def test_without_turns_only_the_written_shifts_count_however_far_they_are_apart() -> None:
    rota = Rota(
        "duty_lead",
        "Europe/Madrid",
        shifts=(shift("Ana", "2026-01-01T00:00", "2026-01-02T00:00"), shift("Bo", "2026-11-01T00:00", "2026-11-02T00:00")),
    )
    assert rota.on(at("2026-01-01T12:00")) == "Ana"
    assert rota.on(at("2026-01-02T00:00")) is None
    assert rota.then(at("2026-01-01T12:00")) == shift("Bo", "2026-11-01T00:00", "2026-11-02T00:00")
    assert rota.then(at("2026-11-01T00:00")) is None


def test_who_takes_turns_with_nobody_is_always_on_and_nobody_comes_next() -> None:
    alone = Rota("duty_lead", "Europe/Madrid", ("Ana",), MONDAY, 7 * DAY, time(9))
    assert alone.on(at("2030-06-01T00:00")) == "Ana"
    assert alone.then(at("2030-06-01T00:00")) is None
    assert len(alone.between(at("2030-06-01T00:00"), at("2031-06-01T00:00"))) == 1


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone"):
        WEEKLY.on(datetime(2026, 1, 5))  # noqa: DTZ001 - that is the point


ZONES = st.sampled_from(["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"])
MOMENTS = st.datetimes(datetime(2011, 6, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is beside it


@st.composite
def rotas(draw) -> tuple[Rota, datetime]:
    """A rota with shifts that may lie over each other, near a moment."""
    moment = draw(MOMENTS)
    spans = draw(st.lists(st.tuples(st.integers(-20_000, 20_000), st.integers(1, 5_000), st.sampled_from("ABCD")), max_size=6))
    begins = [(moment + timedelta(minutes=begin), timedelta(minutes=length), who) for begin, length, who in spans]
    shifts = tuple(Shift("r", who, begin, begin + length) for begin, length, who in begins)
    order = tuple(draw(st.lists(st.sampled_from("ABC"), max_size=4)))
    since = moment.date() + draw(st.integers(-40, 20)) * DAY
    return Rota("r", draw(ZONES), order, since, draw(st.integers(1, 10)) * DAY, draw(st.times()).replace(microsecond=0), shifts), moment


def slow_on(rota: Rota, at: datetime) -> str | None:
    """The written shift that is named last, or whoever took over last, counting the handovers one by one."""
    for written in reversed(rota.shifts):
        if written.begin <= at < written.end:
            return written.who
    who, day, number = None, rota.since, 0
    while rota.order and datetime.combine(day, rota.handover, ZoneInfo(rota.timezone)).astimezone(UTC) <= at:
        who, day, number = rota.order[number % len(rota.order)], day + rota.every, number + 1
    return who


@given(rotas(), st.integers(0, 30_000))
def test_who_is_on_agrees_with_counting_the_handovers(drawn, minutes) -> None:
    rota, moment = drawn
    at = moment + timedelta(minutes=minutes)
    assert rota.on(at) == slow_on(rota, at)


@given(rotas(), st.integers(1, 60))
def test_shifts_between_two_moments_say_what_on_says_at_each_of_them(drawn, days) -> None:
    rota, moment = drawn
    end = moment + days * DAY
    shifts = rota.between(moment, end)
    for step in range(0, days * 24, 7):
        at = moment + timedelta(hours=step)
        assert [shift.who for shift in shifts if shift.begin <= at < shift.end] == [who for who in [rota.on(at)] if who]
    for before, after in pairwise(shifts):
        assert before.end < after.begin or (before.end == after.begin and before.who != after.who)
    assert all(moment <= shift.begin < shift.end <= end for shift in shifts)


@given(rotas())
def test_until_the_next_change_nobody_else_is_on(drawn) -> None:
    rota, moment = drawn
    following = rota.then(moment)
    until = following.begin if following else moment + 40 * DAY
    assert {shift.who for shift in rota.between(moment, until)} <= {rota.on(moment)}
    if following:
        assert rota.on(following.begin) == following.who
        assert rota.on(following.end) != following.who or following.end == moment + 366 * DAY
