"""FLOW's rules about the crisis itself: the first questions and the clocks."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.crisis_rules import CrisisRules, Question
from flows.flow import ROLES
from flows.loader import load_flow
from flows.severity import Severity
from flows.snapshots import built_rules, plain_rules
from tests.flows.test_loader import files


def test_a_flow_that_says_nothing_of_the_crisis_has_the_clocks_of_the_law_and_of_good_manners() -> None:
    rules = load_flow(files()).rules
    assert rules == CrisisRules()
    assert (rules.questions, rules.customers_first, rules.life_tags) == ((), True, ("threat_to_life",))
    assert (rules.authority_within, rules.update_every) == (timedelta(hours=72), timedelta(hours=4))
    assert rules.nag_every == timedelta(minutes=30)
    assert [rules.first_answer[severity] for severity in Severity] == [
        timedelta(hours=24),
        timedelta(hours=8),
        timedelta(hours=2),
        timedelta(minutes=30),
    ]


def test_no_hold_stops_the_clock_of_a_threat_to_life() -> None:
    rules = CrisisRules()
    assert rules.stops_for_hold({"my_data"})
    assert rules.stops_for_hold(())
    assert not rules.stops_for_hold(["my_data", "threat_to_life"])


def test_the_rules_of_a_crisis_cannot_be_changed() -> None:
    rules = CrisisRules()
    with pytest.raises(dataclasses.FrozenInstanceError):
        rules.customers_first = False  # type: ignore[misc]
    with pytest.raises(TypeError):
        rules.first_answer[Severity.LOW] = timedelta(0)  # type: ignore[index]


TIMES = st.integers(1, 10_000_000).map(lambda seconds: timedelta(seconds=seconds))
QUESTIONS = st.lists(st.builds(Question, st.text(), st.just({"en": "What?"}), st.sampled_from(ROLES), TIMES)).map(tuple)
CLOCKS = st.fixed_dictionaries(dict.fromkeys(Severity, TIMES))


@given(st.builds(CrisisRules, QUESTIONS, TIMES, TIMES, TIMES, CLOCKS, st.booleans(), st.lists(st.text()).map(tuple)))
def test_the_snapshot_gives_any_rules_of_a_crisis_back(rules: CrisisRules) -> None:
    assert built_rules(json.loads(json.dumps(plain_rules(rules)))) == rules
