"""The Workspace port over the Bot Connector: what arrived, what did not, how fast, and what is never said twice."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from microsoft_teams.api import ApiClient
from microsoft_teams.common import Client, ClientOptions

from bot.teams.access import Access
from bot.teams.cards import token_of
from bot.teams.tokens import Tokens
from bot.teams.workspace import TeamsWorkspace
from handlers.errors import CannotAsk, DoorClosed, Gone, Refused, TryLater, Unconfirmed
from handlers.ports import Button, Called, Card, CustomerText, Place, Words
from tests.fakes.teams import FakeTeams, Limits, card_text

# the SDK warns of what its own client builds
pytestmark = pytest.mark.filterwarnings("ignore:The bot client is deprecated:DeprecationWarning")
CARD, CHANGED = Card(Words("plain.text", {"text": "hello"})), Card(Words("plain.text", {"text": "changed"}))
WIDE = ((1.0, 1000), (3600.0, 100_000))


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
async def teams():
    async with FakeTeams(limits=Limits(sends=WIDE, reads=WIDE, tenant_per_second=1000)) as fake:
        fake.add_user("Ana")
        fake.add_channel("crisis", channel_id="19:crisis@thread.tacv2")
        yield fake


@asynccontextmanager
async def reaching(fake: FakeTeams, **changed):
    """A workspace as the door opens it."""
    how = {
        "client_id": fake.client_id, "client_secret": fake.client_secret, "tenants": (fake.tenant_id,), "service_url": fake.service_url,
        "login_url": fake.login_url, "openid_url": fake.openid_url, **changed,
    }  # fmt: skip
    access = Access(**how)
    async with httpx.AsyncClient(timeout=0.5) as web:
        tokens = Tokens(access, web)
        api = ApiClient(access.service_url, Client(ClientOptions(timeout=0.5, token=tokens.of)))
        workspace = TeamsWorkspace(api, access, tokens, web, graph_url=fake.graph_url)
        yield workspace
        await workspace.close()


@pytest.fixture
async def workspace(teams):
    async with reaching(teams) as opened:
        yield opened


CRISIS = Place("19:crisis@thread.tacv2")


def button() -> Button:
    return Button("claim", Words("button.claim"), "7")


def ana(teams: FakeTeams) -> Place:
    return Place(teams.user("Ana").aad_object_id)


def heard(teams: FakeTeams, user: str = "Ana", channel: str = "crisis") -> dict:
    """What Teams says when somebody writes in a channel."""
    found = teams.channel(channel)
    return {
        "type": "message",
        "serviceUrl": teams.service_url,
        "from": teams.user(user).account,
        "conversation": {**found.account, "id": f"{found.id};messageid=1"},
        "channelData": {"team": {"id": found.team.id, "aadGroupId": found.team.group_id}, "tenant": {"id": teams.tenant_id}},
    }


def shown(teams: FakeTeams, message_id: str) -> str:
    return card_text(teams.message(message_id).card)


async def test_a_post_begins_a_thread_a_reply_stands_in_it_and_a_person_reads_it_in_their_own_chat(teams, workspace):
    root = await workspace.post(CRISIS, CARD, "en", "t1")
    reply = await workspace.post(Place(CRISIS.channel_id, root), CARD, "en", "t2")
    direct = await workspace.post(ana(teams), CARD, "en", "t3")
    (thread,) = teams.channel("crisis").messages
    assert (thread.id, [one.id for one in thread.replies]) == (root, [reply])
    assert [one.id for one in teams.chat("Ana").messages] == [direct]


async def test_a_chat_is_begun_once_and_used_again(teams, workspace):
    for number in range(3):
        await workspace.post(ana(teams), CARD, "en", str(number))
    assert len(teams.calls_of("create")) == 1


async def test_a_card_is_changed_in_place_and_deleted_once(teams, workspace):
    root = await workspace.post(CRISIS, CARD, "en", "t1")
    reply = await workspace.post(Place(CRISIS.channel_id, root), CARD, "en", "t2")
    direct = await workspace.post(ana(teams), CARD, "en", "t3")
    for place, message_id in ((CRISIS, root), (Place(CRISIS.channel_id, root), reply), (ana(teams), direct)):
        await workspace.update(place, message_id, CHANGED, "en")
        assert "changed" in shown(teams, message_id)
    for _ in range(2):  # the second time it is gone already
        await workspace.delete(Place(CRISIS.channel_id, root), reply)
    assert teams.channel("crisis").messages[0].replies == []


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        ("429:7", TryLater, "Throttled"),
        ("412", TryLater, "PreconditionFailed"),
        ("503", TryLater, "http_503"),
        ("500", Unconfirmed, "http_500"),
        ("502", Unconfirmed, "http_502"),
        ("504_after_accept", Unconfirmed, "http_504"),
        ("timeout_after_accept", Unconfirmed, "timeout"),
        ("close_after_accept", Unconfirmed, "RemoteProtocolError"),
        ("garbage", Unconfirmed, "unreadable_answer"),
        ("error:404:ConversationNotFound", DoorClosed, "ConversationNotFound"),
        ("error:403:BotNotInConversationRoster", DoorClosed, "BotNotInConversationRoster"),
        ("error:400:BadArgument", Refused, "BadArgument"),
        ("error:413:MessageSizeTooBig", Refused, "too_big"),
    ],
)
async def test_every_answer_of_the_connector_says_what_became_of_the_send(teams, workspace, fault, error, reason):
    teams.faults.next("send", fault)
    with pytest.raises(error) as raised:
        await workspace.post(CRISIS, CARD, "en", "t")
    assert raised.value.reason == reason
    assert len(teams.calls_of("send")) == 1  # nobody repeats it behind our back


async def test_retry_after_is_obeyed_to_the_second_and_names_the_limit_that_it_means(teams, workspace):
    workspace.services.note(heard(teams))
    for operation, asked, bucket in (
        ("send", workspace.post(CRISIS, CARD, "en", "t"), ""),
        ("create", workspace.post(ana(teams), CARD, "en", "t"), "teams#create"),
        ("graph", workspace.find(CRISIS, "t", long_ago()), "teams#graph"),
    ):
        teams.faults.next(operation, "429:7")
        with pytest.raises(TryLater) as raised:
            await asked
        assert (raised.value.after, raised.value.bucket) == (timedelta(seconds=7), bucket)


async def test_nothing_was_sent_when_nobody_answers_the_door(teams):
    async with reaching(teams, service_url="http://127.0.0.1:1/teams/") as workspace:
        with pytest.raises(TryLater) as raised:
            await workspace.post(CRISIS, CARD, "en", "t")
    assert raised.value.reason == "no_connection"


async def test_a_wrong_secret_closes_the_whole_door(teams):
    async with reaching(teams, client_secret="yesterday's") as workspace:
        with pytest.raises(DoorClosed) as raised:
            await workspace.post(CRISIS, CARD, "en", "t")
    assert raised.value.whole


async def test_a_token_that_is_not_taken_any_more_is_renewed(teams, workspace):
    await workspace.post(CRISIS, CARD, "en", "t1")
    teams.entra.revoke()
    with pytest.raises(DoorClosed):
        await workspace.post(CRISIS, CARD, "en", "t2")
    await workspace.post(CRISIS, CARD, "en", "t3")


async def test_a_message_that_somebody_deleted_is_gone_and_so_is_what_was_to_stand_below_it(teams, workspace):
    root = await workspace.post(CRISIS, CARD, "en", "t1")
    await workspace.delete(CRISIS, root)
    with pytest.raises(Gone):
        await workspace.update(CRISIS, root, CHANGED, "en")
    teams.faults.next("send", "error:404:ActivityNotFoundInConversation")
    with pytest.raises(Gone):
        await workspace.post(Place(CRISIS.channel_id, root), CARD, "en", "t2")


async def test_a_change_is_done_whatever_the_answer_holds(teams, workspace):
    root = await workspace.post(CRISIS, CARD, "en", "t1")
    teams.faults.next("update", "garbage")
    await workspace.update(CRISIS, root, CHANGED, "en")


async def test_whoever_has_blocked_us_is_refused_and_asked_anew_the_next_time(teams, workspace):
    await workspace.post(ana(teams), CARD, "en", "t1")
    teams.user("Ana").blocked_bot = True
    with pytest.raises(Refused) as raised:
        await workspace.post(ana(teams), CARD, "en", "t2")
    assert raised.value.reason == "ConversationBlockedByUser"
    teams.user("Ana").blocked_bot = False
    await workspace.post(ana(teams), CARD, "en", "t3")
    assert len(teams.calls_of("create")) == 2


@pytest.mark.parametrize("said", ["19:crisis@thread.tacv2/../../x", "19:a?b", "19:a#b", "19:a b", "", "19:x;messageid=1", "%2e%2e"])
async def test_no_id_leads_anywhere_else_with_our_token(teams, workspace, said):
    with pytest.raises(Refused):
        await workspace.post(Place(said), CARD, "en", "t")
    with pytest.raises(Refused):
        await workspace.update(CRISIS, said, CARD, "en")
    assert teams.calls == []


async def test_a_token_is_found_in_a_channel_and_a_thread_and_nowhere_else(teams, workspace):
    workspace.services.note(heard(teams))
    root = await workspace.post(CRISIS, CARD, "en", "root")
    reply = await workspace.post(Place(CRISIS.channel_id, root), CARD, "en", "reply")
    assert await workspace.find(CRISIS, "root", long_ago()) == root
    assert await workspace.find(Place(CRISIS.channel_id, root), "reply", long_ago()) == reply
    assert await workspace.find(CRISIS, "reply", long_ago()) is None
    assert await workspace.find(CRISIS, "roo", long_ago()) is None


async def test_a_token_is_found_behind_pages_of_other_messages_and_older_ones_are_not_read(teams, workspace):
    workspace.services.note(heard(teams))
    channel, now = teams.channel("crisis"), teams.clock.now()
    for number in range(300):
        old = teams.state.add_message(channel, {"type": "message", "text": str(number)}, teams.user("Ana"))
        old.at = old.changed_at = now - 86_400 - number
    first = await workspace.post(CRISIS, CARD, "en", "first")
    for number in range(120):
        teams.state.add_message(channel, {"type": "message", "text": str(number)}, teams.user("Ana"))
    assert await workspace.find(CRISIS, "first", long_ago()) == first
    assert len(teams.calls_of("graph")) == 3
    assert await workspace.find(CRISIS, "never", long_ago()) is None
    assert len(teams.calls_of("graph")) < 3 + 6


async def test_where_nobody_can_be_asked_nobody_pretends_to_know(teams, workspace):
    for place in (CRISIS, ana(teams)):  # no team was heard of; in a chat there is nobody to ask
        with pytest.raises(CannotAsk):
            await workspace.find(place, "t", long_ago())
    workspace.services.note(heard(teams))
    teams.graph.allowed = False
    with pytest.raises(CannotAsk) as raised:
        await workspace.find(CRISIS, "t", long_ago())
    assert raised.value.reason == "graph_403"


@pytest.mark.parametrize(("fault", "error"), [("429:9", TryLater), ("503", TryLater), ("timeout", Unconfirmed), ("garbage", Unconfirmed)])
async def test_graph_that_does_not_answer_is_asked_again_later(teams, workspace, fault, error):
    workspace.services.note(heard(teams))
    teams.faults.next("graph", fault)
    with pytest.raises(error):
        await workspace.find(CRISIS, "t", long_ago())


async def test_our_token_goes_to_nobody_whom_an_answer_names(teams, workspace):
    workspace.services.note(heard(teams))
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, json={"value": [], "@odata.nextLink": "https://evil.example/v1.0/teams"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as web:
        spied = TeamsWorkspace(workspace.api, workspace.access, workspace.tokens, web, services=workspace.services)
        with pytest.raises(Unconfirmed):
            await spied.find(CRISIS, "t", long_ago())
    assert asked == ["graph.microsoft.com"]


async def test_each_conversation_is_spoken_to_where_it_last_was(teams, workspace):
    async with FakeTeams(limits=Limits(sends=WIDE, reads=WIDE)) as moved:
        moved.state, moved.connector.state = teams.state, teams.state
        moved.entra.given = teams.entra.given
        workspace.services.note({**heard(teams), "serviceUrl": moved.service_url})
        await workspace.post(CRISIS, CARD, "en", "t1")
        assert (len(teams.calls_of("send")), len(moved.calls_of("send"))) == (0, 1)


async def test_whoever_is_named_sees_the_card_as_it_stands_and_it_rings_for_them(teams, workspace):
    workspace.services.note(heard(teams))
    ours = teams.user("Ana")
    card = Card(Words("plain.text", {"text": Called("Ana", {"teams": ours.aad_object_id})}), buttons=((button(),),))
    root = await workspace.post(CRISIS, card, "en", "t1")
    content = teams.message(root).card
    assert content["refresh"]["userIds"] == [ours.id]
    assert [one["mentioned"]["id"] for one in content["msteams"]["entities"]] == [ours.id]
    assert token_of(content) == "t1"


async def test_no_notification_holds_a_customers_words(teams, workspace):
    root = await workspace.post(CRISIS, Card(Words("plain.text", {"text": CustomerText("my secret")})), "en", "t1")
    assert teams.message(root).summary
    assert "secret" not in teams.message(root).summary
    assert "secret" in shown(teams, root)
