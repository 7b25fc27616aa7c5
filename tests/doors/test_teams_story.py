"""People at work on Teams: cards, clicks, windows and commands, over real HTTP."""

import asyncio

import pytest

from storage import cases as case_rows
from templates import say
from tests.doors.slack_house import until
from tests.doors.teams_house import TeamsHouse, teams_house
from tests.fakes.teams import buttons, card_text, message_text


@pytest.fixture
async def there(tmp_path):
    async with teams_house(tmp_path) as house:
        yield house
        assert house.teams.warned == []


async def case_of(there: TeamsHouse, case_id: int):
    async with there.house.store.read() as work:
        return await case_rows.get(work, case_id)


async def tags_of(there: TeamsHouse, case_id: int) -> set[str]:
    async with there.house.store.read() as work:
        return {one.tag for one in await case_rows.tags_of(work, case_id) if one.is_set}


async def test_a_click_on_a_tag_is_answered_with_the_card_as_it_then_stands(there):
    case = await there.house.case("my_data is it safe?")
    card = await there.card_of(case)
    answer = await there.teams.click("Ana", card, "tag")
    assert await tags_of(there, case) == {"my_data"}
    assert any("✓" in one for one in buttons(answer.card))
    await until(lambda: any("✓" in one for one in buttons(card.card)))


async def test_no_click_is_answered_while_its_commit_is_still_awaited(there):
    case = await there.house.case()
    card = await there.card_of(case)
    async with there.house.store.begin():  # the one writer of SQLite is busy elsewhere
        click = asyncio.create_task(there.teams.click("Ana", card, "claim"))
        await asyncio.sleep(0.2)
        assert not click.done()
    assert (await click).fine
    assert (await case_of(there, case)).owner == "Ana"


