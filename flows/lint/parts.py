"""Proves that whoever decides can: the workspaces that FLOW names are open, and approvers are where they may approve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from flows.flow import Flow
from flows.lint.finding import Finding, listed
from flows.lint.team import Team
from flows.parts import WORKSPACES
from flows.people import PersonEntry

OUTSIDE = ("email", "webhook")  # how approvers are reminded who are on no side that decides


def parts(flow: Flow, team: Team) -> Iterator[Finding]:
    """With no door open at all that is said elsewhere, once."""
    if not team.doors:
        return
    for name in flow.workspaces:
        if name not in team.doors:
            yield Finding("workspace_closed", grave=False, where=f"workspaces.{name}", facts={"workspace": name})
    open_ones = [name for name in WORKSPACES if name in team.doors]
    deciding = [name for name in open_ones if flow.part_of(name).approvals]
    if open_ones and not deciding:
        approvers = team.holders(role for roles in _stages(flow).values() for role in roles)
        yield Finding("console_decides", grave=_unheard(approvers, team), where="workspaces", facts={"heard": _heard(approvers, team)})
    elif open_ones:
        yield from _elsewhere(flow, team, deciding)


def _stages(flow: Flow) -> dict[str, tuple[str, ...]]:
    """The roles of each, by its place."""
    answers = flow.answers
    named = {"answers.stages": answers.stages, "answers.statement_stages": answers.statement_stages}
    return {f"{place}.{stage.name}": stage.roles for place, stages in named.items() for stage in stages}


def _elsewhere(flow: Flow, team: Team, deciding: Collection[str]) -> Iterator[Finding]:
    """Roles whose people all are on a side that may not. Grave where the whole stage waits for such people, and nothing tells them."""
    stages, places = _stages(flow), defaultdict[str, list[str]](list)
    for where, roles in stages.items():
        for role in roles:
            if (holders := team.holders([role])) and all(_is_elsewhere(one, team, deciding) for one in holders):
                places[role].append(where)
    for role, wheres in places.items():
        waits = [team.holders(stages[where]) for where in wheres]
        grave = any(all(_is_elsewhere(one, team, deciding) for one in people) and _unheard(people, team) for people in waits)
        yield Finding("role_elsewhere", grave, listed(wheres), {"role": role, "heard": _heard(team.holders([role]), team)})


def _is_elsewhere(person: PersonEntry, team: Team, deciding: Collection[str]) -> bool:
    accounts = team.workspaces_of(person)
    return bool(accounts) and not set(accounts) & set(deciding)


def _heard(people: Iterable[PersonEntry], team: Team) -> int:
    """How many of them are reminded all the same."""
    return sum(bool(team.reaches(person, OUTSIDE)) for person in people)


def _unheard(people: Iterable[PersonEntry], team: Team) -> bool:
    return not _heard(people, team)
