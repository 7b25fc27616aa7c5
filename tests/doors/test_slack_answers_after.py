"""What comes after a reply in Slack: its receipt, a correction, a call, a hold, what is kept and who looks again. Over real HTTP."""

from handlers.errors import CannotAsk
from templates import say
from tests.doors.slack_house import action_ids, all_text, menus, until
from tests.doors.slack_replies import (
    ANSWER,
    SAID,
    begin,
    now,
    propose,
)


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
