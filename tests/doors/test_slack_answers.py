"""The one reply by clicks in Slack: written in a form, approved on its card, published, its receipt in the thread. Over real HTTP."""

import asyncio
from copy import deepcopy

import pytest

from handlers.answers.drafts import Wording
from handlers.answers.proofreading import Proofreader
from handlers.errors import CannotAsk
from storage import cases as case_rows
from storage import drafts
from templates import say
from tests.doors.slack_house import SlackHouse, action_ids, all_text, button, menus, slack_house, until
from tests.fakes.network import FakeNetwork
from tests.fakes.slack import Limits, problems, view_problems

SAID = {
    "en": "do you even read what people write to you here?",
    "es": "¿de verdad leéis lo que la gente os escribe aquí?",
    "fr": "est-ce que vous lisez ce que les gens vous écrivent ici ?",
}
ANSWER = {
    "en": "I do read what people write to us here, yours too. Ana",
    "es": "Sí que leo lo que la gente nos escribe aquí, también lo tuyo. Ana",
    "fr": "Je lis bien ce que les gens nous écrivent ici, vous aussi. Ana",
}
QUICK = {"channel_posts_per_second": 20.0, "workspace_posts_per_minute": 10_000, "burst": 20}


@pytest.fixture(autouse=True, scope="module")
def warm():
    """As the bot is before anybody writes: what the checks know takes seconds to load."""
    asyncio.run(Proofreader({}).warm())


@pytest.fixture
async def there(tmp_path):
    async with slack_house(tmp_path, limits=Limits(**QUICK)) as house:
        yield house
        every_card_is_one_that_slack_takes(house)


def every_card_is_one_that_slack_takes(there: SlackHouse) -> None:
    shown = [message for channel in there.slack.state.channels.values() for message in channel.messages]
    for message in (*shown, *(one.message for one in there.slack.ephemerals)):
        assert problems(message.get("blocks", [])) == []
    assert there.slack.meters.refused == []


async def begin(there: SlackHouse, user: str, message, act: str):
    """Open the form behind a button."""
    ack = await there.press(user, message, act)
    assert ack.acknowledged and ack.seconds < 3
    view = await there.opened(user, act)
    sendable = {key: view[key] for key in ("type", "title", "submit", "close", "blocks", "callback_id", "private_metadata")}
    assert view_problems(sendable) == []
    return view


def inputs(view) -> dict[str, str]:
    """Field → the block_id under which it now stands."""
    return {one["block_id"].partition("@")[0]: one["block_id"] for one in view["blocks"] if one["type"] == "input"}


def text_in(view) -> str:
    return next(one["element"] for one in view["blocks"] if one["block_id"] == inputs(view)["text"]).get("initial_value", "")


async def start_from(there: SlackHouse, user: str, start: str, words: str):
    """Choose a starting point and wait until the form holds its words anew."""
    before = there.slack.views_open(user)[-1]["hash"]
    await there.slack.click_in_view(user, "refill:start", start)
    return await until(lambda: next((one for one in there.slack.views_open(user) if one["hash"] != before and words in text_in(one)), None))


async def propose(there: SlackHouse, case: int, text: str, *, user: str | None = None, where: str = "private"):
    """Reply by the form; the card that waits for approval."""
    user = user or there.ana
    await begin(there, user, await there.card_of(case), "reply")
    sent = await there.slack.submit(user, values={"text": text, "where": where})
    assert sent.outcome == "closed", sent
    return await there.shown(text)


async def case_of(there: SlackHouse, case_id: int):
    async with there.house.store.read() as work:
        return await case_rows.get(work, case_id)


