"""`python app.py flow …` as somebody types it: with no database, with one, in three languages, and without changing anything."""

import asyncio
import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

import app
from storage.database import Store
from tests.builders import TestHouse, data_breach
from tests.story.small_flow import write_small_flow

LADDERS = """\
ladders:
  money:
    label: {en: Money, es: Dinero, fr: Argent}
    when: {tags: [money_missing]}
    steps:
      - {tell: {on_duty: duty_lead}, after: 0s, by: [email]}
      - {tell: {role: lead}, after: 30m, by: [email]}
    at_the_end: {wait: 1h, tell: {role: manager}}
  rest:
    label: {en: The rest, es: El resto, fr: Le reste}
    hours: always
    steps:
      - {tell: {role: lead}, after: 2h, by: [email]}
"""
PEOPLE = """\
people:
  - {name: Ana Ruiz, roles: [lead, legal], languages: [es], timezone: Europe/Madrid, email: ana@x.example, hours: mon-fri 09:00-18:00, holidays: ES}
  - {name: Bo Lind, roles: [manager, admin, agent], languages: [en], timezone: Europe/Stockholm, email: bo@x.example}
rotas:
  duty_lead:
    timezone: UTC
    shifts:
      - {from: 2026-12-24 20:00, until: 2026-12-24 23:00, who: Bo Lind}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a small FLOW and its people, without any setting of the machine's."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "DYNO", "HOST", "PORT", "TOCSIN_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    flow = write_small_flow(tmp_path)
    flow.write_text(flow.read_text(encoding="utf-8") + LADDERS, encoding="utf-8")
    (tmp_path / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    monkeypatch.setenv("TOCSIN_FLOW", str(flow))
    return tmp_path


def storm(folder: Path, *minutes: int) -> str:
    file = folder / "storm.jsonl"
    lines = [
        {
            "network": "x",
            "external_id": f"m{number}",
            "customer": {"external_id": f"u{number}"},
            "text": "my money is gone, somebody took the money from my account",
            "posted_at": f"2026-11-20T{8 + after // 60:02}:{after % 60:02}:00Z",
            "language": "en",
        }
        for number, after in enumerate(minutes)
    ]
    file.write_text("\n".join(map(json.dumps, lines)) + "\nno line at all\n", encoding="utf-8")
    return str(file)


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = app.main(["flow", *words])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_lint_needs_no_database_and_makes_none(here, capsys):
    status, out, _ = typed(capsys, "lint", "--ways", "email")
    assert status == 1
    assert any(line.startswith("GRAVE") and line.endswith("[rotas.duty_lead]") for line in out.splitlines())
    assert out.splitlines()[-1].startswith("small, version 1, would leave somebody waiting")
    assert not (here / "tocsin.db").exists()


@pytest.mark.parametrize(
    ("language", "grave", "verdict"),
    [("en", "GRAVE", "would leave"), ("es", "GRAVE", "se quedaría"), ("fr", "GRAVE", "attendrait")],
)
def test_lint_speaks_the_language_of_the_house(here, capsys, monkeypatch, language, grave, verdict):
    monkeypatch.setenv("TOCSIN_LANGUAGE", language)
    _, out, _ = typed(capsys, "lint")
    assert grave in out
    assert verdict in out


def test_lint_is_content_when_only_slight_things_are_found(here, capsys):
    text = PEOPLE.replace(
        "    shifts:\n", "    order: [Bo Lind, Ana Ruiz]\n    since: 2026-01-05\n    every: 7d\n    handover: 09:00\n    shifts:\n"
    )
    text = text.replace(", hours: mon-fri 09:00-18:00, holidays: ES", "")
    (here / "people.yaml").write_text(text, encoding="utf-8")
    status, out, _ = typed(capsys, "lint", "--ways", "email")
    assert (status, "GRAVE" in out) == (0, False), out


def test_lint_names_a_calendar_that_cannot_be_read_and_strangers_in_one_that_can(here, capsys, monkeypatch):
    monkeypatch.setenv("TOCSIN_ROTAS", "duty_lead=lead.ics")
    status, out, _ = typed(capsys, "lint", "--ways", "email")
    assert status == 1
    assert "there is no such file" in out
    event = "BEGIN:VEVENT\nUID:1\nDTSTART:20200101T000000Z\nDTEND:20400101T000000Z\nSUMMARY:{}\nEND:VEVENT\n"
    both = event.format("Ana Ruiz") + event.format("\x1b[31mParty").replace("UID:1", "UID:2")
    (here / "lead.ics").write_text(f"BEGIN:VCALENDAR\n{both}END:VCALENDAR\n", encoding="utf-8")
    _, out, _ = typed(capsys, "lint", "--ways", "email")
    assert "one entry names none of the people" in out
    assert "\x1b" not in out
    app.main(["check"])
    said = capsys.readouterr().out
    assert "Rota duty_lead: Ana Ruiz is on duty now." in said
    assert "names none of the people" in said


def test_a_file_with_a_fault_is_one_clear_line(here, capsys):
    (here / "people.yaml").write_text(PEOPLE.replace("shifts", "shfits"), encoding="utf-8")
    status, _, err = typed(capsys, "lint")
    assert status == 1
    assert "people.yaml:" in err
    assert "Traceback" not in err
    assert app.main(["check"]) == 1
    assert "rotas.duty_lead" in capsys.readouterr().out


def test_a_flow_is_shown_as_mermaid_unless_a_file_is_named(here, capsys):
    status, out, err = typed(capsys, "show", "small")
    assert (status, out.splitlines()[0]) == (0, "flowchart LR")
    assert "-o flow.svg" in err
    _, one, _ = typed(capsys, "show", "small", "money", "--mermaid")
    assert len(one) < len(out)


@pytest.mark.parametrize(
    ("option", "file", "begin"), [("--svg", "a.svg", b"<svg"), ("--png", "a.png", b"\x89PNG"), ("-o", "a.mmd", b"flowchart")]
)
def test_a_flow_is_drawn_into_a_file_by_its_ending(here, capsys, option, file, begin):
    status, out, err = typed(capsys, "show", "small", option, file)
    assert (status, out) == (0, "")
    assert file in err
    assert (here / file).read_bytes().startswith(begin)


def test_a_wrong_name_is_answered_with_a_guess(here, capsys):
    assert typed(capsys, "show", "smal")[::2] == (1, "There is no FLOW called smal. Did you mean small?\n")
    status, _, err = typed(capsys, "show", "small", "mony")
    assert (status, err) == (1, "This FLOW has no ladder called mony. Did you mean money? It has: money, rest.\n")
    assert typed(capsys, "show", "small", "-o", "flow.docx")[0] == 1
    assert typed(capsys, "lint", "--ways", "pigeon")[0] == 1


def test_a_drill_says_who_would_be_told_when_and_what_stays_unanswered(here, capsys):
    status, out, err = typed(capsys, "drill", storm(here, 0, 0, 0, 90), "--at", "2026-12-24T22:00", "--ways", "email", "--png", "drill.png")
    assert status == 0
    lines = [line.split() for line in out.splitlines()]
    told = [(line[3], line[4]) for line in lines if line[:1] in (["Thu"], ["Fri"])]
    assert told == [("22:00", "Bo"), ("22:30", "Ana"), ("23:30", "Ana"), ("23:30", "Bo"), ("00:30", "Bo")]
    assert "23:30 off" in out  # Ana's evening in Madrid
    assert "4 messages in 4 cases; 2 people told 5 times; 4 cases stay unanswered." in out
    assert "1 line could not be read" in out
    assert (here / "drill.png").read_bytes().startswith(b"\x89PNG")
    assert "Drawn: drill.png" in err
    assert not (here / "tocsin.db").exists()


@pytest.mark.parametrize(
    ("language", "told", "silent"),
    [
        ("en", "Who would be told", "Stays unanswered"),
        ("es", "A quién se avisaría", "sin respuesta"),
        ("fr", "Qui serait prévenu", "sans réponse"),
    ],
)
def test_a_drill_speaks_the_language_of_the_house(here, capsys, monkeypatch, language, told, silent):
    monkeypatch.setenv("TOCSIN_LANGUAGE", language)
    _, out, _ = typed(capsys, "drill", storm(here, 0), "--at", "2026-12-24T22:00", "--hours", "6")
    assert told in out
    assert silent in out


def test_a_drill_by_the_clock_of_the_house(here, capsys, monkeypatch):
    monkeypatch.setenv("TOCSIN_TIMEZONE", "America/Bogota")
    _, out, _ = typed(capsys, "drill", storm(here, 0), "--at", "2026-12-24T17:00", "--hours", "3", "--ways", "email")
    assert "Thu 24 Dec 17:00  Bo Lind" in out
    assert "(America/Bogota)" in out


def test_a_file_without_a_message_and_one_that_is_not_there_are_told(here, capsys):
    (here / "empty.jsonl").write_text("\n")
    assert typed(capsys, "drill", "empty.jsonl", "--at", "2026-12-24T22:00")[::2] == (1, "There is no message in empty.jsonl.\n")
    assert typed(capsys, "drill", "none.jsonl", "--at", "2026-12-24T22:00")[::2] == (1, "There is no file none.jsonl.\n")


def test_a_drill_says_which_calendar_it_had_to_do_without(here, capsys, monkeypatch):
    monkeypatch.setenv("TOCSIN_ROTAS", "duty_lead=lead.ics")
    status, out, _ = typed(capsys, "drill", storm(here, 0), "--at", "2026-12-24T22:00", "--ways", "email", "--hours", "1")
    assert status == 0
    assert "duty_lead" in out.splitlines()[1]
    assert [line.split()[4] for line in out.splitlines() if line.startswith("Thu ")] == [
        "Ana",
        "Bo",
    ]  # the second step at once, then the end


@pytest.mark.parametrize("wrong", [("--at", "tomorrow"), ("--at", "1066-10-14T09:00"), ("--hours", "0"), ("--acknowledge", "-1")])
def test_what_no_clock_can_keep_is_not_understood(here, capsys, wrong):
    with pytest.raises(SystemExit) as refused:
        typed(capsys, "drill", storm(here, 0), "--at", "2026-12-24T22:00", *wrong)
    assert refused.value.code == 2


async def _filled(file: Path) -> None:
    store = Store(f"sqlite:///{file}")
    house = await TestHouse(store, data_breach(), app.Board({}), None).begin()
    await house.person("Zoe", "lead", email="zoe@x.example")
    await store.close()


async def test_the_people_of_the_database_go_before_the_file_and_nothing_in_it_changes(sqlite_template, here, capsys):
    file = here / "tocsin.db"
    shutil.copy(sqlite_template, file)
    await _filled(file)
    before = sha256(file.read_bytes()).hexdigest()
    for words in (("lint",), ("drill", storm(here, 0), "--at", "2026-12-24T22:00", "--ways", "email", "--hours", "4")):
        await asyncio.to_thread(typed, capsys, *words)
    assert sha256(file.read_bytes()).hexdigest() == before
    assert sorted(path.name for path in here.glob("tocsin.db*")) == ["tocsin.db"]
    _, out, _ = await asyncio.to_thread(
        typed, capsys, "drill", storm(here, 0), "--at", "2026-12-24T22:00", "--ways", "email", "--hours", "4"
    )
    assert "People and rotas: 1 from the database." in out
    assert "Zoe" in out
