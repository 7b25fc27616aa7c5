"""Which channel is meant, who reads it, whether we can post there: as Teams and Graph tell it."""

# ruff: noqa: F811 - fixtures are imported, and come as arguments

import json

import httpx
import pytest

from bot.teams.channels import Channels
from bot.teams.graph import Graph
from bot.teams.services import KEPT, Services, Team
from handlers.errors import DoorClosed, TryLater, Unconfirmed
from handlers.insight.ports import Spot
from tests.doors.test_teams_workspace import heard, reaching, teams, workspace  # noqa: F401

pytestmark = pytest.mark.filterwarnings("ignore:The bot client is deprecated:DeprecationWarning")
CRISIS = "19:crisis@thread.tacv2"
CLOSED = Spot(CRISIS, "#crisis", is_open=False, can_post=True)


@pytest.mark.parametrize("said", [CRISIS, f"#{CRISIS}", "#crisis", "Crisis", " #CRISIS "])
async def test_a_channel_is_found_by_its_id_and_by_its_name_as_people_type_it(teams, workspace, said):
    workspace.services.note(heard(teams))
    assert await workspace.look(said) == CLOSED


@pytest.mark.parametrize("said", ["", "#", "#nowhere", "19:nowhere@thread.tacv2", "19:../../x", "https://evil.example"])
async def test_what_is_no_channel_of_ours_is_not_found(teams, workspace, said):
    workspace.services.note(heard(teams))
    assert await workspace.look(said) is None


async def test_of_a_team_that_was_never_heard_of_nothing_is_known(teams, workspace):
    assert await workspace.look("#crisis") is None
    assert await workspace.look(CRISIS) is None


async def test_a_teams_first_channel_bears_the_teams_name_and_is_found_unheard(teams, workspace):
    team = teams.channel("crisis").team
    assert await workspace.look(team.id) == Spot(team.id, f"#{team.name}", is_open=False, can_post=True)
    workspace.services.note(heard(teams))
    assert (await workspace.look(f"#{team.name}")).channel_id == team.id


async def test_a_team_that_anybody_may_join_is_open(teams, workspace):
    workspace.services.note(heard(teams))
    teams.channel("crisis").team.visibility = "public"
    assert (await workspace.look("#crisis")).is_open


async def test_where_nobody_tells_who_may_join_it_counts_as_open(teams, workspace):
    workspace.services.note(heard(teams))
    teams.graph.allowed = False
    assert (await workspace.look("#crisis")).is_open


@pytest.mark.parametrize("outsider", [{"role": "guest"}, {"tenant_id": "another"}, {"email": "g_example.com#EXT#@ours.example"}])
async def test_a_channel_that_somebody_from_outside_reads_is_open(teams, workspace, outsider):
    workspace.services.note(heard(teams))
    for number in range(60):
        teams.add_user(f"Colleague {number}")
    teams.add_user("Guest", **outsider)
    assert (await workspace.look("#crisis")).is_open


async def test_a_person_is_a_place_of_their_own(teams, workspace):
    account = teams.user("Ana").aad_object_id
    assert await workspace.look(account) == Spot(account, f"@{account}", is_open=True, can_post=True)


async def test_a_team_that_took_us_out_has_no_channels_for_us(teams, workspace):
    workspace.services.note(heard(teams))
    teams.channel("crisis").team.has_bot = False
    assert await workspace.look("#crisis") is None


@pytest.mark.parametrize(
    ("operation", "fault", "error"), [("team", "429:9", TryLater), ("members", "503", TryLater), ("graph", "timeout", Unconfirmed)]
)
async def test_teams_that_does_not_tell_is_asked_again_later(teams, workspace, operation, fault, error):
    workspace.services.note(heard(teams))
    teams.faults.next(operation, fault)
    with pytest.raises(error):
        await workspace.look("#crisis")


async def test_a_wrong_secret_is_no_missing_channel(teams):
    async with reaching(teams, client_secret="yesterday's") as workspace:
        workspace.services.note(heard(teams))
        with pytest.raises(DoorClosed):
            await workspace.look("#crisis")


@pytest.mark.parametrize(
    ("kind", "status", "spot"),
    [
        ("private", 200, Spot(CRISIS, "#crisis", is_open=False, can_post=True)),
        ("shared", 200, Spot(CRISIS, "#crisis", is_open=True, can_post=True)),
        ("private", 403, Spot(CRISIS, "#crisis", is_open=True, can_post=False)),
    ],
)
async def test_a_private_channel_is_closed_whoever_may_join_its_team_and_a_shared_one_is_open(workspace, kind, status, spot):
    """Written as Microsoft's pages have it: https://learn.microsoft.com/microsoftteams/platform/build-apps-for-shared-private-channels"""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/conversations"):
            return httpx.Response(200, json={"conversations": [{"id": CRISIS, "name": "crisis", "type": kind}]})
        if request.url.path.endswith("/pagedMembers"):
            wrong = {"error": {"code": "BotNotInConversationRoster", "message": ""}}
            return httpx.Response(status, json={"members": []} if status == 200 else wrong)
        return httpx.Response(200, json={"id": "19:t", "name": "Team"})

    services = Services()
    services.learn(CRISIS, Team("19:t@thread.tacv2"))
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as web:
        await workspace.api.http.http.aclose()
        workspace.api.http.http = web
        channels = Channels(workspace.api, workspace.access, services, Graph(workspace.tokens, web))
        assert await channels.look(CRISIS) == spot


def test_what_an_activity_tells_is_kept_and_the_oldest_makes_room(teams):
    services = Services()
    services.note(heard(teams))
    person = teams.user("Ana")
    assert services.url_of(CRISIS) == services.url_of("elsewhere", teams.tenant_id) == teams.service_url
    assert services.called == {person.aad_object_id: person.id}
    assert services.team_of(CRISIS).group_id == teams.channel("crisis").team.group_id
    for number in range(KEPT):
        services.meet(f"account {number}", "29:x")
    assert len(services.called) == KEPT and person.aad_object_id not in services.called


@pytest.mark.parametrize(
    "activity", [{}, {"conversation": 7, "from": [], "channelData": None}, {"serviceUrl": None, "channelData": {"team": 1}}]
)
def test_an_activity_that_tells_nothing_teaches_nothing(activity):
    services = Services()
    services.note(activity)
    assert services == Services()


def test_a_group_once_known_is_not_forgotten_by_an_activity_that_does_not_name_it(teams):
    services, said = Services(), heard(teams)
    services.note(said)
    services.note({**said, "channelData": {"team": {"id": said["channelData"]["team"]["id"]}}})
    assert services.team_of(CRISIS).group_id


def test_what_was_written_down_is_known_after_a_start_and_what_was_told_since_is_newer(teams):
    before, after = Services(), Services()
    before.note(heard(teams))
    before.begun(teams.user("Ana").aad_object_id, "a:1", teams.service_url)
    after.note({**heard(teams), "serviceUrl": "https://smba.trafficmanager.net/emea/"})
    after.restore(json.loads(json.dumps(before.kept())))
    assert (after.team_of(CRISIS), after.chat_with(teams.user("Ana").aad_object_id)) == (before.team_of(CRISIS), "a:1")
    assert after.url_of(CRISIS) == "https://smba.trafficmanager.net/emea/"
    empty = Services()
    empty.restore({})
    assert empty == Services()
