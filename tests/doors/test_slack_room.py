"""The room of the crisis by clicks in Slack: facts on their board, a statement that two roles approve, what people attest."""

from datetime import UTC, datetime, timedelta

import pytest

from templates import say
from tests.doors.slack_house import SlackHouse, action_ids, all_text, slack_house, until
from tests.doors.slack_replies import QUICK, every_card_is_one_that_slack_takes, now
from tests.fakes.slack import Limits, view_problems

HOLDING = "We know of it and are looking into it. We will say more at six."
LANGUAGES = ["en", "es", "fr"]


@pytest.fixture(params=LANGUAGES)
async def there(tmp_path, request):
    async with slack_house(tmp_path, limits=Limits(**QUICK), language=request.param) as house:
        await house.slack.command(house.max, "/crisis", "open Leak", house.crisis)
        yield house
        every_card_is_one_that_slack_takes(house)


@pytest.fixture
async def here(tmp_path):
    async with slack_house(tmp_path, limits=Limits(**QUICK)) as house:
        await house.slack.command(house.max, "/crisis", "open Leak", house.crisis)
        yield house
        every_card_is_one_that_slack_takes(house)


def language(there: SlackHouse) -> str:
    return there.door.troubles.language


async def board_of(there: SlackHouse):
    """The board of facts, where it stands."""
    return await until(lambda: next((one for one in there.messages() if "attest:posts_stopped" in action_ids(one)), None))


async def fill(there: SlackHouse, user: str, message, action_id: str, **values: object) -> None:
    """Open the form behind a button, fill it in and send it."""
    assert (await there.click(user, message, action_id)).seconds < 3
    await send_in(there, user, action_id.partition(":")[0], **values)


async def send_in(there: SlackHouse, user: str, name: str, **values: object) -> None:
    view = await there.opened(user, name)
    sendable = {key: view[key] for key in ("type", "title", "submit", "close", "blocks", "callback_id", "private_metadata")}
    assert view_problems(sendable) == []
    sent = await there.slack.submit(user, values=values)
    assert sent.outcome == "closed", sent


async def test_a_fact_is_added_then_confirmed_and_the_board_shows_it_at_once(there):
    board = await board_of(there)
    await fill(there, there.max, board, "fact:", text="Names were copied", source="Logs")
    await until(lambda: "Names were copied" in all_text(now(there, board)))
    number = max(int(one.removeprefix("fact:")) for one in action_ids(now(there, board)) if one.removeprefix("fact:").isdigit())
    await fill(there, there.max, now(there, board), f"fact:{number}", text="Names were copied in May", data_types=["name"])
    await until(lambda: "copied in May" in all_text(now(there, board)))
    assert f"fact:{number}" not in action_ids(now(there, board)), "nothing is left to answer"
    await there.told(there.max, say("fact.noted", "en", number=number, outcome="confirmed"))


async def test_a_statement_is_proposed_and_approved_by_two_roles(there):
    board = await board_of(there)
    await fill(there, there.bo, board, "statement:holding", **{f"text_{one}": f"{one}: {HOLDING}" for one in LANGUAGES})
    card = await there.shown(f"fr: {HOLDING}")
    assert say("statement.button_approve", language(there)) in all_text(card)
    await there.press(there.bo, card, "approve_statement")
    await there.told(there.bo, say("error.own_draft", "es"))
    await there.press(there.max, card, "approve_statement")
    await there.told(there.max, "Legal")
    await there.press(there.lou, card, "approve_statement")
    await until(lambda: "✓ Lou" in all_text(now(there, card)))
    await there.press(there.max, card, "approve_statement")
    await until(lambda: [one.partition(":")[0] for one in action_ids(now(there, card))] == ["withdraw_statement"])
    line = say("statement.line", language(there), kind="holding", version=1, waiting=(), missing=(), broken=())
    await until(lambda: line in all_text(now(there, board)))