def now(there: SlackHouse, message):
    """The message as it stands at this moment."""
    return next(found for channel in there.slack.state.channels.values() if (found := channel.message(message["ts"])))


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_from_the_first_mention_to_the_customers_answer(tmp_path, language):
    async with slack_house(tmp_path, limits=Limits(**QUICK), language=language) as there:
        case = await there.house.case(SAID[language], by="carla", language=language)
        card = await there.card_of(case)
        await there.press(there.ana, card, "claim")

        await begin(there, there.ana, card, "reply")
        begun = await start_from(there, there.ana, "sorry", say("start.sorry", language, name="Customer carla").split("\n")[0])
        answer = ANSWER[language]
        sent = await there.slack.submit(there.ana, values={inputs(begun)["text"]: answer, inputs(begun)["where"]: "private"})
        assert sent.outcome == "closed", sent
        await there.told(there.ana, say("draft.proposed", language, status="in_approval", version=1))

        waiting = await there.shown(answer)
        assert waiting["thread_ts"] == card["ts"]
        assert SAID[language] in all_text(waiting) and say("button.approve", language) in all_text(waiting)
        await there.press(there.ana, waiting, "approve")
        refused = await there.told(there.ana, say("error.not_allowed", language, roles=["dpo"])[:20])
        assert refused["thread_ts"] == card["ts"], "told where Ana is looking"
        assert there.published == []

        await there.press(there.bo, waiting, "approve")
        await until(lambda: action_ids(now(there, waiting)) == [])
        receipt = await there.receipt(say("draft.receipt", language, state="sent", reason="", at="", rehearsed=False).partition("(")[0])
        assert there.published == [answer]
        assert receipt["thread_ts"] == card["ts"]
        assert [one.partition(":")[0] for one in action_ids(receipt)] == ["open_reply", "correct", "delete_reply"]
        assert (await case_of(there, case)).status == "answered"

        assert await there.house.case("?", by="carla", language=language) == case
        await there.told(there.ana, f"#{case}")
        assert (await case_of(there, case)).status == "open"
        every_card_is_one_that_slack_takes(there)


async def test_nobody_approves_their_own_and_is_told_so_privately_in_the_thread(there):
    case = await there.house.case(SAID["en"])
    waiting = await propose(there, case, ANSWER["en"], user=there.bo)
    await there.press(there.bo, waiting, "approve")
    said = await there.told(there.bo, say("error.own_draft", "es"))
    assert said["thread_ts"] == waiting["thread_ts"]
    assert there.published == []


async def test_two_who_approve_at_once_send_it_once(there):
    waiting = await propose(there, await there.house.case(SAID["en"]), ANSWER["en"])
    acks = await asyncio.gather(*(there.press(who, waiting, "approve") for who in (there.bo, there.max, there.bo, there.max)))
    assert all(ack.acknowledged and ack.seconds < 3 for ack in acks)
    await until(lambda: there.published)
    await asyncio.sleep(0.5)
    assert there.published == [ANSWER["en"]]


async def test_a_draft_is_rejected_with_a_reason_that_its_author_is_told(there):
    waiting = await propose(there, await there.house.case(SAID["en"]), ANSWER["en"])
    await begin(there, there.bo, waiting, "reject")
    assert (await there.slack.submit(there.bo, values={"reason": "Too short"})).outcome == "closed"
    await there.told(there.bo, say("draft.rejected", "es"))
    await there.told(there.ana, "Bo rejected your draft")
    await until(lambda: action_ids(now(there, waiting)) == [])
    assert "Too short" in all_text(now(there, waiting))


async def test_who_edits_and_approves_sends_their_own_words_and_the_old_card_loses_its_buttons(there):
    waiting = await propose(there, await there.house.case(SAID["en"]), ANSWER["en"])
    view = await begin(there, there.bo, waiting, "edit_and_approve")
    assert text_in(view) == ANSWER["en"]
    await there.slack.submit(there.bo, values={"text": ANSWER["en"] + " and Bo"})
    await until(lambda: there.published == [ANSWER["en"] + " and Bo"])
    await until(lambda: action_ids(now(there, waiting)) == [])
    assert ANSWER["en"] in all_text(now(there, waiting)), "a card shows one version for ever"
    assert say("draft.changed", "en", before="", after="and Bo", around="", editor="Bo")[-8:] in all_text(await there.shown("and Bo"))


async def test_a_revision_strips_the_old_card_and_its_approval_counts_no_more(there):
    case = await there.house.case("legal_threat: " + SAID["en"])
    old = await propose(there, case, ANSWER["en"])
    await there.press(there.bo, old, "approve")
    await until(lambda: "✓ Bo" in all_text(now(there, old)))
    behind = deepcopy(now(there, old))
    await begin(there, there.ana, now(there, old), "revise")
    await there.slack.submit(there.ana, values={"text": ANSWER["en"] + " Truly."})
    new = await there.shown("Truly.")
    await until(lambda: action_ids(now(there, old)) == [])
    await there.click(there.lou, old, button(behind, "approve"), seen=behind)
    await there.told(there.lou, say("error.draft_over", "en", status="in_approval", number=1, present=2))
    for who in (there.bo, there.lou):
        await there.press(who, new, "approve")
    await until(lambda: there.published == [ANSWER["en"] + " Truly."])


