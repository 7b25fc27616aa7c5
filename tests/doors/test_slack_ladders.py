"""Ladders by commands and clicks in Slack: who is on duty, what waits for me, FLOW as a picture, and ways that fail."""

import asyncio

import pytest

from bot.slack.blocks import card_blocks
from flows.rota import Rota
from handlers.errors import DoorClosed, Refused
from handlers.escalation import cards as notice_cards
from handlers.escalation.acts import FILLED
from handlers.escalation.replies import on_call_card, waiting_card
from handlers.escalation.roster import Roster
from handlers.ports import Called, Card, Place, Who, Words
from storage import notices
from templates import say
from tests.dial import RunningDial
from tests.doors.slack_house import SlackHouse, action_ids, all_text, first_text, slack_house, until
from tests.doors.test_slack_every_card import assert_a_view
from tests.doors.test_slack_workspace import CARD, slack, workspace  # noqa: F401 - fixtures
from tests.fakes.slack import calls_out, problems
from tests.story.ladder_house import DANGER, QUICK, LadderHouse, acts, ladder_house, waits


@pytest.fixture
async def at(tmp_path):
    async with ladder_house(tmp_path) as house:
        yield house


async def test_what_waits_for_me_is_listed_and_a_click_makes_the_list_shorter(at: LadderHouse):
    there = at.there
    first, second = await at.case(), await at.case()
    await at.told(there.bo, f"#{second}")
    await at.command(there.bo, "waiting")
    listed = await there.told(there.bo, say("call.waiting_title", "es", count=2))
    assert action_ids(listed) == [f"acknowledge_listed:{first}", f"acknowledge_listed:{second}"]
    await at.press(there.bo, listed, "acknowledge_listed")
    left = await there.told(there.bo, say("call.waiting_title", "es", count=1))
    assert (left["ts"], action_ids(left)) == (listed["ts"], [f"acknowledge_listed:{second}"])
    await at.card(first, "Bo is on it")
    await at.press(there.bo, left, "acknowledge_listed")
    await there.told(there.bo, say("call.nothing_waits", "es"))


async def test_each_act_of_a_ladder_can_be_typed(at: LadderHouse):
    there = at.there
    case = await at.case()
    await at.command(there.ana, f"ack {case}")
    await at.card(case, "Ana is on it")
    await at.command(there.max, f"take {case}")
    await there.told(there.max, say("command.taken_over", "en", number=case))
    await at.command(there.max, f"give {case} Bo")
    await there.told(there.max, say("command.given", "en", number=case, name="Bo"))
    await at.command(there.bo, f"snooze {case} 20m")
    await at.card(case, "Bo has put it off until")
    await at.command(there.bo, f"give {case}")
    await there.opened(there.bo, "reassign")
    await there.slack.close_view(there.bo)
    await at.command(there.ana, "oncall")
    shown = await there.told(there.ana, "On duty now")
    assert say("oncall.duty", "en", rota="duty_lead", now="Bo", then="", at=None) in all_text(shown)


async def test_what_cannot_be_done_is_said_in_the_form_or_privately(at: LadderHouse):
    there = at.there
    case = await at.case()
    asked = await at.told(there.bo, waits("es"))
    await at.press(there.bo, asked, "snooze")
    await there.opened(there.bo, "snooze")
    empty = await there.slack.submit(there.bo, values={})
    assert empty.outcome == "errors" and empty.errors
    await there.slack.close_view(there.bo)
    await at.command(there.bo, f"snooze {case} 9h")
    await there.told(there.bo, say("error.too_long", "es", minutes=30))
    await at.press(there.eve, await there.card_of(case), "acknowledge")
    await until(lambda: there.slack.messages_to(there.eve))
    assert "acknowledge" in acts(await there.card_of(case))


async def test_everybody_who_clicks_at_once_is_answered_and_one_of_them_has_it(at: LadderHouse):
    there = at.there
    case = await at.case()
    call = await at.thread(case, "step 1")
    await asyncio.gather(*(at.press(who, call, "acknowledge") for who in (there.bo, there.max, there.ana)))
    await until(lambda: acts(there.slack.channel(there.crisis).message(call["ts"])) == [], 15)
    over = there.slack.channel(there.crisis).message(call["ts"])
    names = [name for name in ("Bo", "Max", "Ana") if say("call.over", "en", name=name) in all_text(over)]
    assert len(names) == 1
    await at.card(case, f"{names[0]} is on it")


@pytest.mark.parametrize(("typed", "title"), [("flow", "Data breach"), ("flow life_at_risk", "Life at risk")])
async def test_flow_is_shown_as_a_picture_where_it_was_asked_for(at: LadderHouse, typed, title):
    there = at.there
    await at.command(there.max, typed)
    message = await until(lambda: next((one for one in there.messages() if one.get("files")), None), 30)
    (file,) = there.slack.state.files.values()
    assert file["content"].startswith(b"\x89PNG") and len(file["content"]) > 10_000
    assert title in message["files"][0]["title"]
    assert file["alt_txt"] == say("picture.flow_described", "en", count=len(there.house.flow.ladders) if typed == "flow" else 1)


async def test_a_ladder_that_flow_does_not_have_is_refused(at: LadderHouse):
    await at.command(at.there.max, "flow moonshine")
    await until(lambda: at.there.slack.messages_to(at.there.max))
    assert not at.there.slack.calls_of("files.getUploadURLExternal")


