"""Teams delivers again what had no answer in time: whatever happens meanwhile, an act is done once, and nobody is left without a word."""

import asyncio

import pytest

from bot.settings import read_settings
from bot.teams.access import Access
from bot.teams.door import open_teams
from handlers.errors import CaseClosed
from handlers.glance import Glance
from handlers.ports import Who
from storage import cases as case_rows
from storage.database import Store
from tests.builders import Scripted, TestHouse, data_breach
from tests.doors.slack_house import until
from tests.doors.teams_house import TeamsHouse, listening, teams_house
from tests.fakes.teams import Limits, actions, activities, card_text, message_text
from tests.story.every_door.away import away


@pytest.fixture
async def there(tmp_path):
    async with teams_house(tmp_path) as house:
        yield house


async def tags_of(there: TeamsHouse, case_id: int) -> set[str]:
    async with there.house.store.read() as work:
        return {one.tag for one in await case_rows.tags_of(work, case_id) if one.is_set}


async def test_the_same_click_delivered_twice_is_done_once_and_answered_with_the_card_as_it_stands(there):
    case = await there.house.case("my_data is it safe?")
    answer = await there.teams.click("Ana", await there.card_of(case), "tag", redeliver=True)
    assert answer.attempts == 2 and "✓" in card_text(answer.card)
    assert await tags_of(there, case) == {"my_data"}


async def test_clicks_of_the_same_moment_that_come_again_are_each_done_once(there):
    case = await there.house.case("my_data phishing is it safe?")
    card = await there.card_of(case)
    titles = [one["title"] for one in actions(card.card) if one.get("data", {}).get("act") == "tag"]
    first, second = await asyncio.gather(*(there.teams.click(who, card, one) for who, one in zip(("Ana", "Bo"), titles, strict=True)))
    assert await tags_of(there, case) == {"my_data", "phishing"}
    again = await asyncio.gather(*(there.teams.deliver(one.activity) for one in (first, second)))
    assert [one.fine for one in again] == [True, True]
    assert await tags_of(there, case) == {"my_data", "phishing"}


async def test_a_form_sent_in_twice_says_it_once(there):
    case = await there.house.case()
    card = await there.card_of(case)
    opened = await there.teams.click("Ana", card, "note", redeliver=True)
    assert opened.card, "a window whose answer was lost opens all the same"
    await there.teams.submit("Ana", {"in.text": "Called them back"}, redeliver=True)
    await until(lambda: any("Called them back" in message_text(one) for one in card.replies))
    assert (await there.house.desk.thread(Who("teams", there.teams.user("Ana").aad_object_id), case)).notes[1:] == []
    assert len([one for one in card.replies if "Called them back" in message_text(one)]) == 1


async def test_what_comes_again_to_another_process_is_known_there(there):
    case = await there.house.case("my_data")
    answer = await there.teams.click("Ana", await there.card_of(case), "tag")
    store = Store(there.house.store.url)
    house = await TestHouse(store, data_breach(), there.house.board, Scripted()).begin()
    teams = there.teams
    urls = {"service_url": teams.service_url, "login_url": teams.login_url, "openid_url": teams.openid_url}
    door = await open_teams(house.use_cases(), Access(teams.client_id, teams.client_secret, (teams.tenant_id,), **urls), {})
    async with listening(teams, door):
        again = await teams.deliver(answer.activity)
    await door.close()
    await store.close()
    assert again.fine and again.body["statusCode"] == 200
    assert await tags_of(there, case) == {"my_data"}


async def test_an_answer_that_comes_too_late_is_asked_for_again_and_the_act_is_done_once(tmp_path):
    async with teams_house(tmp_path, limits=Limits(answer_seconds=0.3)) as there:
        case = await there.house.case("my_data")
        card = await there.card_of(case)
        await there.teams.click("Ana", card, "claim")  # known from now on
        async with there.house.store.begin():  # the one writer of SQLite is busy elsewhere
            click = asyncio.create_task(there.teams.click("Ana", card, "tag"))
            await asyncio.sleep(0.4)
        assert (await click).attempts == 2
        await until(lambda: "✓" in message_text(card))
        assert await tags_of(there, case) == {"my_data"}