async def test_a_statement_is_rejected_with_a_reason(here):
    await fill(here, here.bo, await board_of(here), "statement:holding", text_en=HOLDING)
    card = await here.shown(HOLDING)
    await fill(here, here.lou, card, f"reject_statement:{card_id(card)}", reason="Too vague")
    await here.shown("Too vague")
    await until(lambda: action_ids(now(here, card)) == [])


def card_id(card) -> str:
    return next(one.partition(":")[2] for one in action_ids(card) if one.startswith("approve_statement:"))


async def test_a_full_statement_without_a_fact_is_refused_at_its_field(here):
    board = await board_of(here)
    await fill(here, here.max, board, "fact:", text="Names were copied", source="Logs")
    number = await until(lambda: [one for one in action_ids(now(here, board)) if one == "fact:4"])
    await fill(here, here.max, now(here, board), number[0], text="Names were copied")
    await here.click(here.bo, board, "statement:full")
    view = await here.opened(here.bo, "statement")
    await here.slack.command(here.max, "/crisis", "fact 4 retract wrong", here.crisis)
    sent = await here.slack.submit(here.bo, values={"text_en": "Names were copied.", "facts": ["4"]})
    assert (sent.outcome, list(sent.errors)) == ("errors", ["facts"])
    assert "4" in sent.errors["facts"]
    assert here.slack.views_open(here.bo)[-1]["id"] == view["id"], "nothing that was typed is lost"


async def test_what_people_attest_stands_on_the_board(there):
    board = await board_of(there)
    told = {"told_by": "Call centre", "share": "All", "how": "Letter"}
    an_hour_ago = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    await fill(there, there.max, board, "attest:customers_first", **told, at=an_hour_ago)
    await until(lambda: "Call centre" in all_text(now(there, board)))
    await fill(there, there.max, board, "attest:posts_stopped", account="@meridia")
    await until(lambda: "@meridia" in all_text(now(there, board)))


async def test_the_board_in_a_private_answer_works_like_the_one_in_the_channel(here):
    await board_of(here)
    await here.slack.command(here.bo, "/crisis", "facts", here.ordinary)
    mine = here.slack.messages_to(here.bo)[-1]
    await fill(here, here.bo, mine, "fact:", text="Cards were not copied")
    await until(lambda: any(one["ts"] == mine["ts"] and "Cards were not" in all_text(one) for one in here.slack.messages_to(here.bo)))


async def test_a_statement_is_opened_from_the_list_and_approved_there(here):
    await fill(here, here.bo, await board_of(here), "statement:holding", text_en=HOLDING)
    await here.shown(HOLDING)
    await here.slack.command(here.lou, "/crisis", "statement", here.crisis)
    await here.press(here.lou, here.slack.messages_to(here.lou)[-1], "show_statement")
    mine = await until(lambda: next((one for one in here.slack.messages_to(here.lou) if card_has(one, "approve_statement")), None))
    await here.press(here.lou, mine, "approve_statement")
    await until(lambda: any(one["ts"] == mine["ts"] and "✓ Lou" in all_text(one) for one in here.slack.messages_to(here.lou)))


def card_has(message, act: str) -> bool:
    return any(one.startswith(f"{act}:") for one in action_ids(message))


async def test_forms_of_a_command_are_answered_too(here):
    case = await here.house.case("is my data safe?")
    await here.slack.command(here.max, "/crisis", "hold silent", here.crisis)
    await here.slack.command(here.max, "/crisis", f"hold except {case}", here.crisis)
    await send_in(here, here.max, "except", reason="She is in danger")
    await here.told(here.max, f"#{case}")
    await here.slack.command(here.max, "/crisis", f"callback for {case}", here.crisis)
    await send_in(here, here.max, "callback", leader="Bo", reach_at="0808")
    listed = await here.slack.command(here.bo, "/crisis", "callbacks", here.crisis)
    assert "0808" in all_text(listed.body)
