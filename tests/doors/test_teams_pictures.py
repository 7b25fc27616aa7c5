"""docs/cards.md shows every card, form and question that the product can show, and none of it is crowded."""

import ast
import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from PIL import Image

from bot.teams.actions import AROUND, LINE, MENU
from handlers.buttons import Buttons
from tests.builders import ROOT
from tests.cards_page import FOLDER, PAGE, file_of, page, pictured
from tests.doors.teams_gallery import LANGUAGES, Gallery, alone
from tests.fakes.teams.adaptive import elements
from tests.teams_pictures import cards, questions

PICTURES = PAGE.parent / FOLDER
MAKERS = ("Card", "Form")
EACH_MOST, ALL_MOST = 60_000, 3_000_000  # bytes


def made_at() -> set[tuple[str, int]]:
    """Every line of the house that makes a card or a form."""
    found = set()
    for file in (ROOT / "handlers").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                found.add((str(file), node.lineno))
    return found


class Ran:
    """The lines of those files that were run."""

    def __init__(self, files: set[str]) -> None:
        self.files, self.lines = files, set[tuple[str, int]]()

    def enter(self, frame: FrameType, _event: str, _what: Any) -> Any:
        return self.step if frame.f_code.co_filename in self.files else None

    def step(self, frame: FrameType, event: str, _what: Any) -> Any:
        if event == "line":
            self.lines.add((frame.f_code.co_filename, frame.f_lineno))
        return self.step


@pytest.fixture(scope="module")
def drawn() -> Iterator[tuple[Gallery, Ran]]:
    before, ran = sys.gettrace(), Ran({file for file, _ in made_at()})
    sys.settrace(ran.enter)
    try:
        shown = asyncio.run(alone())
    finally:
        sys.settrace(before)
    return shown, ran


def test_every_place_that_makes_a_card_or_a_form_was_asked_for_one(drawn):
    _shown, ran = drawn
    places = made_at()
    assert len(places) > 60
    assert sorted(f"{Path(file).relative_to(ROOT)}:{line}" for file, line in places - ran.lines) == []


async def test_every_form_that_a_button_opens_is_there(drawn, house):
    shown, _ran = drawn
    opened = Buttons.of(house.use_cases()).forms
    assert set(opened) - {re.split("[ ,]", name)[0] for name in shown.forms} == set()


def test_the_page_has_all_that_is_drawn_and_nothing_else(drawn):
    shown, _ran = drawn
    named = {"card": set(shown.cards), "form": set(shown.forms), "question": set(questions(shown, "en"))}
    listed = {kind: {name for one, name in pictured() if one == kind} for kind in named}
    assert listed == named, "give it its words in tests/cards_page.py, then `make pictures`"
    assert len(list(pictured())) == sum(map(len, named.values())), "none is shown twice"


def test_the_page_is_as_it_was_written_and_every_picture_lies_there():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make pictures`"
    sheets = {f"all{kind}-{language}.png" for kind in ("", "-forms") for language in LANGUAGES[1:]}
    assert {one.name for one in PICTURES.iterdir()} == sheets | {file_of(*one) for one in pictured()}


def test_the_pictures_are_small():
    sizes = {one.name: one.stat().st_size for one in PICTURES.glob("*.png")}
    assert {name: size for name, size in sizes.items() if size > EACH_MOST and not name.startswith("all")} == {}
    assert sum(sizes.values()) <= ALL_MOST
    for one in PICTURES.glob("[!a]*.png"):
        with Image.open(one) as picture:
            assert picture.width <= 600


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_buttons_is_longer_than_a_telephone_is_wide(drawn, language):
    shown, _ran = drawn
    crowded = {}
    for name, content in cards(shown, tuple(shown.cards), language).items():
        for _at, one in elements(content):
            if one.get("type") == "ActionSet":
                visible = [len(each["title"]) + AROUND for each in one["actions"] if each.get("mode") != "secondary"]
                menu = MENU if len(visible) < len(one["actions"]) else 0
                if len(visible) > 1 and sum(visible) + menu > LINE:
                    crowded[name] = [each["title"] for each in one["actions"]]
    assert crowded == {}
