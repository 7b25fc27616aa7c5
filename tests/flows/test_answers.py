"""FLOW's rules about answers: which stages a draft must pass, and what a rule may let pass."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.answers import CHECK_NAMES, Answers, Condition, Rule, Stage, Subject
from flows.checks import CHECKS
from flows.crisis_rules import CrisisRules
from flows.flow import Flow
from flows.loader import load_flow
from flows.severity import Severity
from flows.snapshots import built_answers, plain_answers
from tests.flows.test_loader import files


def subject(**changes: object) -> Subject:
    plain = {"tags": frozenset(), "severity": Severity.LOW, "kind": "unknown", "findings": frozenset(), "crisis": True, "private": False}
    return Subject(**{**plain, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "given_", "holds"),
    [
        (Condition(), {}, True),
        (Condition(tags=("press", "regulator")), {"tags": frozenset({"press", "thanks"})}, True),
        (Condition(tags=("press",)), {"tags": frozenset({"thanks"})}, False),
        (Condition(severity=Severity.HIGH), {"severity": Severity.CRITICAL}, True),
        (Condition(severity=Severity.HIGH), {"severity": Severity.HIGH}, True),
        (Condition(severity=Severity.HIGH), {"severity": Severity.NORMAL}, False),
        (Condition(severity=Severity.LOW), {}, True),
        (Condition(kinds=("press",)), {"kind": "press"}, True),
        (Condition(kinds=("press",)), {"kind": "affected"}, False),
        (Condition(findings=("liability",)), {"findings": frozenset({"liability"})}, True),
        (Condition(findings=("liability",)), {"findings": frozenset({"jargon"})}, False),
        (Condition(about="crisis"), {"crisis": True}, True),
        (Condition(about="crisis"), {"crisis": False}, False),
        (Condition(about="ordinary"), {"crisis": False}, True),
        (Condition(where="private"), {"private": True}, True),
        (Condition(where="public"), {"private": True}, False),
        (Condition(where="public", about="crisis"), {"crisis": False}, False),
    ],
)
def test_a_condition_holds_for_what_it_names(condition: Condition, given_: dict[str, object], holds: bool) -> None:
    assert condition.holds(subject(**given_)) is holds


def test_one_of_several_things_named_is_enough_but_place_and_matter_must_fit() -> None:
    condition = Condition(tags=("press",), severity=Severity.CRITICAL, where="public")
    assert condition.holds(subject(tags=frozenset({"press"})))
    assert condition.holds(subject(severity=Severity.CRITICAL))
    assert not condition.holds(subject(severity=Severity.HIGH))
    assert not condition.holds(subject(tags=frozenset({"press"}), private=True))


def test_the_stages_of_a_draft_are_those_that_apply_in_their_order() -> None:
    lead, legal = Stage("lead", {}, ("lead",)), Stage("legal", {}, ("legal",), when=Condition(tags=("legal_threat",)))
    dpo = Stage("dpo", {}, ("dpo",), when=Condition(where="private"))
    answers = Answers(stages=(lead, legal, dpo))
    assert answers.stages_for(subject()) == (lead,)
    assert answers.stages_for(subject(tags=frozenset({"legal_threat"}))) == (lead, legal)
    assert answers.stages_for(subject(tags=frozenset({"legal_threat"}), private=True)) == (lead, legal, dpo)


def test_a_flow_that_says_nothing_of_answers_has_one_stage_for_every_draft() -> None:
    answers = load_flow(files()).answers
    assert answers == Answers()
    assert [(stage.name, stage.roles, stage.quorum) for stage in answers.stages_for(subject())] == [("lead", ("lead", "manager"), 1)]
    assert [(stage.name, stage.quorum) for stage in answers.statement_stages] == [("legal", 1), ("manager", 1)]
    assert answers.blocking == {"personal_data", "foreign_link", "length", "asks_private", "wrong_name", "wrong_language"}
    assert (answers.remind_after, answers.expires_after) == (timedelta(minutes=15), timedelta(hours=8))
    assert (answers.callback_roles, answers.callback_within, answers.public_turns) == (("lead", "manager"), timedelta(hours=4), 3)
    assert (answers.off, answers.rule) == (frozenset(), None)


def test_a_rule_passes_only_what_is_light_without_a_finding_and_in_the_words_of_the_statement() -> None:
    rule = Rule("light", Severity.NORMAL, 10)
    assert rule.passes(subject(severity=Severity.NORMAL), from_statement=True)
    assert not rule.passes(subject(severity=Severity.HIGH), from_statement=True)
    assert not rule.passes(subject(findings=frozenset({"jargon"})), from_statement=True)
    assert not rule.passes(subject(), from_statement=False)


@pytest.mark.parametrize(("percent", "least", "most"), [(0, 0, 0), (10, 140, 260), (100, 2_000, 2_000)])
def test_a_rule_has_its_share_read_by_people_and_always_the_same_ones(percent: int, least: int, most: int) -> None:
    rule = Rule("light", Severity.LOW, percent)
    read = [rule.samples(str(number)) for number in range(2_000)]
    assert least <= sum(read) <= most
    assert read == [Rule("light", Severity.LOW, percent).samples(str(number)) for number in range(2_000)]


def test_a_snapshot_older_than_these_rules_still_loads_with_the_defaults() -> None:
    plain = json.loads(load_flow(files()).as_snapshot())
    del plain["answers"], plain["rules"]
    assert Flow.from_snapshot(json.dumps(plain)) == load_flow(files())
    assert (Flow.from_snapshot(json.dumps(plain)).answers, Flow.from_snapshot(json.dumps(plain)).rules) == (Answers(), CrisisRules())


def test_a_flow_can_name_every_check_and_no_other() -> None:
    assert list(CHECK_NAMES) == list(CHECKS)
    assert Answers().blocking <= set(CHECKS)


def test_the_rules_about_answers_cannot_be_changed() -> None:
    answers = Answers()
    with pytest.raises(dataclasses.FrozenInstanceError):
        answers.public_turns = 9  # type: ignore[misc]
    assert isinstance(answers.stages[0].label, MappingProxyType)


NAMES = st.sampled_from(["lead", "legal", "press", "length"])
LISTS = st.lists(NAMES, unique=True).map(tuple)
TIMES = st.integers(1, 10_000_000).map(lambda seconds: timedelta(seconds=seconds))
SEVERITIES = st.sampled_from(Severity)
CONDITIONS = st.builds(
    Condition, LISTS, st.none() | SEVERITIES, LISTS, LISTS, st.sampled_from(["", "crisis", "ordinary"]), st.sampled_from(["", "public"])
)
STAGES = st.lists(st.builds(Stage, NAMES, st.just({"en": "L"}), LISTS, st.integers(1, 5), CONDITIONS)).map(tuple)
RULES = st.none() | st.builds(Rule, NAMES, SEVERITIES, st.integers(0, 100))
SETS = st.frozensets(NAMES)
ANSWERS = st.builds(Answers, STAGES, STAGES, SETS, SETS, LISTS, LISTS, st.integers(1, 9), TIMES, TIMES, LISTS, TIMES, RULES)


@given(ANSWERS)
def test_the_snapshot_gives_any_rules_about_answers_back(answers: Answers) -> None:
    assert built_answers(json.loads(json.dumps(plain_answers(answers)))) == answers


@given(CONDITIONS, st.builds(Subject, SETS, SEVERITIES, NAMES, SETS, st.booleans(), st.booleans()), NAMES)
def test_a_graver_case_with_more_findings_never_needs_fewer_stages(condition: Condition, draft: Subject, finding: str) -> None:
    graver = dataclasses.replace(draft, severity=Severity.CRITICAL, findings=draft.findings | {finding}, tags=draft.tags | {finding})
    assert condition.holds(graver) or not condition.holds(draft)
