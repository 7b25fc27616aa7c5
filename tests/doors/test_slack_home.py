"""The Home tab: what waits for one person, painted when they open it and after what they do; a stranger is told whom to ask."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.slack.home import AT_ONCE, BLOCKS, home_view
from handlers.answers.drafts import Wording
from handlers.ports import Button, Card, CustomerText, Who, Words
from storage.tables import cases
from templates import say
from tests.doors.slack_house import SlackHouse, action_ids, all_text, slack_house, until
from tests.fakes.slack.validate import view_problems
from tests.story.ladder_house import LadderHouse, ladder_house


@pytest.fixture
async def there(tmp_path):
    async with slack_house(tmp_path) as house:
        house.door.home.every = 0.05
        yield house


@pytest.fixture
async def at(tmp_path):
    async with ladder_house(tmp_path) as house:
        house.there.door.home.every = 0.05
        yield house


async def home(there: SlackHouse, user: str, words: str) -> dict:
    """A person's page, once it says this."""
    found = await until(lambda: (one := there.slack.home_of(user)) and words in all_text(one) and one)
    assert view_problems({"type": "home", "blocks": found["blocks"]}) == []
    return dict(found)


async def test_it_shows_my_cases_the_gravest_first_with_masked_words(there):
    low = await there.house.case("low, my card is 4111 1111 1111 1111")
    grave = await there.house.case("critical, help me")
    other = await there.house.case("critical, somebody else’s")
    ana, bo = Who("slack", there.ana), Who("slack", there.bo)
    await there.slack.open_home(there.ana)
    await home(there, there.ana, say("home.nothing_mine", "en"))
    for case, who in ((low, ana), (grave, ana), (other, bo)):
        await there.house.staff.introduce(who, "ana@example.com" if who is ana else "bo@example.com")
        await there.house.cases.claim(who, case)
    await there.slack.open_home(there.ana)
    shown = all_text(await home(there, there.ana, say("home.mine", "en", count=2, shown=2)))
    assert 0 < shown.index(f"#{grave} ") < shown.index(f"#{low} ")
    assert f"#{other} " not in shown and "4111" not in shown and "my card is" in shown


async def test_what_waits_for_me_is_acknowledged_there_and_the_page_follows(at: LadderHouse):
    there = at.there
    case = await at.case()
    await at.told(there.bo, f"#{case}")
    await there.slack.open_home(there.bo)
    shown = await home(there, there.bo, say("call.waiting_title", "es", count=1))
    act = next(one for one in action_ids(shown) if one.startswith(f"acknowledge:{case}"))
    await there.slack.click_in_view(there.bo, act)
    await home(there, there.bo, say("call.nothing_waits", "es"))
    await at.card(case, "Bo is on it")


async def test_a_case_opens_in_a_window_and_its_buttons_work_there(there):
    case = await there.house.case("my_data")
    await there.house.staff.introduce(Who("slack", there.ana), "ana@example.com")
    await there.house.cases.claim(Who("slack", there.ana), case)
    await there.slack.open_home(there.ana)
    shown = await home(there, there.ana, f"#{case} ")
    await there.slack.click_in_view(there.ana, next(one for one in action_ids(shown) if one.startswith(f"show_case:{case}")))
    window = (await until(lambda: there.slack.views_open(there.ana)))[-1]
    assert f"#{case} " in all_text(window)
    await there.slack.click_in_view(there.ana, f"close:{case}")
    await until(lambda: f"reopen:{case}" in action_ids(there.slack.views_open(there.ana)[-1]))
    await home(there, there.ana, say("home.nothing_mine", "en"))
    await there.slack.click_in_view(there.ana, f"more_tags:{case}")
    await there.opened(there.ana, "choose_tags")
    assert len(there.slack.views_open(there.ana)) == 2


