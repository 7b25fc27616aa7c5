"""`report` as an operator types it, beside a database that others use."""

import asyncio
import csv
import json
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest

from bot.terminal import reporting
from bot.terminal.reporting import Unwritable
from handlers.board import Board
from handlers.keeping import DatabaseAway
from storage.database import Store
from templates import LANGUAGES
from tests.builders import ROOT, Scripted, TestHouse, data_breach, mention

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


WRITTEN = [mention("is my data safe? kanarix", external_id="m1"), mention("=1+1 phishing", external_id="m2")]


@pytest.fixture
def desk(desk_with, capfd):
    run = desk_with(WRITTEN, capfd, lambda: AT)
    return lambda *words: run("report", *words)


DAY = ("--from", "2026-11-20")


def test_every_case_is_a_line_and_nobody_is_named(desk):
    status, out, err = desk(*DAY, "--format", "jsonl")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (status, err, [one["case"] for one in lines]) == (0, "", [1, 2])
    assert "kanarix" not in out and lines[1]["tags"] == ["phishing"]


def test_customers_words_are_there_when_they_are_asked_for(desk):
    _, out, _ = desk(*DAY, "--format", "jsonl", "--words")
    assert "kanarix" in out


def test_a_day_is_that_of_the_zone(desk):
    assert desk("--from", "2026-11-21", "--format", "jsonl")[1] == ""
    assert (
        desk("--from", "2026-11-21", "--format", "jsonl", "--timezone", "Pacific/Kiritimati")[1] == "" != desk(*DAY, "--format", "jsonl")[1]
    )
    status, out, _ = desk("--from", "2026-11-19", "--to", "2026-11-20", "--format", "jsonl", "--timezone", "Pacific/Honolulu")
    assert status == 0 and len(out.splitlines()) == 2


def test_a_file_is_ours_alone_and_is_not_written_over(desk):
    status, out, _ = desk(*DAY, "--format", "jsonl", "-o", "report.jsonl")
    assert status == 0 and "report.jsonl" in out and len(Path("report.jsonl").read_text().splitlines()) == 2
    assert stat.S_IMODE(Path("report.jsonl").stat().st_mode) == 0o600
    status, _, err = desk(*DAY, "--format", "jsonl", "-o", "report.jsonl")
    assert status == 1 and "report.jsonl" in err and len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--from", "2026-13-01"), "2026-13-01"),
        (("--from", "yesterday"), "yesterday"),
        (("--from", "0001-01-01"), "0001-01-01"),
        ((*DAY, "--timezone", "Europe/Nowhere"), "Europe/Nowhere"),
        ((*DAY, "--timezone", "../../etc/passwd"), "passwd"),
        ((*DAY, "--words", "--without-words"), "--without-words"),
        ((), "--from"),
    ],
)
def test_what_cannot_be_understood_is_named(desk, capfd, words, named):
    with pytest.raises(SystemExit) as ended:
        desk(*words)
    err = capfd.readouterr().err
    assert ended.value.code == 2 and named in err.splitlines()[-1] and "Traceback" not in err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((*DAY, "--to", "2026-11-19"), "2026-11-19"),
        ((*DAY, "-o", "no/such/folder.jsonl"), "no/such/folder.jsonl"),
        ((*DAY, "-o", "."), "."),
    ],
)
def test_what_cannot_be_done_is_one_plain_line(desk, words, named):
    status, out, err = desk(*words, "--format", "jsonl")
    assert (status, out) == (1, "") and len(err.strip().splitlines()) == 1 and named in err and "Traceback" not in err


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), DatabaseAway(reason="gone")])
def test_a_report_that_cannot_be_finished_is_taken_away(tmp_path, error):
    with pytest.raises(Unwritable if isinstance(error, OSError) else type(error)), reporting._new(tmp_path / "report") as file:
        file.write("half of it")
        raise error
    assert not (tmp_path / "report").exists()


def test_what_a_name_leads_to_is_not_followed(desk):
    Path("report.jsonl").symlink_to("elsewhere")
    status, _, err = desk(*DAY, "--format", "jsonl", "-o", "report.jsonl")
    assert status == 1 and "report.jsonl" in err and not Path("elsewhere").exists()