async def test_of_two_people_who_claim_at_once_one_wins_and_the_other_is_told_who(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await asyncio.gather(*(there.teams.click(who, card, "claim") for who in ("Ana", "Bo")))
    owner = (await case_of(there, case)).owner
    loser = "Bo" if owner == "Ana" else "Ana"
    assert owner in there.teams.told(loser)[-1]
    await until(lambda: owner in message_text(card))


async def test_a_stranger_is_told_who_can_add_them_and_at_the_next_click_is_known(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await there.teams.click("Eve", card, "claim")
    assert "Max" in there.teams.told("Eve")[-1]
    assert (await case_of(there, case)).owner is None
    await there.teams.say("Max", None, 'people add "Eve" agent eve@example.com en')
    await there.told("Max", say("command.person_added", "en", name="Eve"))
    assert (await there.teams.click("Eve", card, "claim")).fine
    assert (await case_of(there, case)).owner == "Eve"


async def test_a_stranger_sees_no_case_by_asking_for_a_card_anew(there):
    case = await there.house.case("my card is 4111 1111 1111 1111")
    card = await there.card_of(case)
    answer = await there.teams.click("Ana", card, "claim")
    forged = {**answer.activity, "id": "f:1", "from": there.teams.user("Eve").account}
    for verb in ("refresh", "no_such_act"):
        action = {"type": "Action.Execute", "verb": verb, "data": {"act": verb, "ids": str(case), "origin": {"direct": "yes"}}}
        asked = await there.teams.deliver({**forged, "id": f"f:{verb}", "replyToId": "", "value": {"action": action}})
        assert asked.fine and "#1" not in str(asked.body)
    window = await there.teams.deliver(
        {**forged, "name": "task/fetch", "id": "f:2", "value": {"data": {"act": "no_such_act", "ids": str(case)}}}
    )
    assert window.fine and "#1" not in str(window.body)


async def test_somebody_who_was_removed_does_nothing_any_more(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await there.teams.click("Ana", card, "claim")
    await there.teams.say("Max", None, "people remove Ana")
    await there.told("Max", say("command.person_removed", "en", name="Ana"))
    await there.teams.click("Ana", card, "close")
    assert "Max" in there.teams.told("Ana")[-1]
    assert (await case_of(there, case)).status != "closed"


async def test_a_workspace_that_is_not_trusted_is_refused_and_told_nothing_more(there):
    case = await there.house.case()
    card = await there.card_of(case)
    admin = await there.house.person("Root", "admin")
    await there.house.workspaces.mark(admin, "teams", trusted=False)
    await there.teams.click("Ana", card, "claim")
    assert "not trusted" in there.teams.told("Ana")[-1]
    assert (await case_of(there, case)).owner is None


async def test_a_form_opens_fills_and_sets_what_was_chosen(there):
    case = await there.house.case("my_data")
    card = await there.card_of(case)
    await there.fill("Ana", card, "more_tags", tags=["phishing", "password"])
    assert there.teams.dialog("Ana") is None
    assert await tags_of(there, case) == {"phishing", "password"}
    await until(lambda: "Tags: " in message_text(card))


async def test_a_note_goes_into_the_thread_and_the_kind_onto_the_card(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await there.fill("Ana", card, "note", text="Called them back")
    await until(lambda: any("Called them back" in message_text(one) for one in card.replies))
    await there.fill("Ana", card, "kind", kind="press")
    await until(lambda: "press" in message_text(card))


async def test_what_a_customer_writes_later_is_a_reply_in_the_thread(there):
    case = await there.house.case(by="carla")
    card = await there.card_of(case)
    assert await there.house.case("are you there?", by="carla") == case
    await until(lambda: any("are you there?" in message_text(one) for one in card.replies))


async def test_what_is_wrong_in_a_form_is_said_above_its_field_and_what_was_typed_stays(there):
    case = await there.house.case()
    card = await there.card_of(case)
    sent = await there.fill("Bo", card, "note", text="   \n ")
    assert "No ha podido ser" in card_text(sent.card)  # Bo reads Spanish
    window = there.teams.dialog("Bo")
    assert window and await there.send_in("Bo", text="Ha llamado")
    await until(lambda: any("Ha llamado" in message_text(one) for one in card.replies))


async def test_a_form_that_may_not_be_opened_says_why_in_its_window(there):
    await there.house.person("Lea", "marketing", email="eve@example.com")
    card = await there.card_of(await there.house.case())
    opened = await there.teams.click("Eve", card, "kind")
    assert "role" in card_text(opened.card)


async def test_what_is_hidden_is_shown_to_one_person_only(there):
    card = await there.card_of(await there.house.case("my card is 4111 1111 1111 1111, my_data"))
    assert "4111 1111" not in message_text(card)
    shown = await there.teams.click("Ana", card, "reveal")
    assert "4111 1111 1111 1111" in card_text(shown.card)
    assert buttons(shown.card) == []
    assert not any("4111 1111" in message_text(one) for one in there.crisis.posts)


async def test_a_moved_case_leaves_a_pointer_and_a_screen_that_is_behind_never_brings_the_old_card_back(there):
    case = await there.house.case("my_data")
    card = await there.card_of(case)
    before = dict(card.card)
    await there.house.cases.move(await there.house.person("Kim", "lead"), case, crisis=False)
    await there.card_of(case, there.ordinary)
    await until(lambda: "has moved" in message_text(card))
    answer = await there.teams.click("Ana", card, "tag", seen=before)
    assert await tags_of(there, case) == {"my_data"}
    assert "has moved" in card_text(answer.card)


async def test_a_card_that_somebody_has_deleted_is_posted_no_second_time_and_the_case_goes_on(there):
    case = await there.house.case("my_data")
    card = await there.card_of(case)
    there.teams.state.remove(card)
    await there.teams.say("Ana", None, f"show {case}")
    mine = await there.told("Ana", f"#{case} ")
    assert (await there.teams.click("Ana", mine, "claim")).fine
    assert (await case_of(there, case)).owner == "Ana"
    await until(lambda: "Ana" in message_text(mine))


async def test_a_fault_of_ours_is_owned_up_to_with_a_reference(there):
    card = await there.card_of(await there.house.case())
    sent = await there.teams.click("Ana", card, "claim")
    action = {"type": "Action.Execute", "verb": "claim", "data": {"act": "claim", "ids": "no number"}}
    answer = await there.teams.deliver({**sent.activity, "id": "f:spoiled", "value": {"action": action}})
    assert "Something went wrong on our side" in answer.body["value"]
