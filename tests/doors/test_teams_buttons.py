"""Buttons as actions: what does something, what opens a window, what leads away, and how many fit side by side."""

from typing import Any

import pytest

from bot.teams.actions import CONFIRM, WINDOWS
from bot.teams.cards import card_content, confirm_content
from handlers.buttons import LEADING, Buttons
from handlers.ports import Button, Card, Style, Words
from templates import say
from tests.fakes.teams.adaptive import dialog_problems
from tests.fakes.teams.reading import actions, card_text


def row(*acts: str, **more: Any) -> Card:
    return Card(
        Words("plain.text", {"text": "t"}),
        buttons=(tuple(Button(act, Words("button.reply"), f"{n}", **more) for n, act in enumerate(acts)),),
    )


def test_what_does_something_is_executed_what_asks_opens_a_window_and_what_leads_away_does_neither():
    card = Card(
        Words("plain.text", {"text": "t"}),
        buttons=(
            (
                Button("claim", Words("button.claim"), "7", Style.PRIMARY),
                Button("note", Words("button.note"), "7"),
                Button("open_original", Words("button.open_original"), "7", url="https://x.com/1"),
            ),
        ),
    )
    claim, note, leads = actions(card_content(card, "en"))
    assert (claim["type"], claim["verb"], claim["data"], claim["style"]) == (
        "Action.Execute", "claim", {"act": "claim", "ids": "7"}, "positive",
    )  # fmt: skip
    assert claim["fallback"] == {"type": "Action.Submit", "title": claim["title"], "style": "positive", "data": claim["data"]}
    assert (note["type"], note["data"]) == ("Action.Submit", {"act": "note", "ids": "7", "msteams": {"type": "task/fetch"}})
    assert (leads["type"], leads["url"]) == ("Action.OpenUrl", "https://x.com/1")


def test_in_a_window_every_button_submits():
    shown = actions(card_content(row("claim", "note"), "en", in_dialog=True))
    assert [(one["type"], one["data"]) for one in shown] == [
        ("Action.Submit", {"act": "claim", "ids": "0"}),
        ("Action.Submit", {"act": "note", "ids": "1"}),
    ]


@pytest.mark.parametrize("in_dialog", [False, True])
def test_what_needs_a_second_thought_is_asked_in_a_window_before_it_is_done(in_dialog):
    asks = Button("delete_reply", Words("button.delete_reply"), "7:3", Style.DANGER, confirm=Words("button.delete_reply"))
    card = Card(Words("plain.text", {"text": "t"}), buttons=((asks,),))
    (first,) = actions(card_content(card, "en", in_dialog=in_dialog))
    assert first["type"] == "Action.Submit"
    assert ("msteams" in first["data"]) is not in_dialog
    window = confirm_content(first["data"], "en", {"message_id": "1"})
    assert window
    assert dialog_problems(window) == []
    assert say("button.delete_reply", "en") in card_text(window)
    (sure,) = actions(window)
    assert sure["style"] == "destructive"
    assert sure["data"] == {"act": "delete_reply", "ids": "7:3", "origin": {"message_id": "1"}}
    assert confirm_content(sure["data"], "en", {}) is None, "it is asked once"


@pytest.mark.parametrize("forged", ["x", {}, {"question": ""}, None, ["question"]])
def test_a_question_that_is_none_asks_nothing(forged):
    assert confirm_content({"act": "close", "ids": "7", CONFIRM: forged}, "en", {}) is None


def test_a_link_that_leads_to_no_web_address_makes_no_button():
    urls = ["javascript:x", "https://x.com/1", "ftp://a"]
    buttons = tuple(Button("open_original", Words("button.open_original"), str(n), url=url) for n, url in enumerate(urls))
    shown = actions(card_content(Card(Words("plain.text", {"text": "t"}), buttons=(buttons,)), "en"))
    assert [one["url"] for one in shown] == ["https://x.com/1"]


def test_buttons_break_into_lines_before_teams_cuts_them_short():
    sets = [one["actions"] for one in card_content(row(*["claim"] * 20), "en")["body"] if one["type"] == "ActionSet"]
    assert [len([one for one in line if one.get("mode") != "secondary"]) for line in sets] == [4, 3]
    assert sum(len(line) for line in sets) == 20, "the rest stands in the menu of the last line, whose own button takes room"


def test_no_menu_is_made_for_one_button_alone():
    attests = tuple(Button("attest", Words("plain.text", {"text": "x" * 30}), gate) for gate in "ab")
    many = (row("claim").buttons[0], row("tag").buttons[0], attests)
    shown = actions(card_content(Card(Words("draft.seen"), buttons=many), "en"))
    assert [one.get("mode") for one in shown] == [None] * 4


def test_rows_of_nothing_but_one_act_are_one_row():
    many = (row("fact", "fact", "fact", "fact").buttons[0], row("fact").buttons[0], row("claim").buttons[0])
    sets = [one["actions"] for one in card_content(Card(Words("draft.seen"), buttons=many), "en")["body"][1:]]
    assert [[one["data"]["act"] for one in line] for line in sets] == [["fact"] * 4, ["fact"], ["claim"]]


def test_a_later_row_of_plain_buttons_stands_in_the_menu_of_the_last():
    rows_ = tuple(tuple(Button(f"act{line}", Words("button.reply"), f"{line}:{n}") for n in range(3)) for line in range(4))
    sets = [one["actions"] for one in card_content(Card(Words("plain.text", {"text": "t"}), buttons=rows_), "en")["body"][1:]]
    assert [[one.get("mode") for one in line] for line in sets] == [[None] * 3, [None] * 3, [None] * 3 + ["secondary"] * 3]


async def test_a_window_opens_for_exactly_what_asks_or_is_looked_at(house):
    known = Buttons.of(house.use_cases())
    assert {*known.forms, *known.looks} == set(WINDOWS)
    assert not {*known.small, *known.answers, *LEADING} & WINDOWS
