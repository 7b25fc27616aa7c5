"""Proves what the fake Teams refuses in a card, what it only notes, and what it says that people read there."""

from typing import Any

import pytest

from tests.fakes.teams import actions, buttons, calls_out, card_texts, dialog_problems, inputs, links, problems, warnings
from tests.fakes.teams.adaptive import elements
from tests.fakes.teams.controls import CannotActError, filled_in, find_action, sent_along
from tests.fakes.teams.sample_bot import asks, attached, card, executes, submits
from tests.fakes.teams.schema import official

NAME = {"type": "Input.Text", "id": "name", "label": "Name", "maxLength": 5, "isRequired": True, "errorMessage": "Who?"}
TONE = {
    "type": "Input.ChoiceSet",
    "id": "tone",
    "label": "Tone",
    "value": "warm",
    "choices": [{"title": "Warm", "value": "warm"}, {"title": "Cool", "value": "cool"}],
}
LINK = {"type": "Action.OpenUrl", "title": "Read", "url": "https://example.com"}
RICH = card(
    {"type": "TextBlock", "text": "Case #7", "weight": "Bolder"},
    {
        "type": "RichTextBlock",
        "inlines": [{"type": "TextRun", "text": "where is "}, "my ", {"type": "TextRun", "text": "money?", "italic": True}],
    },
    {
        "type": "ColumnSet",
        "columns": [{"type": "Column", "width": "auto", "items": [{"type": "TextBlock", "text": "left"}]}, {"type": "Column"}],
    },
    {"type": "FactSet", "facts": [{"title": "Owner", "value": "Ana"}]},
    {"type": "Container", "items": [NAME, TONE]},
    {"type": "Table", "columns": [{"width": 1}], "rows": [{"type": "TableRow", "cells": [{"type": "TableCell", "items": []}]}]},
    {"type": "ActionSet", "actions": [executes("I take it", "claim", ids="7"), asks("Write", "compose")]},
    actions=(LINK,),
    refresh={"action": {"type": "Action.Execute", "verb": "refresh"}, "userIds": ["29:ana", "8:orgid:aad-bo"]},
    msteams={"width": "Full"},
)


def many(count: int, **more: Any) -> dict[str, Any]:
    return card("x", actions=tuple({**submits(str(number), "a"), **more} for number in range(count)))


def refreshed(users: list[str]) -> dict[str, Any]:
    return card("x", refresh={"action": {"type": "Action.Execute", "verb": "r"}, "userIds": users})


def test_a_card_of_everything_that_we_use_is_taken():
    assert problems(RICH) == [] and warnings(RICH) == []


WRONG = [
    (None, "a card is an object"),
    ({**RICH, "type": "Card"}, "type must be AdaptiveCard"),
    ({**RICH, "version": "1.6"}, "version must be 1.5 at the most"),
    ({**RICH, "version": "1.3"}, "need version 1.4"),
    (card({"type": "Marquee", "text": "x"}), "unknown type 'Marquee'"),
    (card({"type": "TextBlock"}), "TextBlock needs text"),
    (card({"type": "RichTextBlock"}), "RichTextBlock needs inlines"),
    (card({"type": "Container"}), "Container needs items"),
    (card({"type": "Input.Text", "label": "x"}), "Input.Text needs id"),
    (card(NAME, {"type": "Container", "items": [NAME]}), "the id 'name' stands twice"),
    (card({"type": "Image", "altText": "x"}), "Image needs url"),
    (card("x", actions=({"type": "Action.Submit", "data": {}},)), "Action.Submit needs title"),
    (card("x", actions=({"type": "Action.Submit", "title": "x", "data": "words"},)), "is an object"),
    (card("x", actions=({**submits("x", "a"), "fallback": {"type": "Action.Http", "title": "x"}},)), "unknown type 'Action.Http'"),
    (many(7), "7 are shown, more than 6"),
    (refreshed([f"29:{number}" for number in range(61)]), "61 people, more than 60"),
    (refreshed(["aad-ana"]), "is no id of Teams"),
    (card("x", refresh={"action": submits("x", "a")}), "needs an action of type Action.Execute"),
    (card(*("x" * 1000 for _ in range(90))), "more than 81920"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG, ids=[words for _card, words in WRONG])
def test_a_card_that_teams_refuses_is_told_why(wrong: Any, words: str):
    assert any(words in line for line in problems(wrong)), problems(wrong)


def test_more_than_six_buttons_are_taken_when_the_rest_stand_in_the_menu():
    shown, hidden = many(6)["actions"], many(9, mode="secondary")["actions"]
    assert problems(card("x", actions=(*shown, *hidden))) == []


@pytest.mark.skipif(official() is None, reason="the official schema of Adaptive Cards is not beside the project")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (card({"type": "TextBlock", "text": 7}), "must be of type string"),
        (card({"type": "TextBlock", "text": "x", "colour": "red"}), "does not know colour"),
        (card({"type": "TextBlock", "text": "x", "size": "gigantic"}), "fits none"),
        (card({"type": "Input.ChoiceSet", "id": "x", "choices": [{"title": "x"}]}), "lacks value"),
        (
            card({"type": "Container", "items": [{"type": "ColumnSet", "columns": [{"type": "Column", "items": {}}]}]}),
            "must be of type array",
        ),
        ({**card("x"), "body": {}}, "must be of type array"),
    ],
)
def test_the_official_schema_finds_what_our_own_rules_do_not(wrong: Any, words: str):
    assert any(words in line for line in problems(wrong)), problems(wrong)