async def test_what_flow_stops_is_said_under_the_text_with_something_better_and_nothing_is_lost(there):
    case = await there.house.case(SAID["en"])
    await begin(there, there.ana, await there.card_of(case), "reply")
    typed = "Please send us your card number. It ends in 4111 1111 1111 1111, look at https://evil.example/x"
    sent = await there.slack.submit(there.ana, values={"text": typed})
    assert sent.outcome == "errors"
    assert list(sent.errors) == ["text"]
    assert sent.errors["text"].count("⚠") >= 2, "every finding"
    assert there.slack.views_open(there.ana)[-1]["state"]["values"]["text"]["text"]["value"] == typed
    assert (await there.slack.submit(there.ana, values={"text": ANSWER["en"]})).outcome == "closed"
    await there.shown(ANSWER["en"])


async def test_another_starting_point_comes_below_what_was_typed_by_hand(there):
    case = await there.house.case(SAID["en"])
    await begin(there, there.ana, await there.card_of(case), "reply")
    sorry, handover = (
        say(f"start.{one}", "en", name="", **facts).split("\n")[-1] for one, facts in (("sorry", {}), ("handover", {"private": False}))
    )
    first = await start_from(there, there.ana, "sorry", sorry)
    second = await start_from(there, there.ana, "handover", handover)
    assert sorry not in text_in(second), "nobody had touched it"
    assert inputs(first)["text"] != inputs(second)["text"], "Slack would keep the words of before"
    there.slack.type_in(there.ana, inputs(second)["text"], "My own words.\n" + text_in(second))
    third = await start_from(there, there.ana, "sorry", sorry)
    assert text_in(third).startswith("My own words.\n\n")
    assert handover not in text_in(third)
    fourth = await start_from(there, there.ana, "blank", "My own words.")
    assert text_in(fourth) == "My own words."


async def test_of_two_choices_at_once_the_form_shows_one_with_its_own_words(there):
    case = await there.house.case(SAID["en"])
    await begin(there, there.ana, await there.card_of(case), "reply")
    words = {
        one: say(f"start.{one}", "en", name="", **facts).split("\n")[-1] for one, facts in (("sorry", {}), ("handover", {"private": False}))
    }
    await asyncio.gather(*(there.slack.click_in_view(there.ana, "refill:start", one) for one in words))
    await until(lambda: text_in(there.slack.views_open(there.ana)[-1]))
    await asyncio.sleep(0.5)
    (view,) = there.slack.views_open(there.ana)
    start = next(one["element"]["initial_option"]["value"] for one in view["blocks"] if one["block_id"] == inputs(view)["start"])
    assert [one for one in words if words[one] in text_in(view)] == [start]
    assert there.slack.messages_to(there.ana) == [], "and nobody is told of an error"


async def test_who_opens_the_form_sees_who_else_is_writing(there):
    case = await there.house.case(SAID["en"])
    await begin(there, there.ana, await there.card_of(case), "reply")
    view = await begin(there, there.bo, await there.card_of(case), "reply")
    assert "Ana" in all_text(view["blocks"])
    assert "Bo" not in all_text(view["blocks"])


async def test_a_text_longer_than_one_input_comes_back_whole(there):
    case = await there.house.case(SAID["en"], network="email", private=True)
    long = "\n\n".join(f"Paragraph {n}: " + "what people write to us here. " * 30 for n in range(7))[:6500].strip()
    there.house.networks["email"] = FakeNetwork(there.house.networks["x"].clock, name="email")
    await there.house.drafts.propose(await there.house.person("Kim", "agent"), case, Wording(long, private=True))
    waiting = await there.shown(long[:100])
    assert long in all_text(waiting), "an approver reads all of it"
    view = await begin(there, there.bo, waiting, "edit_and_approve")
    assert len([one for one in view["blocks"] if one["block_id"].startswith("text")]) == 3
    assert (await there.slack.submit(there.bo, values={})).outcome == "closed"
    async with there.house.store.read() as work:
        (latest,) = await drafts.of_case(work, case)
    assert (latest.text, latest.number) == (long, 2)


async def test_a_sent_reply_is_deleted_on_its_network_or_corrected(there):
    waiting = await propose(there, await there.house.case(SAID["en"]), ANSWER["en"])
    await there.press(there.bo, waiting, "approve")
    receipt = await there.receipt("Published")
    await there.press(there.bo, receipt, "delete_reply")
    await until(lambda: there.house.networks["x"].deleted)
    gone = await there.receipt("Deleted on the network")
    assert (gone["thread_ts"], action_ids(gone)) == (receipt["thread_ts"], [])
    await there.press(there.bo, receipt, "correct")  # on a screen that is behind
    await there.slack.close_view(there.bo)