async def test_when_the_database_is_away_people_are_told_and_nothing_is_done(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await there.teams.click("Ana", card, "note")
    there.teams.close_dialog("Ana")
    async with away(there.house.store):
        answer = await there.teams.click("Ana", card, "claim")
        assert "Something went wrong on our side" in answer.told
        window = await there.teams.click("Ana", card, "note")
        assert "Something went wrong on our side" in card_text(window.card)
        await there.teams.say("Ana", None, "status")
        await there.told("Ana", "Something went wrong on our side")
    assert (await there.teams.click("Ana", card, "claim")).fine
    await until(lambda: "Ana" in message_text(card))


async def test_what_is_under_way_is_finished_before_the_door_closes(tmp_path):
    async with teams_house(tmp_path) as there:
        case = await there.house.case("my_data")
        await there.teams.say("Ana", None, f"show {case}")
        await there.teams.say("Max", None, "status")
        await there.door.troubles.close()
        assert there.teams.chat("Ana").posts and there.teams.chat("Max").posts
        async with there.house.store.begin():
            click = asyncio.create_task(there.teams.click("Ana", await there.card_of(case), "claim"))
            await asyncio.sleep(0.1)
            closing = asyncio.create_task(there.door.troubles.close())
            await asyncio.sleep(0.1)
            assert not closing.done(), "an act that has begun is waited for"
        await closing
        assert (await click).fine


async def test_what_is_said_where_the_app_may_read_along_costs_nobody_a_question(there):
    said = await there.teams.say("Eve", there.crisis.id, "next")
    assert (await there.teams.deliver(activities.said(there.teams.state, said, "next", []))).body is None
    assert [one.path for one in there.teams.calls if "/members/" in one.path] == []
    assert not await there.house.staff.knows(Who("teams", there.teams.user("Eve").aad_object_id))


async def test_acts_that_come_without_an_id_are_each_done(there):
    case = await there.house.case("my_data")
    pressed = (await there.teams.click("Ana", await there.card_of(case), "tag")).activity
    nameless = {name: value for name, value in pressed.items() if name != "id"}
    await there.teams.deliver(nameless)
    assert await tags_of(there, case) == set()
    await there.teams.deliver(nameless)
    assert await tags_of(there, case) == {"my_data"}


async def test_what_comes_again_while_nothing_can_be_read_is_answered_with_a_word(there, monkeypatch):
    case = await there.house.case("my_data")
    pressed = (await there.teams.click("Ana", await there.card_of(case), "tag")).activity

    async def away(*_: object) -> None:
        raise CaseClosed(case=case)

    monkeypatch.setattr(Glance, "at", away)
    again = await there.teams.deliver(pressed)
    assert again.fine and again.body["value"]


async def test_an_app_that_is_given_to_everybody_at_once_asks_for_the_members_once(there):
    added = [activities.bot_added(there.teams.state, there.teams.user("Ana"), there.teams.chat("Ana")) for _ in range(12)]
    await asyncio.gather(*map(there.teams.deliver, added))
    await asyncio.sleep(0.5)
    asked = [one for one in there.teams.calls if "pagedmembers" in one.path.lower()]
    assert len(asked) <= 4, "two channels, when the door opened and once more"


def test_a_tenant_is_the_same_however_it_is_written(monkeypatch):
    """Teams writes it in small letters: in others, everybody would stay a stranger."""
    monkeypatch.setenv("TEAMS_TENANT_ID", "52E7D0EF-6E10-4A35-AF39-DB933087A4E8, 0000000A-0000-0000-0000-000000000000")
    assert read_settings(_env_file=None).teams_tenants == ("52e7d0ef-6e10-4a35-af39-db933087a4e8", "0000000a-0000-0000-0000-000000000000")
