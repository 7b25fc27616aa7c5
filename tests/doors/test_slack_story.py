"""People at work on Slack: cards, clicks, forms and commands, over real HTTP and WebSocket."""

import asyncio

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.acquaintance import Acquaintance
from handlers.ports import Who
from storage import cases as case_rows
from tests.doors.slack_house import SlackHouse, action_ids, all_text, slack_house, until
from tests.fakes.slack import problems, view_problems

UNKNOWN = "know you yet"


@pytest.fixture(params=["socket", "http"])
async def there(request, tmp_path):
    async with slack_house(tmp_path, by=request.param) as house:
        yield house
        for channel in house.slack.state.channels.values():
            for message in channel.messages:
                assert problems(message.get("blocks", [])) == []


@pytest.fixture
async def here(tmp_path):
    async with slack_house(tmp_path) as house:
        yield house


async def case_of(there: SlackHouse, case_id: int):
    async with there.house.store.read() as work:
        return await case_rows.get(work, case_id)


async def tags_of(there: SlackHouse, case_id: int) -> dict[str, bool | None]:
    async with there.house.store.read() as work:
        return {one.tag: one.is_set for one in await case_rows.tags_of(work, case_id)}


async def test_a_click_on_a_tag_is_acknowledged_after_its_commit_and_shows_at_once(there):
    case = await there.house.case("my_data is it safe?")
    card = await there.card_of(case)
    ack = await there.click(there.ana, card, f"tag:{case}:my_data")
    assert ack.acknowledged
    assert (await tags_of(there, case))["my_data"] is True
    await until(lambda: "✓" in all_text(there.slack.channel(there.crisis).message(card["ts"])))


async def test_no_click_is_acknowledged_while_its_commit_is_still_awaited(there):
    case = await there.house.case()
    card = await there.card_of(case)
    async with there.house.store.begin():  # the one writer of SQLite is busy elsewhere
        click = asyncio.create_task(there.click(there.ana, card, f"claim:{case}"))
        await asyncio.sleep(0.5)
        assert not click.done()
    assert (await click).acknowledged
    assert (await case_of(there, case)).owner == "Ana"


