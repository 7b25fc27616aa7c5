"""Rotas are read from the file of the people, or their faults are told line by line."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.people import PeopleErrors, load_people
from flows.rota import Rota, Shift
from flows.rotas_loader import load_rotas

EXAMPLE = Path(__file__).parents[2] / "people.example.yaml"
TEAM = """\
people:
  - name: Ana
    roles: [agent]
    languages: [es]
    timezone: Europe/Madrid
  - name: Bo
    roles: [lead]
    languages: [fr]
    timezone: Europe/Paris
rotas:
  duty_lead:
    timezone: Europe/Madrid
    order: [Ana, Bo]
    since: 2026-01-05
    every: 7d
    handover: 09:00
    shifts:
      - from: 2026-07-01 09:00
        until: 2026-07-03 09:00
        who: Bo
      - from: 2026-07-03 09:00
        until: 2026-07-04 18:30
        who: Ana
  duty_press:
    timezone: Europe/Paris
    shifts:
      - {from: 2026-08-01 00:00, until: 2026-08-02 00:00, who: Bo}
"""


def complaints(text: str) -> list[str]:
    with pytest.raises(PeopleErrors) as caught:
        load_rotas("people.yaml", text)
    return str(caught.value).splitlines()


def test_rotas_are_read_by_name_and_their_shifts_by_the_clock_of_their_zone() -> None:
    rotas = load_rotas("people.yaml", TEAM)
    assert list(rotas) == ["duty_lead", "duty_press"]
    assert rotas["duty_lead"] == Rota(
        "duty_lead",
        "Europe/Madrid",
        ("Ana", "Bo"),
        date(2026, 1, 5),
        timedelta(days=7),
        time(9),
        (
            Shift("duty_lead", "Bo", datetime(2026, 7, 1, 7, tzinfo=UTC), datetime(2026, 7, 3, 7, tzinfo=UTC)),
            Shift("duty_lead", "Ana", datetime(2026, 7, 3, 7, tzinfo=UTC), datetime(2026, 7, 4, 16, 30, tzinfo=UTC)),
        ),
    )
    assert rotas["duty_press"].on(datetime(2026, 8, 1, 12, tzinfo=UTC)) == "Bo"
    assert rotas["duty_press"].on(datetime(2026, 8, 3, 12, tzinfo=UTC)) is None


def test_the_people_of_a_file_with_rotas_are_read_as_before() -> None:
    assert [person.name for person in load_people("people.yaml", TEAM)] == ["Ana", "Bo"]


def test_a_file_without_rotas_has_none() -> None:
    assert load_rotas("people.yaml", TEAM[: TEAM.index("rotas:")]) == {}


def test_the_example_has_somebody_on_duty_at_every_moment() -> None:
    rotas = load_rotas(EXAMPLE.name, EXAMPLE.read_text("utf-8"))
    begin, end = datetime(2026, 1, 6, tzinfo=UTC), datetime(2027, 1, 6, tzinfo=UTC)
    assert set(rotas) == {"duty_lead", "duty_press"}
    for rota in rotas.values():
        shifts = rota.between(begin, end)
        assert (shifts[0].begin, shifts[-1].end) == (begin, end)
        assert all(before.end == after.begin for before, after in pairwise(shifts))
    assert rotas["duty_lead"].on(datetime(2026, 12, 25, 12, tzinfo=UTC)) == "Grace Okafor"


def test_somebody_who_came_after_the_file_may_be_named() -> None:
    text = TEAM.replace("order: [Ana, Bo]", "order: [Ana, Dee]")
    assert "found 'Dee'" in complaints(text)[0]
    assert load_rotas("people.yaml", text, names=["Ana", "Bo", "Dee"])["duty_lead"].order == ("Ana", "Dee")


def test_who_is_named_twice_in_an_order_has_two_turns() -> None:
    assert load_rotas("people.yaml", TEAM.replace("[Ana, Bo]", "[Ana, Bo, Ana]"))["duty_lead"].order == ("Ana", "Bo", "Ana")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("[Ana, Bo]", "[Ana, Bob]", "people.yaml:13: rotas.duty_lead.order[1]: expected a listed name, found 'Bob' (did you mean Bo?)"),
        ("[Ana, Bo]", "[]", "people.yaml:13: rotas.duty_lead.order: expected a list, found an empty list"),
        ("        who: Ana", "        who: Anna", "people.yaml:23: rotas.duty_lead.shifts[1].who: expected a listed name, found 'Anna' (did you mean Ana?)"),
        ("    timezone: Europe/Madrid\n    order", "    timezone: Madrid\n    order", "people.yaml:12: rotas.duty_lead.timezone: expected a zone (Europe/Madrid), found 'Madrid'"),
        ("  duty_lead:", "  Duty-Lead:", "people.yaml:11: rotas.Duty-Lead: expected a_lower_case_name, found 'Duty-Lead'"),
        ("since: 2026-01-05", "since: 2026-02-30", "people.yaml:14: rotas.duty_lead.since: expected a day (2026-12-24), found '2026-02-30'"),
        ("since: 2026-01-05", "since: 2026-W02-1", "people.yaml:14: rotas.duty_lead.since: expected a day (2026-12-24), found '2026-W02-1'"),
        ("since: 2026-01-05", "since: 9999-12-31", "people.yaml:14: rotas.duty_lead.since: expected a day (2026-12-24), found '9999-12-31'"),
        ("every: 7d", "every: 36h", "people.yaml:15: rotas.duty_lead.every: expected whole days (7d), found '36h'"),
        ("every: 7d", "every: weekly", "people.yaml:15: rotas.duty_lead.every: expected a time such as 90s, 20m, 8h or 3d, found 'weekly'"),
        ("handover: 09:00", "handover: 9am", "people.yaml:16: rotas.duty_lead.handover: expected a time (09:00), found '9am'"),
        ("handover: 09:00", "handover: T0900", "people.yaml:16: rotas.duty_lead.handover: expected a time (09:00), found 'T0900'"),
        ("    every: 7d\n", "", "people.yaml:11: rotas.duty_lead: expected the key every, found nothing"),
        ("    shifts:\n      - {from", "    shift:\n      - {from", "people.yaml:26: rotas.duty_press: expected only timezone, order, since, every, handover, shifts, found 'shift' (did you mean shifts?)"),
        ("until: 2026-07-03 09:00", "until: 2026-07-01 09:00", "people.yaml:19: rotas.duty_lead.shifts[0].until: expected an end after the beginning, found '2026-07-01 09:00'"),
        ("until: 2026-07-03 09:00", "until: 2026-07-03T09:00", "people.yaml:19: rotas.duty_lead.shifts[0].until: expected a day and a time (2026-12-24 09:00), found '2026-07-03T09:00'"),
        ("until: 2026-07-03 09:00", "until: 2026-07-03 09:01", "people.yaml:21: rotas.duty_lead.shifts[1]: expected one shift at a time, found one that begins before that of line 18 ends"),
        ("from: 2026-07-03 09:00", "from: 2026-06-30 09:00", "people.yaml:18: rotas.duty_lead.shifts[0]: expected one shift at a time, found one that begins before that of line 21 ends"),
        ("rotas:", "rotos:", "people.yaml:10: expected only people, rotas, found 'rotos' (did you mean rotas?)"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_line_and_key(old: str, new: str, line: str) -> None:
    assert TEAM.count(old) == 1
    assert line in complaints(TEAM.replace(old, new))


def test_all_faults_of_all_rotas_are_told_in_one_go() -> None:
    text = TEAM.replace("[Ana, Bo]", "[Ana, Cy]").replace("every: 7d", "every: 7w").replace("2026-08-02 00:00", "2026-07-02 00:00")
    assert [line.split(": expected")[0] for line in complaints(text)] == [
        "people.yaml:13: rotas.duty_lead.order[1]",
        "people.yaml:15: rotas.duty_lead.every",
        "people.yaml:27: rotas.duty_press.shifts[0].until",
    ]


@given(st.integers(TEAM.index("rotas:"), len(TEAM)), st.integers(0, 30), st.text(st.characters(codec=None)))
def test_no_damage_raises_anything_but_people_errors(at: int, cut: int, piece: str) -> None:
    with contextlib.suppress(PeopleErrors):
        for rota in load_rotas("people.yaml", TEAM[:at] + piece + TEAM[at + cut :]).values():
            rota.then(datetime(2026, 11, 22, tzinfo=UTC))
