"""In a chat of several people the bot says who it is, and answers everybody in their own chat."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.doors.slack_house import until
from tests.doors.teams_house import TeamsHouse, teams_house
from tests.fakes.teams import message_text


@pytest.fixture
async def at(tmp_path) -> AsyncIterator[TeamsHouse]:
    async with teams_house(tmp_path) as opened:
        yield opened


async def settled() -> None:
    await asyncio.sleep(0.5)


async def test_added_to_a_chat_it_says_who_it_is_once(at):
    chat = at.teams.add_group_chat("Lunch", "Ana", "Bo")
    answers = await at.teams.add_to_chat(chat, "Bo")
    assert all(one.fine for one in answers)
    (said,) = await until(lambda: chat.posts)
    assert "This is Tocsin" in message_text(said) and "@Tocsin help" in message_text(said)
    await settled()
    assert len(chat.posts) == 1


async def test_what_is_asked_in_a_chat_is_answered_in_ones_own(at):
    chat = at.teams.add_group_chat("Lunch", "Ana", "Bo")
    await at.teams.add_to_chat(chat, "Bo")
    await until(lambda: chat.posts)
    await at.teams.say("Ana", chat.id, "@Tocsin waiting")
    assert await at.told("Ana", "Nothing is waiting for you")
    await at.teams.say("Ana", chat.id, "what is that?")
    await settled()
    assert [len(chat.posts), len(at.teams.chat("Ana").posts), at.teams.chat("Bo").posts] == [1, 1, []]


async def test_a_stranger_in_a_chat_learns_nothing_and_whom_to_ask(at):
    chat = at.teams.add_group_chat("Lunch", "Ana", "Eve")
    await at.house.case("My card is 4111 1111 1111 1111")
    await at.teams.add_to_chat(chat, "Eve")
    await until(lambda: chat.posts)
    await at.teams.say("Eve", chat.id, "@Tocsin show 1")
    said = message_text(await at.told("Eve", "I don’t know you yet"))
    assert "Max" in said and "4111" not in said
    assert len(chat.posts) == 1


async def test_no_case_is_ever_posted_there_and_a_team_is_not_greeted(at):
    chat = at.teams.add_group_chat("Lunch", "Ana", "Bo")
    await at.teams.add_to_chat(chat, "Ana")
    team = at.teams.add_team("Another team")
    await at.teams.add_bot(team, "Ana")
    await at.teams.install("Bo")
    number = await at.house.case("Is my data safe?")
    assert await at.card_of(number)
    assert len(chat.posts) == 1
    assert team.channels[team.id].posts == []


async def test_removed_before_it_could_say_anything_it_is_silent(at):
    chat = at.teams.add_group_chat("Lunch", "Ana", "Bo")
    assert (await at.teams.remove_from_chat(chat, "Ana")).fine
    await settled()
    assert chat.posts == []
