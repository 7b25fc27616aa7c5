"""Proves that whoever decides is there: readers of answers, those who call back, those who are asked first, and their deputies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flows.flow import LANGUAGES, Flow
from flows.lint.finding import Finding, hours_of, listed
from flows.lint.team import AFTERWARDS, SOON, Team, rhythm_of
from flows.people import PersonEntry
from flows.working import uncovered


def stages(flow: Flow, team: Team) -> Iterator[Finding]:
    """Whoever wrote an answer never approves it: one more than the quorum is needed."""
    answers = flow.answers
    named = {"answers.stages": answers.stages, "answers.statement_stages": answers.statement_stages}
    for where, stage in ((f"{place}.{stage.name}", stage) for place, found in named.items() for stage in found):
        have = len(team.holders(stage.roles))
        facts = {"stage": stage.name, "roles": listed(stage.roles)}
        if not have:
            yield Finding("stage_unheld", grave=True, where=where, facts=facts)
        elif have <= stage.quorum:
            counts = {"have": have, "quorum": stage.quorum}
            yield Finding("quorum_short", grave=have < stage.quorum, where=where, facts={**facts, **counts})


def duties(flow: Flow, team: Team) -> Iterator[Finding]:
    if not team.holders(flow.answers.callback_roles):
        facts = {"roles": listed(flow.answers.callback_roles)}
        yield Finding("callback_unheld", grave=True, where="answers.callbacks", facts=facts)
    for question in flow.rules.questions:
        if not team.holders([question.role]):
            facts = {"question": question.name, "role": question.role}
            yield Finding("question_unheld", grave=True, where=f"crisis_room.questions.{question.name}", facts=facts)


def deputies(team: Team) -> Iterator[Finding]:
    for person in team.people:
        if person.deputy is not None:
            yield from _deputy(person, person.deputy, team)
    for circle in _circles(team):
        gaps = uncovered(tuple(rhythm_of(one) for one in circle), team.begin, team.begin + timedelta(days=7))
        if gaps:
            facts: dict[str, str | int] = {"people": listed(one.name for one in circle), "hours": hours_of(gaps)}
            yield Finding("deputy_circle", grave=False, where=listed(f"people.{one.name}" for one in circle), facts=facts)


def _deputy(person: PersonEntry, name: str, team: Team) -> Iterator[Finding]:
    where, facts = f"people.{person.name}", {"person": person.name, "deputy": name}
    deputy = team.named(name)
    if deputy is None:
        yield Finding("deputy_unknown", grave=True, where=where, facts=facts)
        return
    if team.doors and not team.reaches(deputy, AFTERWARDS):
        yield Finding("deputy_unreached", grave=True, where=where, facts=facts)
    if _never_stands_in(person, deputy, team):
        yield Finding("deputy_same_hours", grave=False, where=where, facts=facts)


def _never_stands_in(person: PersonEntry, deputy: PersonEntry, team: Team) -> bool:
    """Never at work while the other is away, within two weeks."""
    until = team.begin + SOON
    away = uncovered((rhythm_of(person),), team.begin, until)
    return bool(away) and away == uncovered((rhythm_of(person), rhythm_of(deputy)), team.begin, until)


def _circles(team: Team) -> Iterator[tuple[PersonEntry, ...]]:
    """Who stand in for each other only, each circle once."""
    known: set[str] = set()
    for person in team.people:
        way: list[PersonEntry] = []
        one: PersonEntry | None = person
        while one and one.name not in known and one not in way:
            way.append(one)
            one = team.named(one.deputy)
        if one in way:
            yield tuple(way[way.index(one) :])
        known |= {passed.name for passed in way}


def translations(flow: Flow) -> Iterator[Finding]:
    """Whatever stands on a screen, in every language."""
    labels = {"title": flow.title}
    labels |= {f"tags.{tag.name}.label": tag.label for tag in flow.tags.values()}
    labels |= {f"answers.stages.{stage.name}.label": stage.label for stage in flow.answers.stages}
    labels |= {f"answers.statement_stages.{stage.name}.label": stage.label for stage in flow.answers.statement_stages}
    labels |= {f"crisis_room.questions.{question.name}.label": question.label for question in flow.rules.questions}
    labels |= {f"ladders.{ladder.name}.label": ladder.label for ladder in flow.ladders}
    for where, label in labels.items():
        for language in LANGUAGES:
            if not label.get(language, "").strip():
                yield Finding("translation_missing", grave=False, where=where, facts={"language": language})