def test_a_dialog_does_not_execute():
    assert dialog_problems(card(NAME, actions=(submits("Save", "save"),))) == []
    assert "does nothing in a dialog" in dialog_problems(RICH)[0]


def test_a_large_card_and_a_required_input_without_words_are_noted():
    assert "over 28672" in warnings(card("x" * 30_000))[0] and problems(card("x" * 30_000)) == []
    assert "errorMessage" in warnings(card({**NAME, "errorMessage": ""}))[0]


def test_every_text_that_people_see_is_told_in_its_order():
    assert card_texts(RICH) == [
        "Case #7", "where is my money?", "left", "Owner", "Ana", "Name", "Tone", "Warm", "Cool", "I take it", "Write", "Read",
    ]  # fmt: skip


def test_buttons_and_inputs_are_found_wherever_they_stand():
    assert buttons(RICH) == ["I take it", "Write", "Read"] and [one["id"] for one in inputs(RICH)] == ["name", "tone"]
    assert [one["type"] for one in actions(RICH)] == ["Action.Execute", "Action.Submit", "Action.OpenUrl"]
    assert all(at.startswith("/") for at, _one in elements(RICH))


def test_links_and_calls_are_found():
    bo = {"type": "mention", "text": "<at>Bo</at>", "mentioned": {"id": "29:bo", "name": "Bo"}}
    said = attached(
        card("see [this](https://bad.example/x) <at>Bo</at>", actions=(LINK,), msteams={"entities": [bo]}), text="https://a.example"
    )
    assert links(said) == ["https://a.example", "https://bad.example/x", "https://example.com"] and calls_out(said) == ["29:bo"]
    harmless = card({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "[x](https://bad.example)"}]})
    assert links(attached(harmless)) == []


def test_what_is_sent_along_is_the_buttons_data_with_what_was_filled_in():
    button = submits("Save", "save", ids="7")
    filled = sent_along(card(NAME, TONE, actions=(button,)), button, {"name": "Ana", "tone": "Cool"})
    assert filled == {"act": "save", "ids": "7", "name": "Ana", "tone": "cool"}
    assert sent_along(card(NAME), {**button, "associatedInputs": "none"}, {}) == {"act": "save", "ids": "7"}


def test_inputs_send_what_stood_there_and_nothing_when_they_are_empty():
    many_tones = {**TONE, "isMultiSelect": True}
    toggle = {"type": "Input.Toggle", "id": "sure", "title": "Sure"}
    optional = {**NAME, "isRequired": False}
    assert filled_in(card(optional, TONE, toggle), {}) == {"tone": "warm", "sure": "false"}
    assert filled_in(card(many_tones, toggle), {"tone": ["Warm", "cool"], "sure": True}) == {"tone": "warm,cool", "sure": "true"}


@pytest.mark.parametrize(
    ("control", "value"),
    [
        (NAME, ""),
        (NAME, "Maximilian"),
        ({**NAME, "regex": "^[a-z]+$"}, "A1"),
        (TONE, "hot"),
        ({"type": "Input.Date", "id": "day"}, "tomorrow"),
        ({"type": "Input.Time", "id": "hour"}, "noon"),
        ({"type": "Input.Number", "id": "count"}, "many"),
    ],
)
def test_nobody_can_enter_what_the_client_does_not_take(control: dict[str, Any], value: str):
    with pytest.raises(CannotActError):
        filled_in(card(control), {control["id"]: value})


def test_a_button_is_found_by_its_words_its_act_or_its_verb_and_never_by_guessing():
    assert find_action(RICH, "I take it") == find_action(RICH, "claim") and find_action(RICH, "compose")["title"] == "Write"
    with pytest.raises(CannotActError, match="there is no button"):
        find_action(RICH, "approve")
    with pytest.raises(CannotActError, match="several buttons"):
        find_action(card("x", actions=(submits("Do", "a", ids="1"), submits("Do", "a", ids="2"))), "Do")