async def test_a_correction_begins_with_what_sets_it_right(there):
    waiting = await propose(there, await there.house.case(SAID["en"]), ANSWER["en"])
    await there.press(there.bo, waiting, "approve")
    receipt = await there.receipt("Published")
    view = await begin(there, there.ana, receipt, "correct")
    assert ANSWER["en"] in all_text(view["blocks"])
    await there.slack.submit(there.ana, values={"text": "What people write to us here is read by two of us. Ana"})
    assert "Correction" in all_text(await there.shown("read by two of us"))


async def test_of_what_nobody_can_tell_a_person_says_that_it_arrived(there):
    network = there.house.networks["x"]
    network.can_be_asked = False
    network.fail.append(CannotAsk("timeout"))
    waiting = await propose(there, await there.house.case(SAID["en"]), ANSWER["en"])
    await there.press(there.bo, waiting, "approve")
    await until(lambda: "arrived" in [one.partition(":")[0] for one in action_ids(now(there, waiting))])
    await begin(there, there.bo, now(there, waiting), "arrived")
    await there.slack.submit(there.bo, values={"url": "https://x.example/7"})
    await there.told(there.bo, say("draft.seen", "es"))
    await there.receipt("Published")


async def test_a_conversation_is_handed_over_with_its_first_words_and_a_call(there):
    case = await there.house.case(SAID["en"])
    card = await there.card_of(case)
    await begin(there, there.ana, card, "handover")
    sent = await there.slack.submit(
        there.ana, values={"leader": "Max", "text": "This deserves a talk with the people here who read it. Ana"}
    )
    assert sent.outcome == "closed", sent
    await there.shown("This deserves a talk")
    listed = await there.slack.command(there.max, "/crisis", "callbacks", there.crisis)
    assert f"#{case}" in all_text(listed.body)


async def test_a_silent_hold_keeps_the_reply_until_it_is_lifted_and_somebody_looks_again(there):
    await there.slack.command(there.max, "/crisis", "open Leak", there.crisis)
    case = await there.house.case(SAID["en"])
    await there.slack.command(there.max, "/crisis", "hold silent", there.crisis)
    waiting = await propose(there, case, ANSWER["en"])
    await there.press(there.bo, waiting, "approve")
    await until(lambda: "the crisis is on hold" in all_text(now(there, waiting)))
    await there.slack.command(there.max, "/crisis", "hold off", there.crisis)
    listed = await there.slack.command(there.bo, "/crisis", "kept", there.crisis)
    assert f"#{case}" in all_text(listed.body)
    listing = there.slack.messages_to(there.bo)[-1]
    await there.press(there.bo, listing, "show_draft")
    mine = await there.told(there.bo, ANSWER["en"])
    assert there.published == []
    await there.press(there.bo, mine, "release")
    await until(lambda: there.published == [ANSWER["en"]])


async def test_a_card_of_ones_own_shows_what_was_done_on_it(there):
    case = await there.house.case(SAID["en"])
    await propose(there, case, ANSWER["en"])
    await there.slack.command(there.bo, "/crisis", "approvals", there.crisis)
    await there.press(there.bo, there.slack.messages_to(there.bo)[-1], "show_draft")
    mine = await there.told(there.bo, ANSWER["en"])
    assert say("button.approve", "es") in all_text(mine)

    def again():
        return next(one for one in there.slack.messages_to(there.bo) if one["ts"] == mine["ts"])

    await there.press(there.bo, mine, "approve")
    await until(lambda: say("draft.approved_by", "es", person="Bo", rule="", at="").split(" (")[0] in all_text(again()))
    assert "approve" not in {one.partition(":")[0] for one in action_ids(again())}


async def test_rare_acts_are_folded_into_one_menu_and_none_is_lost(there):
    case = await there.house.case(SAID["en"])
    card = await there.card_of(case)
    assert len([one for one in card["blocks"] if one["type"] == "actions"]) == 3
    (lines,) = menus(card).values()
    assert [one.partition(":")[0] for one in lines] == ["note", "move", "kind", "link"]
    for act in ("note", "kind", "link"):
        await begin(there, there.ana, card, act)
        await there.slack.close_view(there.ana)


async def test_a_window_closed_before_it_was_filled_is_no_error(there):
    case = await there.house.case(SAID["en"])
    card = await there.card_of(case)
    there.slack.faults.next("views.update", "error:not_found")
    await there.press(there.ana, card, "reply")
    await asyncio.sleep(0.5)
    assert there.slack.messages_to(there.ana) == []
