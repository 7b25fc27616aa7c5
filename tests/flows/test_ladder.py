"""Which ladder a case climbs, which rung comes next, and who is told at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ladder import Fits, Ladder, Matter, Rung, Step, Whom, ladder_for, upwards
from flows.severity import Severity

LEAD, MANAGER = Whom(role="lead"), Whom(role="manager")
ONE = Matter(frozenset({"water"}), Severity.NORMAL, "unknown", "x", "en", 50, crisis=True)


def ladder(*afters: int, **rest: object) -> Ladder:
    steps = tuple(Step((LEAD,), timedelta(minutes=after)) for after in afters)
    return Ladder("deep", {}, steps=steps, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fits", "holds"),
    [
        (Fits(), True),
        (Fits(tags=("water", "fire")), True),
        (Fits(tags=("fire",)), False),
        (Fits(tags=("fire",), kinds=("unknown",)), True),
        (Fits(severity=Severity.NORMAL), True),
        (Fits(severity=Severity.HIGH), False),
        (Fits(severity=Severity.HIGH, reach=50), True),
        (Fits(reach=51), False),
        (Fits(about="crisis"), True),
        (Fits(tags=("water",), about="ordinary"), False),
        (Fits(tags=("water",), networks=("mastodon",)), False),
        (Fits(tags=("fire",), networks=("x",)), False),
        (Fits(languages=("fr", "en")), True),
        (Fits(severity=Severity.LOW, languages=("fr",)), False),
    ],
)
def test_one_thing_named_is_enough_but_what_it_is_about_must_fit_as_well(fits: Fits, holds: bool) -> None:
    assert fits.holds(ONE) is holds


def test_the_first_ladder_that_fits_is_climbed_and_no_other() -> None:
    fire, water, rest = (
        replace(ladder(), name=name, when=fits)
        for name, fits in [("fire", Fits(tags=("fire",))), ("water", Fits(tags=("water",))), ("rest", Fits())]
    )
    assert ladder_for([fire, water, rest], ONE) == water
    assert ladder_for([fire], ONE) is None


def test_steps_follow_each_other_then_all_begins_anew_then_comes_the_end() -> None:
    twice, rung, way = ladder(0, 5, 7, wait=timedelta(minutes=9), repeat=1), Rung(), []
    while up := upwards(twice, rung):
        rung, time = up
        way.append((rung.climb, rung.step, time // timedelta(minutes=1)))
    assert way == [(0, 1, 5), (0, 2, 7), (1, 0, 9), (1, 1, 5), (1, 2, 7), (1, 3, 9)]


def test_a_ladder_without_steps_leads_nowhere() -> None:
    assert upwards(ladder(), Rung()) is None


@given(st.integers(1, 5), st.integers(0, 5))
def test_every_ladder_ends(steps: int, repeat: int) -> None:
    rungs, rung = [Rung()], upwards(ladder(*[1] * steps, repeat=repeat), Rung())
    while rung:
        rungs.append(rung[0])
        rung = upwards(ladder(*[1] * steps, repeat=repeat), rung[0])
    assert len(rungs) == len(set(rungs)) == steps * (repeat + 1) + 1


def test_the_end_uses_all_ways_of_the_ladder_and_no_other() -> None:
    quiet = Ladder("quiet", {}, steps=(Step((LEAD,), by=("direct",)), Step((MANAGER, LEAD), by=("direct",), otherwise=("email",))))
    assert quiet.last == Step((LEAD, MANAGER), by=("direct", "email"))
    loud = replace(quiet, steps=(*quiet.steps, Step((LEAD,), by=("webhook", "thread"))), at_last=(MANAGER,))
    assert loud.last == Step((MANAGER,), by=("thread", "direct", "email", "webhook"))


def test_a_tag_that_nobody_has_set_counts_once_the_machine_is_sure_enough_of_it():
    fits = Fits(tags=("fire",), sure=60)
    assert not fits.holds(replace(ONE, suggested=(("fire", 0.59),)))
    assert fits.holds(replace(ONE, suggested=(("fire", 0.6),)))
    assert fits.holds(replace(ONE, tags=frozenset({"fire"})))
