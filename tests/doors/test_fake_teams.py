"""Proves the fake Teams' service with the real SDK: whatever is built on it may trust it."""

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from microsoft_teams.api import Account, ConversationClient, CreateConversationParams, MessageActivityInput, TeamClient
from microsoft_teams.cards import AdaptiveCard
from microsoft_teams.common import Client, ClientOptions

from tests.fakes.teams import FakeTeams, Limits
from tests.fakes.teams.sample_bot import attached, card, executes

CRISIS = "19:crisis@thread.tacv2"
CARD = card("A customer writes", actions=(executes("I take it", "claim", ids="7"),))


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams(limits=Limits(sends=((1.0, 100),))) as fake:
        fake.add_user("Ana Lee", aad_id="aad-ana", user_id="29:ana", email="ana@example.com")
        fake.add_user("Bo")
        fake.add_channel("crisis", channel_id=CRISIS)
        yield fake


async def token(teams: FakeTeams, **changes: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": teams.client_id, "client_secret": teams.client_secret}
    scope = {"scope": "https://api.botframework.com/.default"}
    tenant = changes.pop("tenant", teams.tenant_id)
    async with httpx.AsyncClient() as web:
        return await web.post(f"{teams.login_url}/{tenant}/oauth2/v2.0/token", data={**form, **scope, **changes})


@pytest.fixture
async def value(teams: FakeTeams) -> str:
    return str((await token(teams)).json()["access_token"])


@pytest.fixture
async def client(value: str) -> AsyncIterator[Client]:
    made = Client(ClientOptions(token=value, timeout=5))
    yield made
    await made.http.aclose()


@pytest.fixture
def sdk(teams: FakeTeams, client: Client) -> ConversationClient:
    return ConversationClient(teams.service_url, client)


@pytest.fixture
async def web(teams: FakeTeams, value: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=teams.service_url, headers={"Authorization": f"Bearer {value}"}) as client:
        yield client


async def refusal(call: Any) -> tuple[int, str]:
    """The status and the code, whether the SDK raises or the plain client answers."""
    try:
        response = await call
    except httpx.HTTPStatusError as error:
        response = error.response
    return response.status_code, response.json()["error"]["code"]


def message(content: dict[str, Any]) -> MessageActivityInput:
    return MessageActivityInput().add_card(AdaptiveCard.model_validate(content))


@pytest.mark.alone
async def test_it_starts_in_less_than_a_third_of_a_second():
    started = time.monotonic()
    async with FakeTeams():
        assert time.monotonic() - started < 0.3


async def test_the_sdk_posts_changes_answers_and_deletes_a_message(teams: FakeTeams, sdk: ConversationClient):
    posted = await sdk.create_activity(CRISIS, message(CARD))
    await sdk.create_activity(f"{CRISIS};messageid={posted.id}", message(card("in the thread")))
    await sdk.update_activity(CRISIS, posted.id, message(card("changed")))
    (root,) = teams.channel("crisis").messages
    assert root.id == posted.id and root.by_bot and root.card["body"][0]["text"] == "changed"
    assert [one.card["body"][0]["text"] for one in root.replies] == ["in the thread"]
    assert [one["attachments"][0]["content"]["body"][0]["text"] for one in root.versions] == ["A customer writes"]
    await sdk.delete_activity(f"{CRISIS};messageid={posted.id}", root.replies[0].id)
    assert root.replies == [] and len(teams.channel("crisis").deleted) == 1


async def test_an_answer_to_an_answer_stands_in_the_same_thread(teams: FakeTeams, sdk: ConversationClient):
    posted = await sdk.create_activity(CRISIS, message(CARD))
    first = await sdk.reply_to_activity(CRISIS, posted.id, message(card("one")))
    await sdk.reply_to_activity(CRISIS, first.id, message(card("two")))
    (root,) = teams.channel("crisis").messages
    assert [one.card["body"][0]["text"] for one in root.replies] == ["one", "two"]


async def test_a_chat_with_a_person_is_made_once_and_by_either_of_their_ids(teams: FakeTeams, sdk: ConversationClient):
    chats = [
        (await sdk.create(CreateConversationParams(members=[Account(id=one)], tenant_id=teams.tenant_id))).id
        for one in ("29:ana", "aad-ana")
    ]
    assert chats[0] == chats[1] == teams.chat("Ana Lee").id
    await sdk.create_activity(chats[0], message(card("for you alone")))
    assert [one.card["body"][0]["text"] for one in teams.chat("aad-ana").messages] == ["for you alone"]


async def test_a_thread_of_a_channel_can_be_begun_with_its_first_message(teams: FakeTeams, web: httpx.AsyncClient):
    wanted = {"isGroup": True, "channelData": {"channel": {"id": CRISIS}}, "activity": attached(CARD)}
    made = (await web.post("v3/conversations", json=wanted)).json()
    (root,) = teams.channel("crisis").messages
    assert made["activityId"] == root.id and made["id"] == f"{CRISIS};messageid={root.id}"


async def test_members_are_told_with_account_and_address_all_at_once_by_pages_and_one_by_one(teams: FakeTeams, sdk: ConversationClient):
    teams.limits.page_sizes = (1, 1)
    everybody = await sdk.get_members(CRISIS)
    assert next((one.name, one.aad_object_id, one.email) for one in everybody) == ("Ana Lee", "aad-ana", "ana@example.com")
    first = await sdk.get_paged_members(CRISIS)
    rest = await sdk.get_paged_members(CRISIS, continuation_token=first.continuation_token)
    assert [one.name for one in (*first.members, *rest.members)] == ["Ana Lee", "Bo"] and rest.continuation_token is None
    assert (await sdk.get_member_by_id(CRISIS, "aad-ana")).user_principal_name == "ana@example.com"
    assert await refusal(sdk.get_member_by_id(CRISIS, "29:nobody")) == (404, "MemberNotFoundInConversation")


async def test_a_team_tells_its_channels_and_its_group(teams: FakeTeams, client: Client):
    sdk = TeamClient(teams.service_url, client)
    (team,) = teams.state.teams.values()
    about = await sdk.get_by_id(team.id)
    assert (about.name, about.aad_group_id, about.member_count) == ("Crisis team", team.group_id, 2)
    assert [(one.id, one.name) for one in await sdk.get_conversations(team.id)] == [(team.id, None), (CRISIS, "crisis")]


async def test_what_does_not_exist_is_not_found(teams: FakeTeams, web: httpx.AsyncClient):
    said = attached(CARD)
    assert await refusal(web.post("v3/conversations/19:x@thread.tacv2/activities", json=said)) == (404, "ConversationNotFound")
    assert await refusal(web.post("v3/conversations/a:x/activities", json=said)) == (403, "BadArgument")
    assert await refusal(web.put(f"v3/conversations/{CRISIS}/activities/1", json=said)) == (404, "ActivityNotFoundInConversation")
    assert await refusal(web.post(f"v3/conversations/{CRISIS};messageid=1/activities", json=said)) == (
        404,
        "ActivityNotFoundInConversation",
    )
    stranger = {"members": [{"id": "29:nobody"}], "tenantId": teams.tenant_id}
    assert await refusal(web.post("v3/conversations", json=stranger)) == (400, "BadArgument")


async def test_a_message_is_looked_for_in_the_thread_that_the_address_names(teams: FakeTeams, web: httpx.AsyncClient):
    one, two = [(await web.post(f"v3/conversations/{CRISIS}/activities", json=attached(CARD))).json()["id"] for _ in range(2)]
    astray = f"v3/conversations/{CRISIS};messageid={one}/activities/{two}"
    assert await refusal(web.put(astray, json=attached(CARD))) == (404, "ActivityNotFoundInConversation")


async def test_a_message_that_was_deleted_can_neither_be_changed_nor_deleted_again(web: httpx.AsyncClient):
    address = f"v3/conversations/{CRISIS}/activities"
    posted = (await web.post(address, json=attached(CARD))).json()["id"]
    assert (await web.delete(f"{address}/{posted}")).status_code == 200
    assert await refusal(web.put(f"{address}/{posted}", json=attached(CARD))) == (404, "ActivityNotFoundInConversation")
    assert await refusal(web.delete(f"{address}/{posted}")) == (404, "ActivityNotFoundInConversation")


async def test_the_bot_changes_its_own_messages_only(teams: FakeTeams, web: httpx.AsyncClient):
    said = await teams.say("Bo", "crisis", "mine")
    address = f"v3/conversations/{CRISIS}/activities/{said.id}"
    assert await refusal(web.put(address, json=attached(CARD))) == (403, "ForbiddenOperationException")


async def test_who_shuts_the_bot_out_is_not_written_to(teams: FakeTeams, web: httpx.AsyncClient):
    ana, (team,) = teams.user("aad-ana"), teams.state.teams.values()
    chat = teams.chat("aad-ana").id
    ana.blocked_bot = True
    assert await refusal(web.post(f"v3/conversations/{chat}/activities", json=attached(CARD))) == (403, "ConversationBlockedByUser")
    ana.blocked_bot, ana.has_app, team.has_bot = False, False, False
    assert await refusal(web.post(f"v3/conversations/{CRISIS}/activities", json=attached(CARD))) == (403, "BotNotInConversationRoster")
    assert await refusal(web.post(f"v3/conversations/{chat}/activities", json=attached(CARD))) == (403, "ForbiddenOperationException")
    assert await refusal(web.get(f"v3/teams/{team.id}")) == (403, "BotNotInConversationRoster")
    teams.state.disabled_by_admin = True
    assert await refusal(web.post(f"v3/conversations/{CRISIS}/activities", json=attached(CARD))) == (403, "BotDisabledByAdmin")


async def test_nobody_without_a_true_token_is_heard(teams: FakeTeams, web: httpx.AsyncClient):
    address = f"v3/conversations/{CRISIS}/members"
    assert await refusal(web.get(address, headers={"Authorization": "Bearer made-up"})) == (401, "Unauthorized")
    assert await refusal(web.get(address, headers={"Authorization": ""})) == (401, "Unauthorized")
    assert (await web.get(address)).status_code == 200
    teams.entra.revoke()
    assert await refusal(web.get(address)) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("changes", "status", "word", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_id": "another"}, 400, "unauthorized_client", 700016),
        ({"tenant": "nowhere"}, 400, "invalid_request", 90002),
        ({"scope": "everything"}, 400, "invalid_scope", 1002012),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
)
async def test_entra_says_what_is_wrong_with_the_credentials(
    teams: FakeTeams, changes: dict[str, str], status: int, word: str, number: int
):
    answer = await token(teams, **changes)
    assert (answer.status_code, answer.json()["error"], answer.json()["error_codes"]) == (status, word, [number])
    assert f"AADSTS{number}" in answer.json()["error_description"]


async def test_a_token_for_graph_does_not_open_the_service(teams: FakeTeams, web: httpx.AsyncClient):
    graph = (await token(teams, scope="https://graph.microsoft.com/.default")).json()["access_token"]
    answer = await refusal(web.get(f"v3/conversations/{CRISIS}/members", headers={"Authorization": f"Bearer {graph}"}))
    assert answer == (401, "Unauthorized")
