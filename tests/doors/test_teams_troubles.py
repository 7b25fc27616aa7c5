"""What cannot be done, or cannot be shown, is said where the person looks, and nothing that they wrote goes with it."""

import asyncio

import pytest

from storage import cases as case_rows
from templates import say
from tests.doors.slack_house import until
from tests.doors.teams_house import TeamsHouse, teams_house
from tests.fakes.teams import actions, activities, buttons, card_text, inputs, message_text
from tests.story.every_door.away import away

WRITTEN = "Called them back.\nThey will write to us **tomorrow**."


@pytest.fixture
async def there(tmp_path):
    async with teams_house(tmp_path) as house:
        yield house


def typed(card) -> list[str]:
    return [one["value"] for one in inputs(card) if one["type"] == "Input.Text" and one.get("value")]


async def test_what_was_typed_while_the_database_was_away_is_sent_in_again_as_it_stands(there: TeamsHouse):
    card = await there.card_of(await there.house.case())
    await there.teams.click("Ana", card, "note")
    async with away(there.house.store):
        kept = await there.teams.submit("Ana", {"in.text": WRITTEN})
        assert kept.fine and typed(kept.card) == [WRITTEN]
        assert "Something went wrong on our side" in card_text(kept.card)
        again = await there.teams.submit("Ana")
        assert typed(again.card) == [WRITTEN], "as often as they try"
    assert (await there.teams.submit("Ana")).fine
    assert there.teams.dialog("Ana") is None
    await until(lambda: any("Called them back." in message_text(one) for one in card.replies))


async def test_what_was_chosen_goes_along_unseen(there: TeamsHouse):
    case = await there.house.case("my_data")
    card = await there.card_of(case)
    await there.teams.click("Ana", card, "more_tags")
    async with away(there.house.store):
        kept = await there.send_in("Ana", tags=["phishing", "password"])
        assert inputs(kept.card) == [] and buttons(kept.card) == [say("form.again", "en")]
    assert (await there.teams.submit("Ana")).fine
    async with there.house.store.read() as work:
        assert {one.tag for one in await case_rows.tags_of(work, case) if one.is_set} == {"phishing", "password"}


async def test_another_starting_point_that_cannot_be_had_sends_nothing_in(there: TeamsHouse):
    card = await there.card_of(await there.house.case())
    await there.teams.click("Ana", card, "reply")
    async with away(there.house.store):
        chosen = {"one.start": "sorry", "in.text": "My own words."}
        kept = await there.teams.submit("Ana", chosen, say("form.use_this", "en"))
        assert typed(kept.card) == ["My own words."]
    begun = await there.teams.submit("Ana")
    assert typed(begun.card)[0].startswith("My own words.\n\n"), "it begins anew, as was asked"


async def test_words_outlast_a_form_that_cannot_be_made_again(there: TeamsHouse):
    card = await there.card_of(await there.house.case())
    opened = await there.teams.click("Ana", card, "note")
    data = {**actions(opened.card)[-1]["data"], "origin": {"act": "no_such_form"}, "ids": "99", "in.text": WRITTEN}
    sent = activities.submitted(there.teams.state, there.teams.user("Ana"), card, card.conversation, data)
    answer = await there.teams.deliver(sent)
    shown = answer.body["task"]["value"]["card"]["content"]
    assert typed(shown) == [WRITTEN] and say("error.no_such_case", "en", case=99) in card_text(shown)


async def test_a_message_that_is_made_a_case_twice_at_once_is_answered_with_its_number_both_times(there: TeamsHouse):
    message = await there.teams.say("Eve", there.crisis.id, "my_data: look at this")
    await there.teams.click("Ana", await there.card_of(await there.house.case()), "claim")  # known from now on
    sent = activities.extension(there.teams.state, "composeExtension/fetchTask", there.teams.user("Ana"), message, "make_case")
    async with there.house.store.begin():  # both have looked, and find nothing, before either writes
        both = [asyncio.create_task(there.teams.deliver(sent)) for _ in range(2)]
        await asyncio.sleep(0.5)
    for answer in await asyncio.gather(*both):
        assert answer.fine and say("command.recorded", "en", number=2) in card_text(answer.body["task"]["value"]["card"]["content"])
    async with there.house.store.read() as work:
        assert await case_rows.get(work, 3) is None


async def test_an_act_on_a_message_that_nobody_knows_is_answered_with_a_word_that_it_is_done(there: TeamsHouse):
    pressed = (await there.teams.click("Ana", await there.card_of(await there.house.case("my_data")), "tag")).activity
    answer = await there.teams.deliver({**pressed, "id": "f:elsewhere", "replyToId": "1700000000999"})
    assert answer.fine and answer.body["value"] == say("command.not_shown", "en", done=True)


async def test_who_may_not_see_a_card_hears_why_when_it_is_asked_for_anew(there: TeamsHouse):
    card = await there.card_of(await there.house.case())
    await there.teams.click("Ana", card, "claim")
    action = {"type": "Action.Execute", "verb": "refresh", "data": {"act": "claim", "ids": "1"}}
    sent = activities.executed(there.teams.state, there.teams.user("Eve"), card, action, action["data"], "manual")
    answer = await there.teams.deliver(sent)
    assert answer.fine and "Max" in answer.body["value"]
