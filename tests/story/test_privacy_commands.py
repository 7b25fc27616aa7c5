"""`export`, `verify --pack` and `erase` as an operator types them, beside a database that others use."""

import sqlite3
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from handlers.ports import Customer
from templates import LANGUAGES
from tests.builders import mention

WRITTEN = [
    mention("is my data safe? kanarix", external_id="m1", customer=Customer("u1", "@kanarix", "Kanarix Smith")),
    mention("and mine?", external_id="m2", customer=Customer("u2", "@other")),
]


@pytest.fixture
def desk(desk_with, capsys):
    return desk_with([replace(one, raw=one.text) for one in WRITTEN], capsys)


def rows(table):
    with closing(sqlite3.connect("tocsin.db")) as database:
        return str(database.execute(f"SELECT * FROM {table}").fetchall())


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exported_case_is_proven_offline_and_a_changed_one_is_not(desk, tmp_path, monkeypatch):
    status, out, _ = desk("export", "--case", "#1", "--to", "pack")
    assert status == 0 and "pack" in out
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/not-there.db")
    assert desk("verify", "--pack", "pack")[0] == 0
    (tmp_path / "pack" / "mentions.csv").write_text("")
    status, out, _ = desk("verify", "--pack", "pack")
    assert status == 1 and "mentions.csv" in out
    assert not (tmp_path / "not-there.db").exists(), "a pack needs no database"


def test_what_cannot_be_exported_is_one_plain_line(desk, tmp_path):
    assert desk("export", "--case", "1", "--to", "pack")[0] == 0
    for words in (("--case", "99"), ("--crisis",), ("--crisis", "3"), ("--case", "1", "--to", "pack")):
        status, _, err = desk("export", *words)
        assert status == 1 and len(err.strip().splitlines()) == 1 and "Traceback" not in err, err
    with pytest.raises(SystemExit):
        desk("export")


def test_an_erasure_asks_first_and_without_a_terminal_needs_a_yes(desk):
    status, out, err = desk("erase", "--customer", "x:@kanarix")
    assert status == 1 and "--yes" in err and "Kanarix Smith" in out
    assert "kanarix" in rows("mentions")


@pytest.mark.parametrize("typed", ["no", "", "EOF"])
def test_any_other_word_leaves_everything_as_it_is(desk, monkeypatch, typed):
    def answer(question):
        if typed == "EOF":
            raise EOFError
        return typed

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answer)
    assert desk("erase", "--customer", "x:kanarix")[0] == 1
    assert "kanarix" in rows("mentions")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_that_was_asked_for_erases_and_says_what_stands_elsewhere(desk, language, monkeypatch, tmp_path):
    (tmp_path / "dry_run.jsonl").write_text("{}")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: {"en": "erase", "es": "Borrar ", "fr": "effacer"}[language])
    status, out, _ = desk("erase", "--customer", "X:@Kanarix")
    assert status == 0 and "dry_run.jsonl" in out and "Slack" in out
    assert all("kanarix" not in rows(table).lower() for table in ("mentions", "customers", "timeline", "raw_payloads"))
    assert "and mine?" in rows("mentions") and "@other" in rows("customers")
    assert desk("verify")[0] == 0
    status, _, err = desk("erase", "--customer", "x:@kanarix", "--yes")
    assert status == 1 and len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("typed", ["kanarix", "x:", "x:@", ":kanarix", ""])
def test_what_names_nobody_is_said(desk, typed):
    status, _, err = desk("erase", "--customer", typed, "--yes")
    assert status == 1 and "x:@anna" in err
