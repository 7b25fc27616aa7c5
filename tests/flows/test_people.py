"""The people of the team are read from a file, or its faults are told line by line."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.people import PeopleError, PeopleErrors, PersonEntry, load_people

EXAMPLE = Path(__file__).parents[2] / "people.example.yaml"
TWO = """\
people:
  - name: Ana
    roles: [agent, lead]
    languages: [es, en]
    timezone: Europe/Madrid
    slack: U1
    email: ana@example.com
    phone: "+442079460101"
    hours: mon-fri 09:00-18:00
    deputy: Bo
    holidays: ES-MD
    pagers:
      ntfy: ana-4f9c
  - name: Bo
    roles: [legal]
    languages: [fr]
    timezone: Europe/Paris
    slack: U2
    email: bo@example.com
"""


def complaints(text: str) -> list[str]:
    with pytest.raises(PeopleErrors) as caught:
        load_people("people.yaml", text)
    assert all(isinstance(error, PeopleError) for error in caught.value.errors)
    return str(caught.value).splitlines()


def test_people_are_read_in_the_order_of_the_file() -> None:
    ana, bo = load_people("people.yaml", TWO)
    assert ana == PersonEntry(
        name="Ana",
        roles=("agent", "lead"),
        languages=("es", "en"),
        timezone="Europe/Madrid",
        slack="U1",
        email="ana@example.com",
        phone="+442079460101",
        hours="mon-fri 09:00-18:00",
        deputy="Bo",
        holidays="ES-MD",
        pagers={"ntfy": "ana-4f9c"},
    )
    assert (bo.name, bo.teams, bo.phone, bo.hours, bo.deputy, bo.holidays, bo.pagers) == ("Bo", None, None, None, None, None, {})


def test_the_example_file_is_sound_and_somebody_in_it_may_do_each_act() -> None:
    people = load_people(EXAMPLE.name, EXAMPLE.read_text("utf-8"))
    assert {role for person in people for role in person.roles} == {
        "agent", "lead", "legal", "manager", "marketing", "admin", "dpo", "security", "press_officer",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("[legal]", "[lgal]", "people.yaml:15: people[1].roles[0]: expected one of agent, lead, legal, manager, marketing, admin, dpo, security, press_officer, found 'lgal' (did you mean legal?)"),
        ("[legal]", "[]", "people.yaml:15: people[1].roles: expected a list, found an empty list"),
        ("[legal]", "[legal, legal]", "people.yaml:15: people[1].roles[1]: expected no repetition, found 'legal' again"),
        ("Europe/Paris", "Europe/Pariss", "people.yaml:17: people[1].timezone: expected a zone (Europe/Madrid), found 'Europe/Pariss'"),
        ("Europe/Paris", "Europe", "people.yaml:17: people[1].timezone: expected a zone (Europe/Madrid), found 'Europe'"),
        ("Europe/Paris", "../../etc/passwd", "people.yaml:17: people[1].timezone: expected a zone (Europe/Madrid), found '../../etc/passwd'"),
        ("name: Bo", "name: ANA", "people.yaml:14: people[1].name: expected no repetition, found 'ANA' of line 2 again"),
        ("slack: U2", "slack: U1", "people.yaml:18: people[1].slack: expected no repetition, found 'U1' of line 6 again"),
        ("bo@example.com", "Ana@Example.com", "people.yaml:19: people[1].email: expected no repetition, found 'Ana@Example.com' of line 7 again"),
        ("bo@example.com", "bo at example", "people.yaml:19: people[1].email: expected an email address, found 'bo at example'"),
        ("bo@example.com", "bo@localhost", "people.yaml:19: people[1].email: expected an email address, found 'bo@localhost'"),
        ("slack: U2", "slack: bo", "people.yaml:18: people[1].slack: expected a Slack id (U…), found 'bo'"),
        ("deputy: Bo", "deputy: Bob", "people.yaml:10: people[0].deputy: expected a listed name, found 'Bob' (did you mean Bo?)"),
        ("deputy: Bo", "deputy: Ana", "people.yaml:10: people[0].deputy: expected another person, found 'Ana'"),
        ('"+442079460101"', "020 7946 0101", "people.yaml:8: people[0].phone: expected E.164 (+34600111222), found '020 7946 0101'"),
        ('"+442079460101"', '"+44 20 7946 0101"', "people.yaml:8: people[0].phone: expected E.164 (+34600111222), found '+44 20 7946 0101'"),
        ('"+442079460101"', '"+4420"', "people.yaml:8: people[0].phone: expected E.164 (+34600111222), found '+4420'"),
        ("mon-fri 09:00-18:00", "9 to 5", "people.yaml:9: people[0].hours: expected mon-fri 09:00-18:00, found '9 to 5'"),
        ("mon-fri 09:00-18:00", "mon-fri 09:00-25:00", "people.yaml:9: people[0].hours: expected mon-fri 09:00-18:00, found 'mon-fri 09:00-25:00'"),
        ("ES-MD", "es-md", "people.yaml:11: people[0].holidays: expected a country, or a part of one (ES, ES-MD), found 'es-md' (did you mean ES-MD?)"),
        ("ES-MD", "Spain", "people.yaml:11: people[0].holidays: expected a country, or a part of one (ES, ES-MD), found 'Spain'"),
        ("ntfy: ana", "ntfi: ana", "people.yaml:13: people[0].pagers: expected only pagerduty, ntfy, found 'ntfi' (did you mean ntfy?)"),
        ("ana-4f9c", "ana 4f9c", "people.yaml:13: people[0].pagers.ntfy: expected a topic of at most 64 letters, digits, _ and -, found something else"),
        ("ntfy: ana-4f9c", "pagerduty: 4f9c", "people.yaml:13: people[0].pagers.pagerduty: expected a routing key of 32 letters and digits, found something else"),
        ("[fr]", "[french]", "people.yaml:16: people[1].languages[0]: expected a code (en), found 'french'"),
        ("    languages: [fr]\n", "", "people.yaml:14: people[1]: expected the key languages, found nothing"),
        ("deputy: Bo", "deputee: Bo", "people.yaml:10: people[0]: expected only name, roles, languages, timezone, slack, teams, email, phone, hours, holidays, deputy, pagers, found 'deputee' (did you mean deputy?)"),
        ("people:", "peeple:", "people.yaml:1: expected only people, rotas, found 'peeple' (did you mean people?)"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_line_and_key(old: str, new: str, line: str) -> None:
    assert TWO.count(old) == 1
    assert line in complaints(TWO.replace(old, new))


@pytest.mark.parametrize("hours", ["mon 00:00-24:00", "mon-sun 22:00-06:00", "mon-fri 08:00-14:00, sat 10:00-13:00"])
def test_hours_may_have_several_spans_and_pass_midnight(hours: str) -> None:
    assert load_people("people.yaml", TWO.replace("mon-fri 09:00-18:00", hours))[0].hours == hours


def test_all_faults_are_told_in_one_go() -> None:
    text = TWO.replace("[legal]", "[lgal]").replace("Europe/Paris", "Mars").replace("U2", "2")
    assert [line.split(": expected")[0] for line in complaints(text)] == [
        "people.yaml:15: people[1].roles[0]",
        "people.yaml:17: people[1].timezone",
        "people.yaml:18: people[1].slack",
    ]


@given(st.integers(0, len(TWO)), st.integers(0, 30), st.text(st.characters(codec=None)))
def test_no_damage_raises_anything_but_people_errors(at: int, cut: int, piece: str) -> None:
    people: tuple[PersonEntry, ...] = ()
    with contextlib.suppress(PeopleErrors):
        people = load_people("people.yaml", TWO[:at] + piece + TWO[at + cut :])
    assert all(person.name and person.roles and person.languages and person.timezone for person in people)
