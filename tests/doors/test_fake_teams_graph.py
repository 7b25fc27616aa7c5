"""Proves as much of Microsoft Graph as says whether a message arrived."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes.teams import FakeTeams, ManualClock
from tests.fakes.teams.sample_bot import attached, card

CRISIS = "19:crisis@thread.tacv2"


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams(clock=ManualClock()) as fake:
        fake.add_user("Ana")
        fake.add_channel("crisis", channel_id=CRISIS)
        yield fake


@pytest.fixture
async def web(teams: FakeTeams) -> AsyncIterator[httpx.AsyncClient]:
    form = {"grant_type": "client_credentials", "client_id": teams.client_id, "client_secret": teams.client_secret}
    async with httpx.AsyncClient() as client:
        asked = {**form, "scope": "https://graph.microsoft.com/.default"}
        token = (await client.post(f"{teams.login_url}/{teams.tenant_id}/oauth2/v2.0/token", data=asked)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


@pytest.fixture
def address(teams: FakeTeams) -> str:
    return f"{teams.graph_url}/teams/{teams.channel('crisis').team.group_id}/channels/{CRISIS}/messages"


def said(teams: FakeTeams, words: str, root_id: str = "") -> str:
    teams.clock.advance(1)
    return teams.state.add_message(teams.channel("crisis"), attached(card(words)), None, root_id).id


def words_of(message: dict) -> str:
    return json.loads(message["attachments"][0]["content"])["body"][0]["text"]


async def test_threads_come_with_the_one_that_stirred_last_first(teams: FakeTeams, web: httpx.AsyncClient, address: str):
    one, two = said(teams, "one"), said(teams, "two")
    assert [each["id"] for each in (await web.get(address)).json()["value"]] == [two, one]
    answer = said(teams, "answer", one)
    listed = (await web.get(address)).json()["value"]
    assert [(each["id"], words_of(each), each["from"]["application"]["id"]) for each in listed] == [
        (one, "one", teams.client_id),
        (two, "two", teams.client_id),
    ]
    replies = (await web.get(f"{address}/{one}/replies")).json()["value"]
    assert [(each["id"], each["replyToId"], words_of(each)) for each in replies] == [(answer, one, "answer")]


async def test_many_messages_come_in_pages(teams: FakeTeams, web: httpx.AsyncClient, address: str):
    ids = [said(teams, str(number)) for number in range(5)]
    first = (await web.get(f"{address}?$top=3")).json()
    rest = (await web.get(first["@odata.nextLink"])).json()
    assert [each["id"] for each in (*first["value"], *rest["value"])] == ids[::-1] and "@odata.nextLink" not in rest


async def test_a_message_that_was_deleted_is_listed_without_what_it_said(teams: FakeTeams, web: httpx.AsyncClient, address: str):
    teams.state.remove(teams.message(said(teams, "gone")))
    (listed,) = (await web.get(address)).json()["value"]
    assert listed["deletedDateTime"] and listed["attachments"] == []


async def test_a_message_shows_only_after_a_while_when_it_is_to(teams: FakeTeams, web: httpx.AsyncClient, address: str):
    teams.graph.lag = 5
    said(teams, "new")
    assert (await web.get(address)).json()["value"] == []
    teams.clock.advance(5)
    assert len((await web.get(address)).json()["value"]) == 1


async def test_without_consent_or_without_the_bot_graph_tells_nothing(teams: FakeTeams, web: httpx.AsyncClient, address: str):
    teams.graph.allowed = False
    refused = await web.get(address)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "Forbidden")
    teams.graph.allowed, teams.channel("crisis").team.has_bot = True, False
    assert (await web.get(address)).status_code == 403


async def test_what_is_not_there_is_not_found_and_a_token_for_the_service_does_not_do(
    teams: FakeTeams, web: httpx.AsyncClient, address: str
):
    assert (await web.get(f"{address}/1/replies")).status_code == 404
    assert (await web.get(f"{teams.graph_url}/teams/nobody/channels/{CRISIS}/messages")).status_code == 404
    assert (await web.get(address, headers={"Authorization": "Bearer x"})).status_code == 401


async def test_a_team_says_whether_somebody_lets_people_in(teams: FakeTeams, web: httpx.AsyncClient):
    team = teams.channel("crisis").team
    team.visibility = "public"
    assert (await web.get(f"{teams.graph_url}/teams/{team.group_id}?$select=visibility")).json()["visibility"] == "public"
