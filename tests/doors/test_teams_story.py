"""People at work on Teams: cards, clicks, windows and commands, over real HTTP."""

import asyncio

import pytest

from storage import cases as case_rows
from tests.doors.slack_house import until
from tests.doors.teams_house import TeamsHouse, teams_house
from tests.fakes.teams import card_text, message_text


@pytest.fixture
async def there(tmp_path):
    async with teams_house(tmp_path) as house:
        yield house
        assert house.teams.warned == []


async def case_of(there: TeamsHouse, case_id: int):
    async with there.house.store.read() as work:
        return await case_rows.get(work, case_id)


async def tags_of(there: TeamsHouse, case_id: int) -> dict[str, bool | None]:
    async with there.house.store.read() as work:
        return {one.tag: one.is_set for one in await case_rows.tags_of(work, case_id)}


async def test_a_click_on_a_tag_is_answered_with_the_card_as_it_then_stands(there):
    case = await there.house.case("my_data is it safe?")
    card = await there.card_of(case)
    await there.teams.click("Ana", card, "tag")
    tags = await tags_of(there, case)
    assert True in tags.values()


async def test_of_two_people_who_claim_at_once_one_wins_and_the_other_is_told_who(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await asyncio.gather(*(there.teams.click(who, card, "claim") for who in ("Ana", "Bo")))
    owner = (await case_of(there, case)).owner
    loser = "Bo" if owner == "Ana" else "Ana"
    assert owner in there.teams.told(loser)[-1]
    await until(lambda: owner in message_text(card))


async def test_a_stranger_is_told_who_can_add_them_and_nothing_is_done(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await there.teams.click("Eve", card, "claim")
    assert "Max" in there.teams.told("Eve")[-1]
    assert (await case_of(there, case)).owner is None


async def test_a_note_goes_into_the_thread(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await there.teams.click("Ana", card, "note")
    assert there.teams.dialog("Ana")
    await there.teams.submit("Ana", {"in.text": "Called them back"})
    await until(lambda: any("Called them back" in message_text(one) for one in card.replies))


async def test_a_command_in_a_channel_is_answered_in_the_person_s_own_chat(there):
    await there.house.case("my_data")
    await there.teams.say("Ana", there.crisis.id, "@Tocsin next")
    said = await there.told("Ana", "#1 ")
    assert card_text(said.card)


async def test_the_same_click_delivered_twice_is_done_once(there):
    case = await there.house.case("my_data is it safe?")
    card = await there.card_of(case)
    await there.teams.click("Ana", card, "tag", redeliver=True)
    assert list((await tags_of(there, case)).values()).count(True) == 1
