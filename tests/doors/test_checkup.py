"""`python app.py check`: what is said of the house, the console and the webhooks, and how it exits."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

import app
from bot.checkup import Finding, Verdict, look_at_house
from bot.console.checkup import look_at_console
from bot.networks.webhook import look_at_webhooks
from bot.settings import Settings, read_settings
from flows.people import load_people
from handlers.readiness import Found, Readiness, Shape
from storage.database import Store
from templates import LANGUAGES, say
from tests.builders import data_breach

ROOT = Path(app.__file__).parent
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TEAM = """people:
  - {name: Ana, roles: [ROLES], languages: [en], timezone: UTC}
"""


def settings(**given: object) -> Settings:
    return read_settings(**given)


def told(findings, verdict: Verdict) -> list[str]:
    return [one.words.name for one in findings if one.verdict is verdict]


def of_house(found: Found, team: str = "admin, lead", **given: object) -> list[Finding]:
    people = load_people("people.yaml", TEAM.replace("ROLES", team)) if team else ()
    return look_at_house(settings(**given), found, data_breach, lambda: people)[0]


def new(place: str = "tocsin.db") -> Found:
    return Found(Shape.NEW, place, is_file=True)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, without any setting of the machine's."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "DYNO", "HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


async def test_a_database_that_nobody_made_yet_is_not_made_by_looking(tmp_path):
    found = await Readiness(Store(f"sqlite:///{tmp_path}/tocsin.db")).look()
    assert (found.shape, list(tmp_path.iterdir())) == (Shape.NEW, [])


async def test_a_database_in_a_folder_that_does_not_exist_cannot_be_used(tmp_path):
    found = await Readiness(Store(f"sqlite:///{tmp_path}/nowhere/tocsin.db")).look()
    assert found.shape is Shape.AWAY
    assert told(of_house(found), Verdict.WRONG) == ["check.database_away"]


async def test_a_database_in_shape_says_who_is_known(store, house):
    await house.person("Ana", "agent")
    found = await Readiness(store).look()
    assert (found.shape, [person.name for person in found.people]) == (Shape.WELL, ["Ana"])


async def test_a_database_of_another_shape_will_be_brought_up_to_date_and_nobody_is_asked_for(store):
    async with store.begin() as work:
        await work.execute(sa.text("DELETE FROM alembic_version"))
        await work.commit()
    found = await Readiness(store).look()
    assert (found.shape, found.people) == (Shape.OLD, None)
    assert told(of_house(found), Verdict.WARNING)[0] == "check.database_old"


async def test_a_database_that_does_not_answer_is_named_without_its_password():
    found = await Readiness(Store("postgres://tocsin:do-not-tell@127.0.0.1:1/crisis")).look()
    assert (found.shape, found.place) == (Shape.AWAY, "127.0.0.1/crisis")
    assert "do-not-tell" not in repr(found)


def test_sqlite_on_a_disk_that_the_host_wipes_is_wrong():
    assert "check.database_wiped" in told(of_house(new(), DYNO="web.1"), Verdict.WRONG)
    assert told(of_house(Found(Shape.WELL, "db.example/crisis"), DYNO="web.1"), Verdict.WRONG) == []


@pytest.mark.parametrize(
    ("team", "wrong", "warned"),
    [
        ("", ["check.people_none"], []),
        ("lead", ["check.nobody_manages"], ["check.nobody_told"]),
        ("security", ["check.nobody_manages", "check.nobody_claims"], ["check.nobody_opens"]),
        ("admin", [], ["check.nobody_opens"]),
        ("admin, lead, legal, manager, dpo, press_officer, security", [], []),
    ],
)
def test_a_team_that_lacks_a_role_hears_which_and_what_for(team, wrong, warned):
    findings = of_house(new(), team)
    assert told(findings, Verdict.WRONG) == wrong
    assert set(warned) <= set(told(findings, Verdict.WARNING))


def test_every_line_that_is_wrong_with_the_files_is_told():
    def flow():
        raise ValueError("flow.yaml:1: first\nflow.yaml:2: second")

    findings, rules = look_at_house(settings(), new(), flow, lambda: ())
    assert rules is None
    assert [one.words.facts["problem"] for one in findings if one.words.name == "check.flow_wrong"] == [
        "flow.yaml:1: first",
        "flow.yaml:2: second",
    ]


@pytest.mark.parametrize(
    ("given", "verdict", "name"),
    [
        ({}, Verdict.UNSET, "check.console_here"),
        ({"HOST": "0.0.0.0"}, Verdict.WARNING, "check.console_no_address"),
        ({"TOCSIN_PUBLIC_URL": "https://crisis.example.com"}, Verdict.OK, "check.console_well"),
        ({"TOCSIN_PUBLIC_URL": "http://localhost:3000"}, Verdict.OK, "check.console_well"),
        ({"TOCSIN_PUBLIC_URL": "http://crisis.example.com"}, Verdict.WARNING, "check.console_unencrypted"),
        ({"TOCSIN_PUBLIC_URL": "crisis.example.com"}, Verdict.WRONG, "check.console_bad_address"),
        ({"TOCSIN_DEMO": "false", "TOCSIN_SECOND_FACTOR": "false"}, Verdict.WARNING, "check.no_second_factor"),
        ({"TOCSIN_DEMO": "false"}, Verdict.OK, "check.second_factor"),
    ],
)
def test_the_console_says_whether_people_will_reach_it_safely(given, verdict, name):
    assert name in told(look_at_console(settings(**given)), verdict)


@pytest.mark.parametrize(
    ("secrets", "verdict", "name"),
    [
        ("", Verdict.UNSET, "check.webhook_unset"),
        (f"acme={SECRET}", Verdict.OK, "check.webhook_well"),
        (f"acme={SECRET} {SECRET}", Verdict.OK, "check.webhook_well"),
        ("acme=whsec_short", Verdict.WRONG, "check.webhook_secret"),
        (f"acme={SECRET} ???", Verdict.WRONG, "check.webhook_secret"),
    ],
)
def test_a_webhook_secret_that_cannot_sign_is_named_and_never_shown(secrets, verdict, name):
    findings = list(look_at_webhooks(settings(TOCSIN_WEBHOOK_SECRETS=secrets)))
    assert told(findings, verdict) == [name]
    assert "whsec" not in repr(findings)


def test_the_demo_can_do_its_job_and_leaves_no_trace(alone, capsys):
    assert app.main(["check"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == say("check.verdict", "en", faults=0)
    assert [line.split("  ")[0] for line in said[:3]] == ["ok", "ok", "ok"]
    assert list(alone.iterdir()) == []


def test_a_house_that_could_not_do_its_job_exits_with_1_and_says_how_many_lines_are_wrong(alone, monkeypatch, capsys):
    monkeypatch.setenv("DYNO", "web.1")
    monkeypatch.setenv("TOCSIN_DEMO", "false")
    assert app.main(["check"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line[:5] for line in said].count("WRONG") == 2
    assert said[-1] == say("check.verdict", "en", faults=2)


def test_a_people_file_with_a_fault_is_told_by_its_line(alone, monkeypatch, capsys):
    shutil.copy(ROOT / "people.example.yaml", alone / "people.yaml")
    with (alone / "people.yaml").open("a") as team:
        team.write("  - name: Nobody\n    roles: [boss]\n")
    assert app.main(["check"]) == 1
    assert "people.yaml:" in capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_marks_of_a_language_stand_in_one_column(language):
    lines = [say("check.line", language, mark=say("check.mark", language, verdict=one), words="|") for one in Verdict]
    assert len({line.index("|") for line in lines}) == 1
