"""The Workspace port over the Bot Connector: what arrived, what did not, how fast, and what is never said twice."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from microsoft_teams.api import ApiClient
from microsoft_teams.common import Client, ClientOptions

from bot.teams.access import Access
from bot.teams.tokens import Tokens
from bot.teams.workspace import TeamsWorkspace
from handlers.errors import CannotAsk, DoorClosed, Gone, Refused, TryLater, Unconfirmed
from handlers.ports import Card, Place, Words
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
        workspace = TeamsWorkspace(api, access, tokens, web, graph_url=f"{fake.url}/v1.0")
        yield workspace
        await workspace.close()


@pytest.fixture
async def workspace(teams):
    async with reaching(teams) as opened:
        yield opened


CRISIS = Place("19:crisis@thread.tacv2")


def ana(teams: FakeTeams) -> Place:
    return Place(teams.user("Ana").aad_object_id)


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