@pytest.mark.parametrize("language", ["en", "es"])
async def test_what_keeps_a_picture_away_is_said(at: LadderHouse, language):
    there = at.there
    who = {"en": there.max, "es": there.bo}[language]
    elsewhere = there.slack.add_channel("elsewhere", bot=False).id
    await at.command(who, "flow", elsewhere)
    await there.told(who, say("error.picture_not_shown", language, reason="not_in_channel"))
    there.slack.token().scopes -= {"files:write"}
    await at.command(who, "flow")
    await there.told(who, say("error.picture_not_shown", language, reason="missing_scope"))
    there.slack.token().scopes |= {"files:write"}
    there.slack.faults.next("upload", "500")
    await at.command(who, "flow")
    await there.told(who, say("error.picture_not_shown", language, reason="SlackRequestError"))


async def test_a_workspace_that_is_closed_lets_mail_go_first_and_is_made_up_for_later(at: LadderHouse):
    there = at.there
    case = await there.house.case("high: all of it is gone")
    await there.card_of(case)
    there.slack.token().trouble = "account_inactive"
    await at.forward(minutes=30)
    await until(lambda: at.mail.titles("bo@example.com") == ["notice.title"], 10)
    there.slack.token().trouble = None
    await at.forward(seconds=31)
    await at.told(there.bo, f"#{case}")


@pytest.mark.parametrize("reason", ["user_disabled", "user_not_found", "cannot_dm_bot", "messages_tab_disabled", "missing_scope"])
async def test_whom_slack_lets_nobody_write_to_is_a_refusal_and_closes_nothing(slack, workspace, reason):  # noqa: F811
    slack.faults.next("conversations.open", f"error:{reason}")
    with pytest.raises(Refused, match=reason):
        await workspace.post(Place("U1"), CARD, "en", "t1")
    await workspace.post(Place("U1"), CARD, "en", "t2")


async def test_a_dead_token_closes_the_workspace_and_is_no_persons_fault(slack, workspace):  # noqa: F811
    slack.token().trouble = "account_inactive"
    with pytest.raises(DoorClosed) as closed:
        await workspace.post(Place("U1"), CARD, "en", "t1")
    assert closed.value.whole


async def test_somebody_who_has_left_is_noticed_although_slack_takes_posts_to_them(slack, workspace):  # noqa: F811
    await workspace.post(Place("U1"), CARD, "en", "t1")
    slack.state.users["U1"].deleted = True
    await workspace.post(Place("U1"), CARD, "en", "t2")  # as Slack does, into a conversation that nobody reads
    object.__setattr__(workspace, "open_for", -workspace.open_for)
    with pytest.raises(Refused, match="user_disabled"):
        await workspace.post(Place("U1"), CARD, "en", "t3")


@pytest.mark.parametrize(("account", "calls"), [("U1", ["@U1"] * 2), (None, []), ("<!channel>", []), ("U1|x> <!here", []), ("u1", [])])
async def test_only_an_account_of_slack_is_called_anything_else_is_a_name(slack, workspace, account, calls):  # noqa: F811
    person = Called("Ana <!channel> *bold*", {"slack": account})
    card = Card(Words("call.title", {"people": (person,), "step": 1, "exercise": False}))
    await workspace.post(Place("C1"), card, "en", "t1")
    (message,) = slack.channel("C1").messages
    assert calls_out(message) == calls
    assert ("Ana" in first_text(message)) is not bool(calls)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_every_form_and_card_of_a_ladder_is_one_that_slack_takes(at: LadderHouse, language):
    house, who = at.there.house, Who("slack", at.there.max)
    first, second = await at.case(), await at.case()
    desk = house.escalation.desk
    for act in FILLED:
        assert_a_view(await desk.form(who, act, first), language)
    async with house.store.read() as work:
        shown = [await notice_cards.read(work, house.shelf, one.id) for one in await notices.of_calls(work, range(1, 10))]
    cards = [waiting_card(await desk.waiting(Who("slack", at.there.bo))), on_call_card(await desk.on_call(who))]
    for reading in shown:
        assert reading
        cards.append(notice_cards.call_card(reading) if reading.notice.case_id else notice_cards.notice_card(reading))
    cards += [(await house.desk.thread(who, number)).card for number in (first, second)]
    assert len(cards) == 7, "two threads and one direct message among them"
    for card in cards:
        blocks = card_blocks(card, language)
        assert problems(blocks) == []
        rows = [block for block in blocks if block["type"] == "actions"]
        assert len(rows) <= 3
        labels = [one["text"]["text"] for row in rows for one in row["elements"] if "text" in one]
        assert len(set(labels)) == len(labels), "no two buttons of a card read alike"
        assert [one for one in labels if len(one) > 30] == []


async def test_somebody_known_by_address_alone_is_called_before_they_have_ever_clicked(tmp_path):
    dial = RunningDial()
    roster = Roster({"duty_lead": Rota("duty_lead", "UTC", order=("Bo",))})
    async with slack_house(tmp_path, limits=QUICK, dial=dial, roster=roster) as there:
        await until_known(there, there.bo)
        await there.card_of(await there.house.case(DANGER))
        await there.house.climb.fire()
        there.house.store.wake.set()
        await until(lambda: there.slack.channel(there.bo).messages, 15)


async def until_known(there: SlackHouse, account: str) -> None:
    for _ in range(200):
        if await there.house.staff.knows(Who("slack", account)):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("never recognised")
