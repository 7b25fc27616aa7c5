"""The rules of a FLOW as plain values and back: durations are seconds, severities their words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flows.answers import Answers, Condition, Rule, Stage
from flows.crisis_rules import CrisisRules, Question
from flows.severity import Severity

_DURATIONS = ("remind_after", "expires_after", "callback_within", "authority_within", "update_every", "nag_every", "within")


def plain_answers(answers: Answers) -> dict[str, Any]:
    """Sets in order: equal values have one snapshot."""
    return {
        **_seconds(vars(answers)),
        "stages": [_plain_stage(stage) for stage in answers.stages],
        "statement_stages": [_plain_stage(stage) for stage in answers.statement_stages],
        "blocking": sorted(answers.blocking),
        "off": sorted(answers.off),
        "rule": answers.rule and {**vars(answers.rule), "severity": answers.rule.severity.word},
    }


def built_answers(plain: Mapping[str, Any] | None) -> Answers:
    """None, from a snapshot older than the rules about answers, is the defaults."""
    if plain is None:
        return Answers()
    rule = plain["rule"]
    lists = {name: tuple(plain[name]) for name in ("links", "contacts", "callback_roles")}
    built = {
        "stages": tuple(_built_stage(stage) for stage in plain["stages"]),
        "statement_stages": tuple(_built_stage(stage) for stage in plain["statement_stages"]),
        "blocking": frozenset(plain["blocking"]),
        "off": frozenset(plain["off"]),
        "rule": rule and Rule(**{**rule, "severity": Severity.parse(rule["severity"])}),
    }
    return Answers(**{**_durations(plain), **lists, **built})


def plain_rules(rules: CrisisRules) -> dict[str, Any]:
    return {
        **_seconds(vars(rules)),
        "questions": [{**_seconds(vars(question)), "label": dict(question.label)} for question in rules.questions],
        "first_answer": {severity.word: _whole(time) for severity, time in rules.first_answer.items()},
    }


def built_rules(plain: Mapping[str, Any] | None) -> CrisisRules:
    """None, from a snapshot older than the rules about the crisis, is the defaults."""
    if plain is None:
        return CrisisRules()
    built = {
        "questions": tuple(Question(**_durations(question)) for question in plain["questions"]),
        "first_answer": {Severity.parse(word): timedelta(seconds=time) for word, time in plain["first_answer"].items()},
        "life_tags": tuple(plain["life_tags"]),
    }
    return CrisisRules(**{**_durations(plain), **built})


def _plain_stage(stage: Stage) -> dict[str, Any]:
    severity = stage.when.severity
    when = {**vars(stage.when), "severity": None if severity is None else severity.word}
    return {**vars(stage), "label": dict(stage.label), "when": when}


def _built_stage(plain: Mapping[str, Any]) -> Stage:
    when: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in plain["when"].items()}
    severity = when["severity"]
    condition = Condition(**{**when, "severity": None if severity is None else Severity.parse(severity)})
    return Stage(**{**plain, "roles": tuple(plain["roles"]), "when": condition})


def _seconds(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _whole(value) if name in _DURATIONS else value for name, value in fields.items()}


def _durations(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: timedelta(seconds=value) if name in _DURATIONS else value for name, value in fields.items()}


def _whole(time: timedelta) -> int:
    return round(time.total_seconds())
