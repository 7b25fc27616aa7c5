"""A FLOW without a gap, its people and rotas, and what is found in a changed one: what the tests of the proof stand on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flows.flow import LANGUAGES, Flow
from flows.ladder import Ladder, Step, Whom
from flows.lint import Finding, findings
from flows.loader import load_flow
from flows.people import PersonEntry
from flows.rota import Rota
from templates import say
from tests.flows.test_answers_loader import ANSWERS
from tests.flows.test_loader import RULES, files

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
ALL_DOORS = ("slack", "email", "pagerduty", "twilio", "ntfy")
LABEL = dict.fromkeys(LANGUAGES, "Word")
LEAD, MANAGER, DUTY = Whom(role="lead"), Whom(role="manager"), Whom(on_duty="duty_lead")


def person(name: str, *roles: str, **changes: object) -> PersonEntry:
    plain = PersonEntry(name, roles, ("en",), "UTC", slack=f"U{name.upper()}", email=f"{name}@example.com", phone="+34600111222")
    return replace(plain, **changes)  # type: ignore[arg-type]


def rota(*order: str, **changes: object) -> Rota:
    return replace(Rota("duty_lead", "UTC", order, since=MONDAY.date() - timedelta(days=70)), **changes)  # type: ignore[arg-type]


def ladder(name: str, *steps: Step, **changes: object) -> Ladder:
    return replace(Ladder(name, LABEL, steps=steps), **changes)  # type: ignore[arg-type]


TEAM = (
    *(person(name, "lead", "manager", "agent", "security") for name in ("ana", "bo", "cy")),
    *(person(name, "legal", "dpo") for name in ("dee", "eve", "fay")),
)
STEPS = (Step((DUTY,), by=("direct", "webhook")), Step((LEAD,), timedelta(minutes=5), by=("direct",), otherwise=("email",)))
ROTAS = {"duty_lead": rota("ana", "bo")}


def sound_flow() -> Flow:
    flow = load_flow(files(RULES + ANSWERS))
    return replace(flow, ladders=(ladder("all", *STEPS, at_last=(MANAGER,)),))


def found(flow: Flow, people=TEAM, rotas=ROTAS, *, ways=ALL_DOORS, begin=MONDAY) -> tuple[Finding, ...]:
    told = findings(flow, people, rotas, ways=ways, begin=begin)
    for finding, language in ((one, language) for one in told for language in LANGUAGES):
        words = say(f"lint.{finding.kind}", language, **finding.facts)
        assert words
        assert finding.where.split(", ")[0] in say(
            "lint.line", language, mark="grave" if finding.grave else "slight", words=words, where=finding.where
        )
    return told


def only(kind: str, told: tuple[Finding, ...]) -> Finding:
    (finding,) = (one for one in told if one.kind == kind)
    return finding


def kinds(told: tuple[Finding, ...]) -> list[str]:
    return [one.kind for one in told]


def with_ladders(flow: Flow, *ladders: Ladder) -> Flow:
    return replace(flow, ladders=ladders)
