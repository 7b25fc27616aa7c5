"""The one reply by clicks in Slack: written in a form, approved on its card, published, its receipt in the thread. Over real HTTP."""

import asyncio
from copy import deepcopy

import pytest

from templates import say
from tests.doors.slack_house import action_ids, all_text, button, slack_house, until
from tests.doors.slack_replies import (
    ANSWER,
    QUICK,
    SAID,
    begin,
    case_of,
    every_card_is_one_that_slack_takes,
    inputs,
    now,
    propose,
    start_from,
    text_in,
)
from tests.fakes.slack import Limits


@pytest.mark.parametrize("language", ["en", "es", "fr"])
async def test_from_the_first_mention_to_the_customers_answer(tmp_path, warm, language):
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