async def test_a_form_opens_from_the_page_and_what_came_of_it_is_seen_there(there):
    case = await there.house.case("my_data")
    await there.house.staff.introduce(Who("slack", there.ana), "ana@example.com")
    await there.house.cases.claim(Who("slack", there.ana), case)
    await there.slack.open_home(there.ana)
    shown = await home(there, there.ana, f"#{case} ")
    await there.slack.click_in_view(there.ana, next(one for one in action_ids(shown) if one.startswith(f"reply:{case}")))
    form = await there.opened(there.ana, "reply")
    await there.slack.close_view(there.ana, form)
    await there.slack.click_in_view(there.ana, next(one for one in action_ids(shown) if one.startswith(f"close:{case}")))
    await home(there, there.ana, say("home.nothing_mine", "en"))


async def test_what_may_not_be_done_is_said_in_a_window(there):
    case = await there.house.case("my_data")
    await there.house.staff.introduce(Who("slack", there.ana), "ana@example.com")
    await there.house.cases.claim(Who("slack", there.ana), case)
    await there.slack.open_home(there.ana)
    shown = await home(there, there.ana, f"#{case} ")
    admin = await there.house.person("Root", "admin")
    await there.house.workspaces.mark(admin, "slack", trusted=False)
    await there.slack.click_in_view(there.ana, next(one for one in action_ids(shown) if one.startswith(f"close:{case}")))
    window = (await until(lambda: there.slack.views_open(there.ana)))[-1]
    assert "not trusted" in all_text(window)
    await home(there, there.ana, "not trusted")


async def test_a_stranger_is_told_whom_to_ask(there):
    await there.slack.open_home(there.eve)
    shown = await home(there, there.eve, say("home.stranger", "en", admins=["Max"]))
    assert action_ids(shown) == []


async def test_a_draft_that_needs_my_yes_is_read_and_approved_from_there(there):
    case = await there.house.case("my_data")
    ana, bo = Who("slack", there.ana), Who("slack", there.bo)
    await there.house.staff.introduce(ana, "ana@example.com")
    await there.house.staff.introduce(bo, "bo@example.com")
    await there.house.drafts.propose(ana, case, Wording("Thank you for telling us. We are looking into it and will write again today."))
    await there.slack.open_home(there.bo)
    shown = await home(there, there.bo, say("home.approvals", "es"))
    await there.slack.click_in_view(there.bo, next(one for one in action_ids(shown) if one.startswith("show_draft:")))
    window = (await until(lambda: there.slack.views_open(there.bo)))[-1]
    assert "We are looking into it" in all_text(window)
    await there.slack.click_in_view(there.bo, next(one for one in action_ids(window) if one.startswith("approve:")))
    await until(lambda: say("home.approvals", "es") not in all_text(there.slack.home_of(there.bo)))


async def test_many_openings_paint_it_once_and_then_as_it_stands(there):
    there.door.home.every = 0.4
    for _ in range(12):
        await there.slack.open_home(there.ana)
    await until(lambda: there.slack.calls_of("views.publish") and not there.door.home._turns)
    assert 1 <= len(there.slack.calls_of("views.publish")) <= 3


async def test_pages_that_all_open_at_once_are_read_a_few_at_a_time(there, monkeypatch):
    reading, most, whole = 0, 0, type(there.door.home)._view

    async def view(home_tab, who):
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        await asyncio.sleep(0.01)
        reading -= 1
        return await whole(home_tab, who)

    monkeypatch.setattr(type(there.door.home), "_view", view)
    for number in range(20):
        there.door.home.refresh(Who("slack", f"UCROWD{number}"))
    await until(lambda: len(there.slack.calls_of("views.publish")) >= 20)
    assert most == AT_ONCE


async def test_a_page_that_another_process_painted_meanwhile_is_painted_over(there):
    await there.slack.open_home(there.ana)
    await home(there, there.ana, say("home.nothing_mine", "en"))
    there.door.home._hashes[there.ana] = "1700000000.stale"
    case = await there.house.case("my_data")
    await there.house.cases.claim(Who("slack", there.ana), case)
    await asyncio.sleep(0.1)
    there.door.home.refresh(Who("slack", there.ana))
    await home(there, there.ana, f"#{case} ")


