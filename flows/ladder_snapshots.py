"""The ladders of a FLOW as plain values and back: durations are seconds, severities their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flows.ladder import Fits, Ladder, Step, Whom
from flows.severity import Severity

_CLOCKS = ("first_answer", "resolution", "wait", "remind_after", "lapse_after", "snooze_most")


def plain_ladders(ladders: Iterable[Ladder]) -> list[dict[str, Any]]:
    return [_plain_ladder(ladder) for ladder in ladders]


def built_ladders(plain: Iterable[Mapping[str, Any]] | None) -> tuple[Ladder, ...]:
    """None, from a snapshot older than ladders, is none."""
    return tuple(_built_ladder(ladder) for ladder in plain or ())


def _plain_ladder(ladder: Ladder) -> dict[str, Any]:
    severity = ladder.when.severity
    return {
        **vars(ladder),
        **{name: _seconds(getattr(ladder, name)) for name in _CLOCKS},
        "label": dict(ladder.label),
        "when": {**vars(ladder.when), "severity": None if severity is None else severity.word},
        "steps": [{**vars(step), "after": _seconds(step.after), "tell": _plain_told(step.tell)} for step in ladder.steps],
        "at_last": _plain_told(ladder.at_last),
    }


def _built_ladder(plain: Mapping[str, Any]) -> Ladder:
    clocks = {name: _time(plain[name]) for name in _CLOCKS}
    built = {
        "when": _built_fits(plain["when"]),
        "steps": tuple(_built_step(step) for step in plain["steps"]),
        "at_last": _built_told(plain["at_last"]),
        "hours_of": tuple(plain["hours_of"]),
    }
    return Ladder(**{**plain, **clocks, **built})


def _built_fits(plain: Mapping[str, Any]) -> Fits:
    lists = {name: tuple(plain[name]) for name in ("tags", "kinds", "networks", "languages")}
    severity = plain["severity"]
    return Fits(**{**plain, **lists, "severity": None if severity is None else Severity.parse(severity)})


def _built_step(plain: Mapping[str, Any]) -> Step:
    lists = {name: tuple(plain[name]) for name in ("by", "otherwise")}
    return Step(**{**plain, **lists, "after": _time(plain["after"]), "tell": _built_told(plain["tell"])})


def _plain_told(told: Iterable[Whom]) -> list[dict[str, str]]:
    return [dict(vars(whom)) for whom in told]


def _built_told(plain: Iterable[Mapping[str, str]]) -> tuple[Whom, ...]:
    return tuple(Whom(**whom) for whom in plain)


def _seconds(time: timedelta | None) -> int | None:
    return None if time is None else round(time.total_seconds())


def _time(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
