"""A case at every door: what is shown of it by itself, and what a person does with it."""

from dataclasses import replace

from storage import cases as case_rows
from storage import customers
from tests.doors.slack_house import until
from tests.story.every_door.hand import Colleague, Hand, proves


async def case_of(hand: Hand, case: int):
    async with hand.house.store.read() as work:
        return await case_rows.get(work, case)


async def tags_of(hand: Hand, case: int) -> set[str]:
    async with hand.house.store.read() as work:
        return {one.tag for one in await case_rows.tags_of(work, case) if one.is_set}


@proves("thread", "later", "refreshed", "tag", "claim", "note", "kind", presses=("tag", "more_tags", "claim", "note", "kind"))
async def test_a_case_is_shown_followed_tagged_taken_and_noted(hand: Hand):
    case = await hand.house.case("my_data is it safe?", by="carla")
    page = f"/cases/{case}"
    await hand.sees("Ana", "my_data is it safe?", page)
    await hand.press("Ana", "tag", f"{case}:my_data")
    assert await tags_of(hand, case) == {"my_data"}
    await hand.fill("Ana", "more_tags", case, tags=["phishing", "password"])
    assert await tags_of(hand, case) == {"phishing", "password"}
    await hand.press("Bo", "claim", case)
    await hand.sees("Ana", "Bo", page)
    assert await hand.house.case("are you there?", by="carla") == case
    await hand.sees("Ana", "are you there?", page)
    await hand.fill("Ana", "note", case, text="Called them back")
    await hand.sees("Bo", "Called them back", page)
    await hand.fill("Ana", "kind", case, kind="press")
    assert (await case_of(hand, case)).kind == "press"


@proves("close", "move", presses=("move", "close", "reopen"))
async def test_a_case_goes_to_the_other_team_is_closed_and_reopened(hand: Hand):
    case = await hand.house.case("my_data")
    await hand.press("Ana", "move", f"{case}:ordinary")
    assert not (await case_of(hand, case)).crisis
    await hand.press("Ana", "close", case)
    assert (await case_of(hand, case)).status == "closed"
    await hand.press("Ana", "reopen", case)
    assert (await case_of(hand, case)).status == "open"


@proves("reveal", "alike", "link", presses=("reveal", "like_this", "link"))
async def test_what_is_hidden_is_shown_to_one_and_like_cases_and_accounts_come_together(hand: Hand):
    case = await hand.house.case("my card is 4111 1111 1111 1111, my_data", by="carla")
    other = await hand.house.case("my card is 4111 1111 1111 1111, my_data", by="dora")
    await hand.press("Ana", "reveal", case)
    await hand.told("Ana", "4111 1111 1111 1111")
    await hand.press("Ana", "like_this", other)
    await hand.told("Ana", "carla")
    await hand.fill("Ana", "link", case, network="x", account="@dora")
    async with hand.house.store.read() as work:
        assert await customers.linked(work, (await case_rows.get(work, other)).customer_id)


@proves("hide", presses=("hide",))
async def test_what_shows_a_customers_data_below_our_post_is_hidden_there(hand: Hand):
    network, hidden = hand.house.networks["x"], []

    async def hide(external_id: str) -> None:
        hidden.append(external_id)

    network.abilities, network.hide = replace(network.abilities, hide=True), hide
    case = await hand.house.case("my_data, my card is 4111 1111 1111 1111", external_id="m-shown", hideable=True)
    await hand.press("Bo", "hide", None, f"/cases/{case}")
    await until(lambda: hidden == ["m-shown"], 15)


@proves("next", "show", "find", presses=("show_case",))
async def test_the_gravest_is_taken_one_is_opened_by_number_and_words_are_found(hand: Hand):
    low = await hand.house.case("low, my_data and my umbrella")
    grave = await hand.house.case("critical, my_data")
    await hand.does("Ana", "next")
    await hand.told("Ana", f"#{grave} ")
    assert (await case_of(hand, grave)).owner == "Ana"
    await hand.does("Ana", f"show {low}")
    await hand.told("Ana", f"#{low} ")
    await hand.does("Bo", "find umbrella")
    await hand.told("Bo", "my umbrella")
    await hand.press("Bo", "show_case", low, "/search?q=umbrella")
    await hand.told("Bo", f"#{low} ")


@proves("record")
async def test_a_letter_is_recorded_as_a_case(hand: Hand):
    await hand.records("Ana", way="letter", name="Mr Hill", reach_at="hill@example.com", text="my_data please")
    await hand.sees("Bo", "Mr Hill", "/cases/1")


@proves("make_case")
async def test_a_message_of_a_colleague_becomes_a_case(hand: Colleague):
    await hand.points_at("Ana", "my_data: look at this")
    await hand.sees("Ana", "my_data: look at this", "/cases/1")