async def test_of_two_people_who_claim_at_once_one_wins_and_the_other_is_told_who(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await asyncio.gather(*(there.click(who, card, f"claim:{case}") for who in (there.ana, there.bo)))
    owner = (await case_of(there, case)).owner
    loser = there.bo if owner == "Ana" else there.ana
    await there.told(loser, owner)
    await until(lambda: owner in all_text(there.slack.channel(there.crisis).message(card["ts"])))


async def test_a_stranger_is_told_privately_who_can_add_them_and_nothing_is_done(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await there.click(there.eve, card, f"claim:{case}")
    said = await there.told(there.eve, "Max")
    assert UNKNOWN in all_text(said)
    assert (await case_of(there, case)).owner is None


async def test_somebody_whose_address_belongs_to_another_organisation_stays_a_stranger(here):
    await here.house.person("Eve", "agent", email="eve@example.com")
    eve, staff = Who("slack", here.eve), here.house.staff
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=here.slack.bot_token, base_url=here.slack.base_url, session=session, retry_handlers=[])
        acquaintance = Acquaintance(staff, client)
        here.slack.faults.next("auth.test", "error:internal_error", 10)  # where we are is not known: nobody is let in on trust
        await acquaintance.recognise(eve)
        await acquaintance.meet()
        assert not await staff.knows(eve)
        here.slack.faults.clear()
        await acquaintance.meet()
        assert await staff.knows(eve)


async def test_who_is_added_is_known_at_the_next_click(here):
    case = await here.house.case()
    card = await here.card_of(case)
    await here.click(here.eve, card, f"claim:{case}")
    added = await here.slack.command(here.max, "/crisis", 'people add "Eve" agent eve@example.com en', here.crisis)
    assert "Eve is known here now." in all_text(added.body)
    await here.click(here.eve, card, f"claim:{case}")
    assert (await case_of(here, case)).owner == "Eve"


async def test_a_form_opens_in_time_fills_and_sets_what_was_chosen(there):
    case = await there.house.case("my_data")
    card = await there.card_of(case)
    ack = await there.click(there.ana, card, f"more_tags:{case}")
    assert ack.acknowledged
    assert ack.seconds < 3
    await until(lambda: there.slack.views_open(there.ana)[-1]["callback_id"] == "choose_tags")
    sent = await there.slack.submit(there.ana, values={"tags": ["phishing", "password"]})
    assert sent.outcome == "closed"
    assert {tag for tag, is_set in (await tags_of(there, case)).items() if is_set} == {"phishing", "password"}
    await until(lambda: "Tags: " in all_text(there.slack.channel(there.crisis).message(card["ts"])))


async def test_every_form_of_a_card_is_one_that_slack_takes(there):
    case = await there.house.case("my_data")
    card = await there.card_of(case)
    for act, name in (("more_tags", "choose_tags"), ("note", "note"), ("kind", "kind")):
        await there.click(there.bo, card, f"{act}:{case}")
        view = await until(lambda name=name: [one for one in there.slack.views_open(there.bo) if one["callback_id"] == name])
        sendable = {key: view[-1][key] for key in ("type", "title", "submit", "close", "blocks", "callback_id", "private_metadata")}
        assert view_problems(sendable) == []
        await there.slack.close_view(there.bo)


async def test_a_note_goes_into_the_thread_and_the_kind_onto_the_card(there):
    case = await there.house.case()
    card = await there.card_of(case)
    await there.click(there.ana, card, f"note:{case}")
    await until(lambda: there.slack.views_open(there.ana)[-1]["callback_id"] == "note")
    await there.slack.submit(there.ana, values={"text": "Called <!channel> back"})
    await until(lambda: any("Called" in all_text(one) for one in there.slack.channel(there.crisis).thread(card["ts"])[1:]))
    await there.click(there.ana, card, f"kind:{case}")
    await until(lambda: there.slack.views_open(there.ana)[-1]["callback_id"] == "kind")
    await there.slack.submit(there.ana, values={"kind": "press"})
    await until(lambda: "press" in all_text(there.slack.channel(there.crisis).message(card["ts"])))


async def test_a_form_that_may_not_be_opened_says_why_in_its_window(here):
    await here.house.person("Lea", "marketing", email="eve@example.com")
    case = await here.house.case()
    card = await here.card_of(case)
    await here.click(here.eve, card, f"kind:{case}")
    view = await until(lambda: [one for one in here.slack.views_open(here.eve) if "role" in all_text(one)])
    assert view[-1]["title"]["text"] == "Nothing was done"


async def test_what_is_wrong_in_a_form_stands_under_its_field(here):
    await here.slack.command(here.bo, "/crisis", "log", here.crisis)
    sent = await here.slack.submit(here.bo, values={"name": "Señora Ruiz", "text": "   "})
    assert sent.outcome == "errors"
    assert list(sent.errors) == ["text"]
    assert "No ha podido ser" in sent.errors["text"]  # Bo reads Spanish


async def test_what_came_by_phone_is_recorded_and_its_number_told(there):
    await there.slack.command(there.ana, "/crisis", "log", there.crisis)
    sent = await there.slack.submit(
        there.ana, values={"way": "letter", "name": "Mr Hill", "reach_at": "hill@example.com", "text": "my_data please"}
    )
    assert sent.outcome == "closed"
    await there.told(there.ana, "Recorded as #1")
    assert "Mr Hill" in all_text(await there.card_of(1))


async def test_a_message_of_the_workspace_becomes_a_case_once(there):
    said = await there.slack.say(there.eve, there.crisis, "my_data: look at <https://example.com/a|this> & <@U1|ana>")
    for _ in range(2):
        await there.slack.shortcut(there.ana, "make_case", there.crisis, said["ts"])
    card = await there.card_of(1)
    assert "Eve" in all_text(card)
    assert "hxxps[:]//example[.]com/a & @ana" in all_text(card)
    assert "open_original:1" in action_ids(card)
    assert await case_of(there, 2) is None


async def test_a_moved_case_leaves_a_pointer_at_once_and_its_card_goes_to_the_other_channel(there):
    case = await there.house.case("my_data")
    card = await there.card_of(case)
    await there.click(there.ana, card, f"move:{case}:ordinary")
    await until(lambda: "has moved" in all_text(there.slack.channel(there.crisis).message(card["ts"])))
    there_now = await there.card_of(case, there.ordinary)
    assert action_ids(there_now)
    assert action_ids(there.slack.channel(there.crisis).message(card["ts"])) == []


async def test_a_click_on_a_screen_that_is_behind_never_brings_an_old_card_back(here):
    case = await here.house.case("my_data")
    card = dict(await here.card_of(case))
    before = dict(here.slack.channel(here.crisis).versions[card["ts"]][0])
    await here.click(here.ana, card, f"move:{case}:ordinary")
    await here.card_of(case, here.ordinary)
    await here.click(here.ana, card, f"tag:{case}:my_data", seen=before)
    assert (await tags_of(here, case))["my_data"] is True
    await asyncio.sleep(0.3)
    assert action_ids(here.slack.channel(here.crisis).message(card["ts"])) == []


async def test_what_is_hidden_is_shown_to_one_person_only(there):
    case = await there.house.case("my card is 4111 1111 1111 1111, my_data")
    card = await there.card_of(case)
    assert "4111 1111" not in all_text(card)
    await there.click(there.ana, card, f"reveal:{case}")
    shown = await there.told(there.ana, "4111 1111 1111 1111")
    assert action_ids(shown) == []
    assert not any("4111 1111" in all_text(one) for one in there.messages())


async def test_next_gives_the_gravest_case_with_buttons_that_work(there):
    await there.house.case("low, my_data")
    gravest = await there.house.case("critical, my_data")
    answer = await there.slack.command(there.ana, "/crisis", "next", there.crisis)
    assert f"#{gravest} " in all_text(answer.body)
    shown = await there.told(there.ana, f"#{gravest} ")
    await there.slack.click(there.ana, there.crisis, shown["ts"], f"close:{gravest}")
    assert (await case_of(there, gravest)).status == "closed"
    await until(
        lambda: f"reopen:{gravest}" in action_ids(next(one for one in there.slack.messages_to(there.ana) if one["ts"] == shown["ts"]))
    )


async def test_status_counts_for_those_who_hold_a_role_and_tells_a_stranger_nothing(there):
    await there.house.case("high, my_data")
    told = await there.slack.command(there.bo, "/crisis-status", "", there.crisis)
    assert "1 caso abierto" in all_text(told.body)
    refused = await there.slack.command(there.eve, "/crisis-status", "", there.crisis)
    assert "1 open" not in all_text(refused.body)
    assert UNKNOWN in all_text(refused.body)


async def test_a_crisis_is_opened_and_closed_by_command_by_those_who_may(there):
    assert "Your role" in all_text((await there.slack.command(there.ana, "/crisis", "open leak", there.crisis)).body)
    assert "“Data leak” is open" in all_text((await there.slack.command(there.max, "/crisis", "open “Data leak”", there.crisis)).body)
    assert "already open" in all_text((await there.slack.command(there.max, "/crisis", "open again", there.crisis)).body)
    assert "is closed" in all_text((await there.slack.command(there.max, "/crisis", "close crisis", there.crisis)).body)


async def test_a_word_that_is_not_understood_gets_a_guess_and_the_list(here):
    answer = await here.slack.command(here.ana, "/crisis", "staus <!channel>", here.crisis)
    assert "Did you mean “status”?" in all_text(answer.body)
    assert "/crisis next" in all_text(answer.body)


async def test_a_fault_of_ours_is_owned_up_to_with_a_reference(here):
    case = await here.house.case()
    card = await here.card_of(case)
    here.slack.faults.next("views.open", "error:internal_error")
    await here.click(here.ana, card, f"note:{case}")
    await here.told(here.ana, "Something went wrong on our side")


async def test_a_workspace_that_is_not_trusted_is_refused_and_told_nothing_more(here):
    case = await here.house.case()
    card = await here.card_of(case)
    admin = await here.house.person("Root", "admin")
    await here.house.workspaces.mark(admin, "slack", trusted=False)
    await here.click(here.ana, card, f"claim:{case}")
    await here.told(here.ana, "not trusted")
    assert (await case_of(here, case)).owner is None
