"""Each workspace has its part in a crisis: everything, unless FLOW says otherwise."""

import pytest

from flows.flow import Flow
from flows.loader import load_flow
from flows.parts import ALL, Part
from tests.flows.test_loader import RULES, complaints, files


def said(section):
    return files(RULES + section)


def test_a_side_of_which_nothing_is_said_sees_and_decides_everything():
    assert load_flow(files()).part_of("slack") == ALL == Part(notes=True, approvals=True)
    flow = load_flow(said("workspaces:\n  teams: {notes: no}\n"))
    assert (flow.part_of("slack"), flow.part_of("teams")) == (ALL, Part(notes=False, approvals=True))


def test_each_side_has_the_part_that_flow_gives_it():
    flow = load_flow(said("workspaces:\n  slack: {notes: yes, approvals: no}\n  teams: {notes: no, approvals: yes}\n"))
    assert (flow.part_of("slack"), flow.part_of("teams")) == (Part(approvals=False), Part(notes=False))


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ("workspaces: [slack]\n", "workspaces: expected a mapping, found a list"),
        ("workspaces:\n  console: {notes: no}\n", "workspaces: expected only slack, teams, found 'console'"),
        ("workspaces:\n  team: {notes: no}\n", "workspaces: expected only slack, teams, found 'team' (did you mean teams?)"),
        ("workspaces:\n  teams: {note: no}\n", "workspaces.teams: expected only notes, approvals, found 'note' (did you mean notes?)"),
        ("workspaces:\n  teams: {notes: true}\n", "workspaces.teams.notes: expected one of yes, no, found 'true'"),
        ("workspaces:\n  teams: {}\n", "workspaces.teams: expected notes, approvals or both, found nothing"),
        ("workspaces:\n  teams: no\n", "workspaces.teams: expected a mapping, found 'no'"),
    ],
)
def test_what_nobody_can_mean_is_refused_by_line_and_key(section, complaint):
    (line,) = complaints(said(section))
    assert line.partition(": ")[2] == complaint


def test_no_case_keeps_the_parts_of_its_time():
    flow = load_flow(said("workspaces:\n  teams: {notes: no}\n"))
    assert (flow.digest, Flow.from_snapshot(flow.as_snapshot())) == (load_flow(files()).digest, load_flow(files()))
