"""What the pages for people say is what the code does."""

import json
import re
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.terminal.commands import DESCRIPTIONS
from bot.terminal.parser import COMMANDS
from bot.wire import read_mention
from flows.flow import ROLES as ROLE_NAMES
from handlers.acts import ROLES, Act
from tests.docs import DOCS, EVERY, fresh, pages

ROOT = DOCS.parent
PAGES = [*ROOT.glob("*.md"), *DOCS.glob("*.md")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_what_a_page_quotes_of_the_code_is_up_to_date(page):
    text = page.read_text(encoding="utf-8")
    assert fresh(text) == text, "run `make docs`"


def test_every_description_is_quoted_on_a_page():
    quoted = "".join(page.read_text(encoding="utf-8") for page in pages())
    assert all(f"describe {what} -->" in quoted for what in EVERY)


def test_the_table_of_acts_has_a_row_for_every_act_and_a_column_for_every_role():
    head, _, *rows = DESCRIPTIONS["acts"]().splitlines()
    assert [cell.strip() for cell in head.strip("|").split("|")][1:] == list(ROLE_NAMES)
    for act, row in zip(ROLES, rows, strict=False):
        name, *cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert name == act
        assert {role for role, cell in zip(ROLE_NAMES, cells, strict=True) if cell == "yes"} == ROLES[act]
    assert set(ROLES) == set(Act)


def test_the_page_explains_every_act():
    text = (DOCS / "acts.md").read_text(encoding="utf-8")
    assert all(f"**{act}**" in text for act in Act)


def test_the_mention_that_the_page_shows_can_be_read():
    shown = re.findall(r"```json\n(\{\n.*?\n\})\n```", (DOCS / "mention.md").read_text(encoding="utf-8"), re.DOTALL)
    assert json.loads(shown[0]).keys() >= {"network", "external_id", "customer", "text", "posted_at"}
    assert read_mention(shown[0], "docs").customer.kind == "affected"


def test_the_example_of_the_environment_names_every_setting_and_no_other():
    named = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    aliases = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert named == aliases - {"DYNO"}, "DYNO is set by the host, never by a person"


def test_the_readme_says_what_every_command_does():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(re.search(rf"`python app\.py {command}\b", text) for command in COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_our_pages_leads_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"", page.read_text(encoding="utf-8")):
        path = next(filter(None, target))
        if "://" not in path:
            assert (page.parent / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_ours_that_a_page_names_exists(page: Path):
    for name in re.findall(r"`((?:bot|handlers|flows|storage|templates|tests|docs|samples)/[\w./-]+)`", page.read_text(encoding="utf-8")):
        assert re.search(r"\b(NAME|TOPIC)\b", name) or (ROOT / name).exists(), name


def test_every_make_target_that_a_page_names_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"`make ([a-z]+)`", page.read_text(encoding="utf-8")):
            assert target in targets, f"{page.name}: make {target}"
