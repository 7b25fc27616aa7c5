"""Proves the page on which one plays people of the fake Teams by hand."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes.teams import FakeTeams
from tests.fakes.teams.hand import Hand
from tests.fakes.teams.sample_bot import SampleBot, asks, attached, card, executes, in_place, listening, submits, window

CRISIS = "19:crisis@thread.tacv2"
TONES = {
    "type": "Input.ChoiceSet",
    "id": "tone",
    "label": "Tone",
    "isMultiSelect": True,
    "choices": [{"title": t, "value": t} for t in "ab"],
}


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    fake = FakeTeams()
    fake.pages = Hand(fake).routes()
    async with fake:
        fake.add_user("Ana")
        fake.add_channel("crisis", channel_id=CRISIS)
        yield fake


@pytest.fixture
async def bot(teams: FakeTeams) -> AsyncIterator[SampleBot]:
    async with listening(SampleBot(teams)) as made:
        yield made


async def act(teams: FakeTeams, what: str, **form: object) -> str:
    """The page that stands there afterwards."""
    async with httpx.AsyncClient(base_url=teams.url, follow_redirects=True) as web:
        return (await web.post(f"/act/{what}", data={"user": "Ana", "channel": CRISIS, **form})).text


async def test_a_card_is_read_clicked_and_replaced(teams: FakeTeams, bot: SampleBot):
    shown = teams.state.add_message(teams.channel("crisis"), attached(card("Case <7>", actions=(executes("I take it", "claim"),))), None)
    bot.answers["adaptiveCard/action"] = in_place(card("Ana has it"))
    async with httpx.AsyncClient() as web:
        page = (await web.get(f"{teams.url}/?user=Ana&channel={CRISIS}")).text
    assert "Case &lt;7&gt;" in page and ">I take it</button>" in page
    assert "Ana has it" in await act(teams, "click", message=shown.id, wanted="I take it")
    assert "there is no button" in await act(teams, "click", message=shown.id, wanted="I take it")


async def test_a_dialog_is_opened_filled_in_sent_in_and_closed(teams: FakeTeams, bot: SampleBot):
    shown = teams.state.add_message(teams.channel("crisis"), attached(card("x", actions=(asks("Write", "write"),))), None)
    bot.answers["task/fetch"] = window(
        "A form", card({"type": "Input.Text", "id": "words", "label": "Words"}, TONES, actions=(submits("Save", "s"),))
    )
    page = await act(teams, "click", message=shown.id, wanted="Write")
    assert "A form" in page and 'name="in:words"' in page and 'name="in:tone" multiple' in page
    await act(teams, "submit", wanted="Save", **{"in:words": "sorry", "in:tone": ["a", "b"]})
    assert bot.last["value"]["data"] == {"act": "s", "words": "sorry", "tone": "a,b"} and teams.dialog("Ana") is None
    await act(teams, "click", message=shown.id, wanted="Write")
    assert "<dialog" not in await act(teams, "close")


async def test_what_is_written_reaches_the_bot_and_can_be_made_a_case(teams: FakeTeams, bot: SampleBot):
    assert "@Tocsin hello" in await act(teams, "say", text="@Tocsin hello")
    assert bot.last["text"] == "<at>Tocsin</at> hello"
    bot.answers["composeExtension/fetchTask"] = {"task": {"type": "message", "value": "Recorded"}}
    assert "Recorded" in await act(teams, "extend", message=teams.channel("crisis").messages[0].id)
