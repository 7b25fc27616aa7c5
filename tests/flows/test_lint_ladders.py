"""A ladder is proven before the crisis: that cases climb it, that whoever it calls is awake, that its clocks count hours somebody keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from flows.flow import Flow
from flows.ladder import Fits, Step
from flows.lint import Finding
from flows.people import PersonEntry
from flows.severity import Severity
from tests.flows.linted import (
    LEAD,
    STEPS,
    TEAM,
    found,
    kinds,
    ladder,
    only,
    person,
    sound_flow,
    with_ladders,
)


@pytest.fixture(scope="module")
def sound() -> Flow:
    return sound_flow()


@pytest.mark.parametrize(
    ("first", "second", "shadowed"),
    [
        (Fits(tags=("water",)), Fits(tags=("water",)), True),
        (Fits(tags=("water",)), Fits(tags=("boats",)), False),
        (Fits(severity=Severity.HIGH), Fits(tags=("water",)), True),  # water is high
        (Fits(severity=Severity.HIGH), Fits(tags=("boats",)), False),  # boats are low
        (Fits(severity=Severity.HIGH), Fits(kinds=("press",)), True),  # the press is high
        (Fits(severity=Severity.HIGH), Fits(severity=Severity.CRITICAL), True),
        (Fits(severity=Severity.CRITICAL), Fits(severity=Severity.HIGH), False),
        (Fits(reach=10), Fits(reach=100), True),
        (Fits(reach=100), Fits(reach=10), False),
        (Fits(about="crisis"), Fits(tags=("water",)), False),
        (Fits(about="crisis"), Fits(tags=("water",), about="crisis"), True),
        (Fits(networks=("x",)), Fits(), False),
        (Fits(networks=("x",)), Fits(networks=("x", "mastodon")), False),
        (Fits(networks=("x", "mastodon")), Fits(networks=("x",), tags=("water",)), True),
        (Fits(languages=("fr",)), Fits(languages=("fr",), kinds=("press",)), True),
        (Fits(kinds=("press", "unknown")), Fits(kinds=("press",)), True),
        (Fits(severity=Severity.LOW), Fits(about="ordinary"), True),
    ],
)
def test_a_ladder_that_no_case_climbs_is_found(sound: Flow, first: Fits, second: Fits, shadowed: bool) -> None:
    flow = with_ladders(sound, ladder("one", *STEPS, when=first), ladder("two", *STEPS, when=second), ladder("rest", *STEPS))
    told = [one for one in found(flow) if one.kind == "ladder_shadowed" and one.where == "ladders.two"]
    assert told == ([Finding("ladder_shadowed", True, "ladders.two", {"ladder": "two", "above": "one"})] if shadowed else [])


def test_two_ladders_may_hide_a_third_between_them(sound: Flow) -> None:
    crisis, ordinary = Fits(about="crisis"), Fits(about="ordinary")
    flow = with_ladders(sound, *(ladder(name, *STEPS, when=when) for name, when in [("one", crisis), ("two", ordinary), ("three", Fits())]))
    assert only("ladder_shadowed", found(flow)).facts == {"ladder": "three", "above": "one, two"}


def test_a_flow_without_a_ladder_is_told_once(sound: Flow) -> None:
    assert kinds(found(with_ladders(sound))) == ["no_ladder"]


def test_a_tag_that_meets_no_ladder_is_found(sound: Flow) -> None:
    told = found(with_ladders(sound, ladder("grave", *STEPS, when=Fits(severity=Severity.HIGH))))
    assert only("tag_without_ladder", told) == Finding("tag_without_ladder", False, "tags.boats", {"tag": "boats", "severity": "low"})
    assert [one.facts["about"] for one in told if one.kind == "case_without_ladder"] == ["crisis", "ordinary"]
    told = found(with_ladders(sound, ladder("boats", *STEPS, when=Fits(tags=("boats",)))))
    assert only("tag_without_ladder", told) == Finding("tag_without_ladder", True, "tags.water", {"tag": "water", "severity": "high"})


NINE_TO_FIVE = "mon-fri 09:00-17:00"


def asleep_at(flow: Flow, people: Iterator[PersonEntry] | tuple[PersonEntry, ...], **changes: object) -> list[Finding]:
    flow = with_ladders(flow, ladder("all", Step((LEAD,), by=("direct",)), **changes))
    return [one for one in found(flow, tuple(people)) if one.kind == "asleep"]


def test_a_ladder_for_day_and_night_that_begins_with_sleepers_is_found(sound: Flow) -> None:
    by_day = tuple(replace(one, hours=NINE_TO_FIVE) for one in TEAM)
    facts = {"ladder": "all", "since": "2026-11-27 17:00", "until": "2026-11-30 09:00", "hours": 168 - 40, "wakes": 0}
    assert asleep_at(sound, by_day) == [Finding("asleep", True, "ladders.all.steps[0]", facts)]
    assert asleep_at(sound, by_day, working=True) == []
    (woken,) = asleep_at(sound, by_day, steps=(Step((LEAD,), by=("direct",), otherwise=("webhook",)),))
    assert (woken.facts["wakes"], woken.grave) == (1, False)
    (later,) = asleep_at(sound, by_day, steps=(Step((LEAD,), by=("direct",)), STEPS[0]))
    assert (later.facts["wakes"], later.grave) == (0, False), "the rota is called in the end"


def test_a_deputy_awake_at_night_or_a_rota_covers_the_sleepers(sound: Flow) -> None:
    night = person("gil", "agent", hours="mon-sun 17:00-09:00, sat-sun 09:00-17:00")
    by_day = [replace(one, hours=NINE_TO_FIVE, deputy="gil") for one in TEAM]
    assert asleep_at(sound, (*by_day, night)) == []
    assert asleep_at(sound, by_day, steps=STEPS) == []


def test_a_clock_that_counts_hours_which_nobody_keeps_is_found(sound: Flow) -> None:
    flow = with_ladders(sound, ladder("all", *STEPS, working=True, hours_of=("marketing", "press_officer")))
    facts = {"ladder": "all", "roles": "marketing, press_officer"}
    assert found(flow) == (Finding("clock_uncovered", True, "ladders.all.hours_of", facts),)
    part = person("gil", "marketing", hours="wed 10:00-11:00")
    assert found(flow, (*TEAM, part)) == ()
