"""Proves the Block Kit rules at their borders: the last length that Slack takes, and the first that it refuses."""

from copy import deepcopy
from typing import Any

import pytest
import slackblocks

from tests.fakes.slack import calls_out, links, problems, view_problems
from tests.fakes.slack.validate import characters

Json = dict[str, Any]


def plain(length: int) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def marked(length: int) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(5), **more}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def options(count: int, text: int = 5, value: int = 5) -> list[Json]:
    return [{"text": plain(text), "value": f"{n:0{value}d}"} for n in range(count)]


def select(**more: Any) -> list[Json]:
    return actions({"type": "static_select", **more})


def section(**more: Any) -> list[Json]:
    return [{"type": "section", **more}]


BORDERS = {
    "section text": (lambda n: section(text=marked(n)), 3000),
    "section fields": (lambda n: section(fields=[marked(5)] * n), 10),
    "a section field": (lambda n: section(fields=[marked(n)]), 2000),
    "header": (lambda n: [{"type": "header", "text": plain(n)}], 150),
    "actions elements": (lambda n: actions(*[button()] * n), 25),
    "context elements": (lambda n: [{"type": "context", "elements": [marked(5)] * n}], 10),
    "button text": (lambda n: actions(button(text=plain(n))), 75),
    "button value": (lambda n: actions(button(value="x" * n)), 2000),
    "button url": (lambda n: actions(button(url="https://" + "x" * (n - 8))), 3000),
    "action_id": (lambda n: actions(button(action_id="x" * n)), 255),
    "block_id": (lambda n: [{"type": "divider", "block_id": "x" * n}], 255),
    "select options": (lambda n: select(options=options(n)), 100),
    "option text": (lambda n: select(options=options(1, text=n)), 75),
    "option value": (lambda n: select(options=options(1, value=n)), 150),
    "placeholder": (lambda n: select(options=options(1), placeholder=plain(n)), 150),
    "overflow options": (lambda n: actions({"type": "overflow", "options": options(n)}), 5),
    "radio options": (lambda n: actions({"type": "radio_buttons", "options": options(n)}), 10),
    "checkboxes": (lambda n: actions({"type": "checkboxes", "options": options(n)}), 10),
    "markdown": (lambda n: [{"type": "markdown", "text": "x" * n}], 12_000),
    "alt text": (lambda n: [{"type": "image", "image_url": "https://x.test/a.png", "alt_text": "x" * n}], 2000),
    "blocks in a message": (lambda n: [{"type": "divider"}] * n, 50),
    "confirm title": (lambda n: actions(button(confirm=confirm(title=plain(n)))), 100),
    "confirm text": (lambda n: actions(button(confirm=confirm(text=plain(n)))), 300),
    "confirm deny": (lambda n: actions(button(confirm=confirm(deny=plain(n)))), 30),
}


def confirm(**more: Any) -> Json:
    return {"title": plain(5), "text": plain(5), "confirm": plain(5), "deny": plain(5), **more}


@pytest.mark.parametrize("what", BORDERS)
def test_the_last_allowed_size_passes_and_the_next_does_not(what: str):
    build, most = BORDERS[what]
    assert problems(build(most)) == []
    assert len(problems(build(most + 1))) == 1