async def test_when_the_database_is_away_the_page_says_so(there, monkeypatch):
    monkeypatch.setattr(there.door.home, "home", replace(there.door.home.home, desk=None))
    await there.slack.open_home(there.ana)
    await home(there, there.ana, say("home.away", "en"))


async def test_twenty_cases_of_mine_fit_on_it(there):
    await there.house.staff.introduce(Who("slack", there.ana), "ana@example.com")
    for number in range(20):
        case = await there.house.case(f"critical {number} " + "my data " * 200)
        await there.house.cases.claim(Who("slack", there.ana), case)
    await there.slack.open_home(there.ana)
    shown = await home(there, there.ana, say("home.mine", "en", count=20, shown=10))
    assert len(shown["blocks"]) <= BLOCKS
    async with there.house.store.read() as work:
        assert await work.scalar(sa.select(sa.func.count()).select_from(cases)) == 20


def test_whatever_it_holds_slack_takes_the_page():
    one = Card(
        Words("plain.text", {"text": "x" * 5000}),
        tuple(CustomerText("y" * 9000) for _ in range(9)),
        buttons=((Button("close", Words("button.close"), "7"), Button("close", Words("button.close"), "7")),) * 3,
    )
    assert view_problems(home_view([one] * 60, "en")) == []


async def test_the_status_comes_as_lines_at_once_and_as_a_picture_after_them(there):
    await there.house.case("high, my_data")
    told = await there.slack.command(there.bo, "/crisis-status", "", there.crisis)
    assert "1 caso abierto" in all_text(told.body) and told.body["response_type"] == "ephemeral"
    message = await until(lambda: next((one for one in there.messages() if one.get("files")), None), 30)
    assert message["files"][0]["title"] == say("status.picture_title", "en")


async def test_where_outsiders_read_the_picture_goes_to_whoever_asked(there):
    open_to_all = there.slack.add_channel("general").id
    shared = there.slack.add_channel("partners", is_private=True, is_ext_shared=True).id
    for asked, channel in enumerate((open_to_all, shared), 1):
        await there.slack.command(there.bo, "/crisis-status", "", channel)
        await until(lambda wanted=asked: len([one for one in there.slack.messages_to(there.bo) if one.get("files")]) == wanted, 30)
        assert not [one for one in there.messages(channel) if one.get("files")]


async def test_a_picture_that_fails_leaves_the_lines(there):
    there.slack.faults.next("files.getUploadURLExternal", "error:internal_error")
    told = await there.slack.command(there.bo, "/crisis-status", "", there.crisis)
    assert say("status.quiet", "es") in all_text(told.body)
    await until(lambda: there.slack.calls_of("files.getUploadURLExternal"), 30)
    assert not there.slack.messages_to(there.bo)[1:]


async def test_messages_are_found_and_their_case_opens(there):
    case = await there.house.case("somebody stole my contraseña, card 4111 1111 1111 1111")
    found = await there.slack.command(there.ana, "/crisis", "find contrasena", there.crisis)
    assert "stole my contraseña" in all_text(found.body) and "4111" not in all_text(found.body)
    shown = await there.told(there.ana, f"#{case} · X")
    await there.slack.click(there.ana, there.crisis, shown["ts"], f"show_case:{case}")
    await until(lambda: [one for one in there.slack.messages_to(there.ana) if f"claim:{case}" in action_ids(one)])
    asked = await there.slack.command(there.ana, "/crisis", "find", there.crisis)
    assert "from:@handle" in all_text(asked.body)
    none = await there.slack.command(there.ana, "/crisis", 'find "nothing at all" network:x', there.crisis)
    assert "Nothing found with nothing at all · X" in all_text(none.body)
