"""The form in which a reply is written in Slack: what it says back, how it fills itself anew, what of it is never lost. Over real HTTP."""

import asyncio

from handlers.answers.drafts import Wording
from storage import drafts
from templates import say
from tests.doors.slack_house import all_text, until
from tests.doors.slack_replies import (
    ANSWER,
    SAID,
    begin,
    inputs,
    start_from,
    text_in,
)
from tests.fakes.network import FakeNetwork


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


async def test_a_window_closed_before_it_was_filled_is_no_error(there):
    case = await there.house.case(SAID["en"])
    card = await there.card_of(case)
    there.slack.faults.next("views.update", "error:not_found")
    await there.press(there.ana, card, "reply")
    await asyncio.sleep(0.5)
    assert there.slack.messages_to(there.ana) == []
