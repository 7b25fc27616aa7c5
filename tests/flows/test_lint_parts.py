"""Who decides can, on the side where they are: what a proof finds in the parts that FLOW gives to workspaces."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.flow import Flow
from flows.lint import Finding
from flows.parts import Part
from flows.people import PersonEntry
from tests.flows.linted import ALL_DOORS, TEAM, found, kinds, only, person, sound_flow

DOORS = (*ALL_DOORS, "teams")
CLIENT = Part(notes=False, approvals=False)


def flow_with(**workspaces: Part) -> Flow:
    return replace(sound_flow(), workspaces=workspaces)


def client(name: str, *roles: str, **changes: object) -> PersonEntry:
    return person(name, *roles, **{"slack": None, "teams": f"T-{name}", **changes})


def test_a_client_that_only_looks_on_is_left_in_peace() -> None:
    assert found(flow_with(teams=CLIENT), ways=DOORS) == ()


def test_a_workspace_that_is_named_and_not_connected_is_found() -> None:
    (told,) = found(flow_with(slack=Part(), teams=CLIENT))
    assert told == Finding("workspace_closed", False, "workspaces.teams", {"workspace": "teams"})


@pytest.mark.parametrize(("ways", "heard"), [(DOORS, 6), (("slack", "teams"), 0)])
def test_approvals_nowhere_but_on_the_console_are_found_once_and_grave_where_nothing_reminds_anybody(
    ways: tuple[str, ...], heard: int
) -> None:
    told = found(flow_with(slack=Part(approvals=False), teams=CLIENT), ways=ways)
    assert only("console_decides", told) == Finding("console_decides", not heard, "workspaces", {"heard": heard})
    assert "role_elsewhere" not in kinds(told)


def test_a_role_that_approves_and_is_only_on_the_side_that_may_not_is_found() -> None:
    team = (*TEAM[:3], *(client(name, "legal", "dpo") for name in ("dee", "eve", "fay")))
    told = [one for one in found(flow_with(teams=CLIENT), team, ways=DOORS) if one.kind == "role_elsewhere"]
    assert {one.facts["role"] for one in told} == {"legal"}
    assert all(not one.grave and one.facts["heard"] == 3 for one in told), "they are reminded by mail and decide on the console"


def test_it_is_grave_when_a_whole_stage_waits_for_people_whom_nothing_reminds() -> None:
    unheard = {"email": None, "phone": None}
    team = (*TEAM[:3], *(client(name, "legal", "dpo", **unheard) for name in ("dee", "eve", "fay")))
    told = [one for one in found(flow_with(teams=CLIENT), team, ways=("slack", "teams", "email")) if one.kind == "role_elsewhere"]
    assert told and all(one.grave for one in told)
    beside = (*team, person("gil", "legal", "dpo"))
    assert "role_elsewhere" not in kinds(found(flow_with(teams=CLIENT), beside, ways=("slack", "teams", "email")))


def test_whoever_is_on_both_sides_is_where_they_may_decide() -> None:
    team = tuple(replace(one, teams=f"T-{one.name}") for one in TEAM)
    assert found(flow_with(teams=CLIENT), team, ways=DOORS) == ()