@pytest.mark.parametrize("url", ["sqlite:///none.db", "sqlite:///no/such/folder/tocsin.db", "postgresql://u:hunter2@127.0.0.1:1/gone"])
def test_a_database_that_is_not_there_is_said_and_not_made(desk, monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    status, _, err = desk(*DAY, "--format", "jsonl", "-o", "report.jsonl")
    assert status == 1 and len(err.strip().splitlines()) == 1 and "hunter2" not in err and "Traceback" not in err
    assert not Path("none.db").exists() and not Path("report.jsonl").exists()


def test_a_database_of_an_older_shape_is_left_as_it_is(desk, monkeypatch):
    Path("old.db").touch()
    monkeypatch.setenv("DATABASE_URL", "sqlite:///old.db")
    status, _, err = desk(*DAY, "--format", "jsonl")
    assert status == 1 and "migrate" in err
    with closing(sqlite3.connect("old.db")) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_whoever_reads_may_stop_reading(desk):
    command = f"{sys.executable} {ROOT / 'app.py'} report --from 2026-11-20 --format jsonl --words | true"
    ended = subprocess.run(["bash", "-o", "pipefail", "-c", command], check=False, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in ended.stderr


class Page(HTMLParser):
    """Tags and addresses of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("href", "src", "srcset")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_alone_and_quotes_masked_words_unless_told_not_to(desk, language):
    status, _, err = desk(*DAY, "--language", language, "-o", "page.html")
    text = Path("page.html").read_text(encoding="utf-8")
    page = Page(text)
    assert (status, err) == (0, "") and f'<html lang="{language}"' in text
    assert "script" not in page.tags and page.tags >= {"table", "picture"}
    assert len(page.addresses) == 6 and all(one.startswith("data:image/png;base64,") for one in page.addresses), "nothing from elsewhere"
    assert "prefers-color-scheme: dark" in text and "@media print" in text


def test_the_table_says_what_is_of_the_whole_of_each_day_and_of_now(desk):
    _, out, _ = desk("--from", "2026-11-19", "--to", "2026-11-20", "--format", "csv", "--timezone", "Europe/Madrid")
    rows = list(csv.DictReader(StringIO(out.removeprefix("\ufeff"))))
    mentions = [(one["from"], one["to"], one["value"]) for one in rows if (one["section"], one["name"]) == ("arrivals", "mentions")]
    midnights = [f"2026-11-{day}T00:00+01:00" for day in (19, 20, 21)]
    assert mentions == [(midnights[0], midnights[2], "2"), (midnights[0], midnights[1], "0"), (midnights[1], midnights[2], "2")]
    assert [one["from"] for one in rows if one["section"] == "open"] == ["", "", ""], "what is so now is said once"
    hours = [one for one in rows if one["section"] == "hour" and one["value"] != "0"]
    assert [(one["from"], one["to"], one["value"]) for one in hours] == [("2026-11-20T10:00+01:00", "2026-11-20T11:00+01:00", "2")]
    assert "kanarix" not in out and set(rows[0]) == {"section", "name", "from", "to", "value", "before", "unit"}


def test_no_spreadsheet_finds_a_formula_in_the_name_of_a_network(desk):
    async def more():
        store = Store("sqlite:///tocsin.db", lambda: AT)
        house = await TestHouse(store, data_breach(), Board({}), Scripted()).begin()
        await house.mentions.receive([mention(network="=cmd|' /C calc'!A0")])
        await store.close()

    asyncio.run(more())
    _, out, _ = desk(*DAY, "--format", "csv")
    cells = [cell for row in csv.reader(StringIO(out.removeprefix("\ufeff"))) for cell in row]
    assert any(cell.startswith("'=cmd") for cell in cells)
    assert [cell for cell in cells if cell.lstrip(" ")[:1] in ("=", "+", "-", "@")] == []


def test_a_year_is_the_most_for_a_page_and_no_limit_for_cases(desk):
    span = ("--from", "2025-01-01", "--to", "2026-12-31")
    for format_ in ("html", "csv"):
        status, _, err = desk(*span, "--format", format_)
        assert status == 1 and "730" in err and "366" in err and len(err.strip().splitlines()) == 1
    assert len(desk(*span, "--format", "jsonl")[1].splitlines()) == 2


def test_the_page_of_an_empty_day_is_whole(desk):
    status, out, _ = desk("--from", "2026-01-01")
    assert status == 0 and "</html>" in out and 'class="tiles"' in out
