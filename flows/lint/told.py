"""Proves that whoever the ladders name is there: roles that somebody holds, rotas without gaps, people whom a way reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from flows.document import shown
from flows.flow import Flow
from flows.ladder import WAYS, Ladder, Step, Whom
from flows.lint.finding import Finding, between_shifts, hours_of, listed, longest, on_the_wall
from flows.lint.team import SOON, Team, rhythm_of
from flows.working import uncovered

AWAY = timedelta(days=3)  # a weekend is shorter
WEEK = timedelta(days=7)


def steps_of(ladder: Ladder) -> Iterator[tuple[str, Step]]:
    """Each with its place, what comes at the end among them."""
    place = f"ladders.{ladder.name}"
    yield from ((f"{place}.steps[{index}]", step) for index, step in enumerate(ladder.steps))
    if ladder.at_last:
        yield f"{place}.at_the_end", ladder.last


def _all_steps(flow: Flow) -> list[tuple[str, Step]]:
    return [named for ladder in flow.ladders for named in steps_of(ladder)]


def _places(flow: Flow, name_of: Callable[[Whom], str]) -> Mapping[str, list[str]]:
    """Where each name stands."""
    places = defaultdict(list)
    for where, step in _all_steps(flow):
        for name in filter(None, map(name_of, step.tell)):
            places[name].append(where)
    return places


def roles(flow: Flow, team: Team) -> Iterator[Finding]:
    places = _places(flow, lambda whom: whom.role)
    for role in dict.fromkeys((*flow.first_told, *places)):
        first = ["first_told"] if role in flow.first_told else []
        yield from _role(role, listed([*first, *places.get(role, ())]), team)


def _role(role: str, where: str, team: Team) -> Iterator[Finding]:
    holders = team.holders([role])
    if not holders:
        yield Finding("role_unheld", grave=True, where=where, facts={"role": role})
        return
    gaps = uncovered(team.with_deputies(holders), team.begin, team.begin + SOON)
    if gaps and longest(gaps)[1] - longest(gaps)[0] >= AWAY:
        since, until = (on_the_wall(at, team.timezone) for at in longest(gaps))
        yield Finding("role_away", grave=False, where=where, facts={"role": role, "since": since, "until": until})


def rotas(flow: Flow, team: Team) -> Iterator[Finding]:
    for rota, places in _places(flow, lambda whom: whom.on_duty).items():
        if rota in team.rotas:
            yield from _rota(rota, team)
        else:
            yield Finding("rota_unknown", grave=True, where=listed(places), facts={"rota": rota})


def _rota(rota: str, team: Team) -> Iterator[Finding]:
    where, horizon = f"rotas.{rota}", team.begin + SOON
    gaps = between_shifts(team.rotas[rota].between(team.begin, horizon), team.begin, horizon)
    if gaps:
        since, until = (on_the_wall(at, team.timezone) for at in gaps[0])
        facts: dict[str, str | int] = {"rota": rota, "since": since, "until": until, "count": len(gaps), "hours": hours_of(gaps)}
        yield Finding("rota_gap", grave=True, where=where, facts=facts)
    for who in team.on_rota(rota):
        if team.named(who) is None:
            yield Finding("rota_stranger", grave=True, where=where, facts={"rota": rota, "who": who})
    # a calendar may hold much that is no shift at all; what it lacks shows as a gap
    if unread := getattr(team.rotas[rota], "strangers", ()):
        yield Finding("rota_unread", grave=False, where=where, facts={"rota": rota, "title": shown(unread[0]), "count": len(unread)})


def persons(flow: Flow, team: Team) -> Iterator[Finding]:
    for person, places in _places(flow, lambda whom: whom.person).items():
        if team.named(person) is None:
            yield Finding("person_unknown", grave=True, where=listed(places), facts={"person": person})


def reach(flow: Flow, team: Team) -> Iterator[Finding]:
    """Whom the ways reach. With no door open at all that is said once."""
    if not team.doors:
        yield Finding("no_way", grave=True, where="ladders")
        return
    yield from _closed(flow, team)
    yield from _unreached(flow, team)
    for where, step in _all_steps(flow):
        if not any(team.told_by(person, step) for person in team.meant(step.tell)):
            yield Finding("step_unreached", grave=True, where=where)


def _closed(flow: Flow, team: Team) -> Iterator[Finding]:
    """A way whose door is closed is told once, not for each person."""
    for way in WAYS:
        places = [where for where, step in _all_steps(flow) if way in step.ways]
        if places and not team.is_open(way):
            yield Finding("way_closed", grave=False, where=listed(places), facts={"way": way, "count": len(places)})


def _unreached(flow: Flow, team: Team) -> Iterator[Finding]:
    places = defaultdict(list)
    for where, step in _all_steps(flow):
        for person in team.meant(step.tell):
            if not team.reaches(person, step.ways):
                places[person.name, step.ways, team.told_by(person, step)].append(where)
    for (name, ways, instead), wheres in places.items():
        facts = {"person": name, "ways": listed(ways), "instead": listed(instead)}
        yield Finding("person_unreached", grave=not instead, where=listed(wheres), facts=facts)


def asleep(flow: Flow, team: Team) -> Iterator[Finding]:
    """Ladders that run day and night, and begin with people who all sleep at some hour. Whoever is on duty by a rota is called at any."""
    for ladder in flow.ladders:
        first = ladder.steps[0] if ladder.steps and not ladder.working else None
        people = team.meant(first.tell) if first and not _by_rota(first) else ()
        rhythms = team.with_deputies(people)
        if first and rhythms and (gaps := uncovered(rhythms, team.begin, team.begin + WEEK)):
            since, until = (on_the_wall(at, team.timezone) for at in longest(uncovered(rhythms, team.begin, team.begin + SOON)))
            facts: dict[str, str | int] = {"ladder": ladder.name, "since": since, "until": until, "hours": hours_of(gaps)}
            grave = not any(_by_rota(step) or _wakes(step, team) for step in ladder.steps)
            yield Finding("asleep", grave, f"ladders.{ladder.name}.steps[0]", {**facts, "wakes": int(_wakes(first, team))})


def _by_rota(step: Step) -> bool:
    return any(whom.on_duty for whom in step.tell)


def _wakes(step: Step, team: Team) -> bool:
    return "webhook" in step.ways and any(team.reaches(person, ["webhook"]) for person in team.meant(step.tell))


def clocks(flow: Flow, team: Team) -> Iterator[Finding]:
    """Clocks that count in hours which nobody keeps: they would run day and night after all."""
    until = team.begin + WEEK
    for ladder in flow.ladders:
        rhythms = tuple(rhythm_of(person) for person in team.holders(ladder.hours_of))
        if ladder.working and uncovered(rhythms, team.begin, until) == ((team.begin, until),):
            facts = {"ladder": ladder.name, "roles": listed(ladder.hours_of)}
            yield Finding("clock_uncovered", grave=True, where=f"ladders.{ladder.name}.hours_of", facts=facts)