REFUSED = {
    "an empty actions block": (actions(), "no fewer than 1 items"),
    "an empty text": (section(text=marked(0)), "more than 0 characters"),
    "a section without text and fields": (section(), "must define either `text` or `fields`"),
    "markdown in a header": ([{"type": "header", "text": marked(5)}], "unsupported type: mrkdwn"),
    "markdown on a button": (actions(button(text=marked(5))), "unsupported type: mrkdwn"),
    "an unknown field": (actions(button(disabled=True)), "invalid additional property: disabled"),
    "an unknown block": ([{"type": "banner"}], "unsupported type: banner"),
    "a block without a type": ([{"text": marked(5)}], "missing required field: type"),
    "a block that is no object": (["hello"], "must provide an object"),
    "blocks that are no list": ({"type": "divider"}, "must be an array"),
    "an unknown style": (actions(button(style="warning")), "value must be one of primary, danger"),
    "a javascript link": (actions(button(url="javascript:alert(1)")), "does not match the pattern"),
    "one block_id twice": ([{"type": "divider", "block_id": "a"}] * 2, "block_id `a` already exists"),
    "one action_id twice in a block": (actions(button(action_id="a"), button(action_id="a")), "action_id `a` already exists"),
    "one action_id twice in a message": (
        actions(button(action_id="a")) + section(text=marked(5), accessory=button(action_id="a")),
        "action_id `a` already exists",
    ),
    "a multi-select among actions": (actions({"type": "multi_users_select"}), "unsupported type: multi_users_select"),
    "an input outside an input block": (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input"),
    "a select without options": (select(), "must define exactly one of `options` or `option_groups`"),
    "an initial option that is not offered": (
        select(options=options(1), initial_option={"text": plain(5), "value": "other"}),
        "must match one of the options",
    ),
    "an image without its description": ([{"type": "image", "image_url": "https://x.test/a.png"}], "missing required field: alt_text"),
    "emoji on mrkdwn": (section(text={**marked(5), "emoji": True}), "invalid additional property: emoji"),
    "a number as text": (section(text={"type": "mrkdwn", "text": 5}), "must provide a string"),
    "markdown blocks too long together": ([{"type": "markdown", "text": "x" * 7000}] * 2, "more than 12000 characters together"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_slack_refuses(what: str):
    blocks, words = REFUSED[what]
    found = problems(blocks)
    assert len(found) == 1
    assert words in found[0]


def test_the_place_of_the_problem_is_named_and_all_are_listed():
    wrong = [*section(text=marked(3001)), *actions(button(text=plain(76)), button(value="x" * 2001))]
    assert problems(wrong) == [
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        "must be less than 76 characters [json-pointer:/blocks/1/elements/0/text/text]",
        "must be less than 2001 characters [json-pointer:/blocks/1/elements/1/value]",
    ]


def test_checking_changes_nothing():
    blocks = actions(button())
    before = deepcopy(blocks)
    assert problems(blocks) == []
    assert blocks == before


def form(**more: Any) -> Json:
    return {"type": "modal", "title": plain(5), "blocks": [{"type": "divider"}], **more}


def an_input(**more: Any) -> Json:
    return {"type": "input", "label": plain(5), "element": {"type": "plain_text_input"}, **more}


VIEW_BORDERS = {
    "title": (lambda n: form(title=plain(n)), 24),
    "submit": (lambda n: form(submit=plain(n)), 24),
    "close": (lambda n: form(close=plain(n)), 24),
    "private_metadata": (lambda n: form(private_metadata="x" * n), 3000),
    "callback_id": (lambda n: form(callback_id="x" * n), 255),
    "blocks": (lambda n: form(blocks=[{"type": "divider"}] * n), 100),
    "label": (lambda n: form(submit=plain(4), blocks=[an_input(label=plain(n))]), 2000),
    "hint": (lambda n: form(submit=plain(4), blocks=[an_input(hint=plain(n))]), 2000),
    "blocks of a home tab": (lambda n: {"type": "home", "blocks": [{"type": "divider"}] * n}, 100),
}


@pytest.mark.parametrize("what", VIEW_BORDERS)
def test_the_last_allowed_size_of_a_view_passes_and_the_next_does_not(what: str):
    build, most = VIEW_BORDERS[what]
    assert view_problems(build(most)) == []
    assert len(view_problems(build(most + 1))) == 1


VIEWS_REFUSED = {
    "inputs without a submit button": (form(blocks=[an_input()]), "submit is required"),
    "a home tab with a title": ({"type": "home", "title": plain(5), "blocks": []}, "invalid additional property: title"),
    "two elements with the focus": (
        form(submit=plain(4), blocks=[an_input(element={"type": "plain_text_input", "focus_on_load": True})] * 2),
        "only one element may have focus_on_load",
    ),
    "a markdown block in a modal": (form(blocks=[{"type": "markdown", "text": "x"}]), "unsupported type: markdown"),
    "one block_id twice": (form(submit=plain(4), blocks=[an_input(block_id="a")] * 2), "block_id `a` already exists"),
}


@pytest.mark.parametrize("what", VIEWS_REFUSED)
def test_slack_refuses_the_view(what: str):
    view, words = VIEWS_REFUSED[what]
    found = view_problems(view)
    assert len(found) == 1
    assert words in found[0]


def test_what_an_independent_library_builds_is_taken():
    """slackblocks checks Slack's rules on its own; a payload of its making must pass ours."""
    press, legal = (slackblocks.Text(word, type_=slackblocks.TextType.PLAINTEXT) for word in ("Press", "Legal"))
    choice = slackblocks.StaticSelectMenu(
        action_id="tags",
        placeholder="More tags",
        options=[slackblocks.Option(text=press, value="press"), slackblocks.Option(text=legal, value="legal")],
    )
    message = slackblocks.Message(
        channel="C1",
        text="fallback",
        blocks=[
            slackblocks.HeaderBlock("Case 7"),
            slackblocks.SectionBlock(text="*A customer* writes", fields=["one", "two"]),
            slackblocks.ContextBlock(elements=[slackblocks.Text("since noon")]),
            slackblocks.DividerBlock(),
            slackblocks.ActionsBlock(elements=[slackblocks.Button(text="Claim", action_id="claim", value="7"), choice]),
            slackblocks.ImageBlock(image_url="https://example.com/a.png", alt_text="a chart"),
        ],
    )
    assert problems(message.to_dict()["blocks"]) == []


def test_characters_count_every_text_of_every_block():
    assert characters([*section(text=marked(10), fields=[marked(5)]), *actions(button(text=plain(7)))]) == 22


def test_whom_a_message_calls_and_what_can_be_clicked_in_it():
    loud = {"text": "<!here> look", "blocks": section(text={"type": "mrkdwn", "text": "<@U1|ana> <!subteam^S1> @channel"})}
    assert calls_out(loud) == ["!here", "@U1", "!subteam^S1"]
    assert calls_out({"text": "", "blocks": section(text={"type": "plain_text", "text": "<!here>"})}) == []
    assert calls_out({"text": "&lt;!here&gt;"}) == []
    clickable = {"text": "<https://a.test/x|here> http://b.test/y evil.com", "blocks": actions(button(url="https://c.test"))}
    assert links(clickable) == ["https://a.test/x", "http://b.test/y", "evil.com", "https://c.test"]
    assert links({"text": "hxxps://evil[.]com and half past 3.30"}) == []
