"""Every card and form of the house in each language: taken by Microsoft's own reader and by its schema, and no word of ours cut."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.teams.cards import TOGETHER, card_content, card_message, confirm_content
from bot.teams.forms import form_content
from handlers.ports import Words
from templates import say
from tests.doors.teams_gallery import ACCOUNT, LANGUAGES, Gallery, alone
from tests.doors.test_teams_cards import actions, assert_dead, size_of
from tests.fakes.teams.adaptive import dialog_problems, elements, problems, warnings
from tests.fakes.teams.reading import card_text
from tests.fakes.teams.schema import official

Json = dict[str, Any]
ADAPTIVE = Path(__file__).parent.parent / "adaptive"
LABEL, TITLE = 40, 64  # letters that Teams shows of a button, and of a window's title


@pytest.fixture(scope="module")
def shown() -> Gallery:
    """Built once: its cards are values, and on which database they were made shows in none."""
    return asyncio.run(alone())


def contents(shown: Gallery, language: str, *, in_dialog: bool) -> dict[str, Json]:
    """By name: as a message shows them, or as a window does."""
    cards = {name: card_content(card, language, in_dialog=in_dialog, token="t") for name, card in shown.cards.items()}
    forms = {
        f"form {name}": form_content(form, language, {"act": "x"}, in_chat=not in_dialog, errors={"text": Words("command.not_done")})
        for name, form in shown.forms.items()
    }
    return {**cards, **forms}


def wrong(found: Iterable[tuple[str, Json]], check: Callable[[Json], object]) -> dict[str, object]:
    return {name: said for name, content in found if (said := check(content))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_and_form_is_one_that_teams_takes(shown, language):
    for in_dialog, check in ((False, problems), (True, dialog_problems)):
        found = contents(shown, language, in_dialog=in_dialog)
        assert len(found) > 60
        assert wrong(found.items(), check) == {}
        assert wrong(found.items(), warnings) == {}
        for content in found.values():
            assert size_of(content) <= TOGETHER
            assert_dead(content)


def test_the_official_schema_was_asked():
    if official() is None:
        pytest.skip("the official schema of Adaptive Cards does not lie beside the project")
    assert problems({"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "t", "colour": "red"}]})


@pytest.mark.slow
def test_microsofts_own_reader_has_nothing_to_say_against_any(shown):
    node = shutil.which("node")
    if node is None or not (ADAPTIVE / "node_modules").is_dir():
        pytest.skip("no node here, or npm ci was not run in tests/adaptive")
    found = {
        f"{language}, {'window' if in_dialog else 'message'}: {name}": content
        for language in LANGUAGES
        for in_dialog in (False, True)
        for name, content in contents(shown, language, in_dialog=in_dialog).items()
    }
    bad = {"bad": {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "**b**"}, {"type": "Nothing"}]}}
    read = subprocess.run(
        [node, str(ADAPTIVE / "read.mjs")], input=json.dumps({**found, **bad}), capture_output=True, text=True, check=True, timeout=60
    )
    said = json.loads(read.stdout)
    assert len(said.pop("bad")) == 3, "it does read them: an unknown element, and bold that opens and closes"
    assert said == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_ours_is_cut(shown, language):
    for name, content in contents(shown, language, in_dialog=False).items():
        assert say("command.cut", language) not in card_text(content), name
        labels = [one["title"] for one in actions(content)]
        assert [label for label in labels if len(label) > LABEL] == []
    for form in shown.forms.values():
        long = {**form.title.facts, **({"number": 123_456} if "number" in form.title.facts else {})}
        assert len(say(form.title.name, language, **long)) <= TITLE


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_buttons_of_a_card_read_alike(shown, language):
    for name in ("case", "case called", "answer 0", "answer 1", "board", "call 1"):
        labels = [one["title"] for one in actions(card_content(shown.cards[name], language))]
        assert len(set(labels)) == len(labels), name


def test_a_case_shows_at_most_five_lines_of_buttons_and_the_rest_in_a_menu(shown):
    for name in ("case", "case called"):
        sets = [one["actions"] for one in card_content(shown.cards[name], "fr")["body"] if one["type"] == "ActionSet"]
        assert len(sets) <= 5
        assert [one for one in sets[-1] if one.get("mode") == "secondary"]


def test_nothing_that_a_customer_wrote_stands_in_a_notification(shown):
    for language in LANGUAGES:
        for card in shown.cards.values():
            summary = card_message(card, language)["summary"]
            assert summary.strip()
            assert not any(secret in summary for secret in ("typed my password", "do you even read", "carla", "Montes", "ana_ruiz"))


def test_what_is_masked_stays_masked_and_whoever_is_called_is_mentioned(shown):
    called = card_text(card_content(shown.cards["case called"], "en"))
    assert "4111" not in called
    assert "hxxps[:]//meridia-login[.]example" in called
    assert "4111 1111 1111 1111" in card_text(card_content(shown.cards["case revealed"], "en"))
    calls = [card_content(card, "en", accounts={ACCOUNT: "29:grace"}) for name, card in shown.cards.items() if name.startswith("call ")]
    mentioned = [one["mentioned"]["id"] for call in calls for one in call.get("msteams", {}).get("entities", ())]
    assert set(mentioned) == {"29:grace"}


def test_every_question_before_an_act_can_be_asked_in_a_window(shown):
    asked = 0
    for card in shown.cards.values():
        for one in actions(card_content(card, "es")):
            data = one.get("data", {})
            if "confirm" in data:
                window = confirm_content(data, "es", {"message_id": "1"})
                assert window
                assert dialog_problems(window) == []
                assert len(card_text(window).splitlines()) == 2, "the question, and the button"
                asked += 1
    assert asked


def test_no_element_but_the_first_has_an_id_in_a_card(shown):
    for card in shown.cards.values():
        ids = [one["id"] for _at, one in elements(card_content(card, "en", token="t")) if "id" in one]
        assert ids == ["token:t"]
