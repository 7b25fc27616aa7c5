"""Each cloud of Microsoft's has its own door: what one setting chooses, who is believed there, and that no other cloud is taken for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, get_args

import pytest
from structlog.testing import capture_logs

from bot.checkup import Verdict
from bot.settings import Settings, SettingsError, read_settings
from bot.teams.access import Access, access_of
from bot.teams.checkup import look_at_teams
from bot.teams.clouds import CHINA, CLOUDS, DOD, GCC_HIGH, PUBLIC, Cloud
from bot.teams.graph import Graph
from bot.teams.sdk import open_sdk
from bot.teams.tokens import Tokens
from bot.teams.trust import Trust
from handlers.errors import DoorClosed
from templates import LANGUAGES, say
from tests.builders import data_breach
from tests.doors.teams_keys import CLIENT, TENANT, Microsoft, activity, let_in, plain, signed
from tests.fakes.teams import FakeTeams

pytestmark = pytest.mark.filterwarnings("ignore:The bot client is deprecated:DeprecationWarning")  # the SDK uses it itself
NEAR = {"gcc_high": "https://smba.infra.gov.teams.microsoft.us/teams", "dod": "https://smba.infra.dod.teams.microsoft.us/teams/"}
SERVICES = {"public": "https://smba.trafficmanager.net/emea/", "china": "https://smba.example.azure.cn/teams/", **NEAR}
# as Microsoft's pages have them: issuer, scope, login, OpenID, service, Graph and its scope
WRITTEN = {
    "public": (
        "https://api.botframework.com", "https://api.botframework.com/.default", "https://login.microsoftonline.com",
        "https://login.botframework.com/v1/.well-known/openidconfiguration", "https://smba.trafficmanager.net/teams/",
        "https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/.default",
    ),
    "gcc_high": (
        "https://api.botframework.us", "https://api.botframework.us/.default", "https://login.microsoftonline.us",
        "https://login.botframework.azure.us/v1/.well-known/openidconfiguration", "https://smba.infra.gov.teams.microsoft.us/teams",
        "https://graph.microsoft.us/v1.0", "https://graph.microsoft.us/.default",
    ),
    "dod": (
        "https://api.botframework.us", "https://api.botframework.us/.default", "https://login.microsoftonline.us",
        "https://login.botframework.azure.us/v1/.well-known/openidconfiguration", "https://smba.infra.dod.teams.microsoft.us/teams",
        "https://dod-graph.microsoft.us/v1.0", "https://dod-graph.microsoft.us/.default",
    ),
    "china": (
        "https://api.botframework.azure.cn", "https://api.botframework.azure.cn/.default", "https://login.partner.microsoftonline.cn",
        "https://login.botframework.azure.cn/v1/.well-known/openidconfiguration", SERVICES["china"],
        "https://microsoftgraph.chinacloudapi.cn/v1.0", "https://microsoftgraph.chinacloudapi.cn/.default",
    ),
}  # fmt: skip


def settings(cloud: str, **given: str) -> Settings:
    usual = {"TEAMS_CLOUD": cloud, "TEAMS_CLIENT_ID": CLIENT, "TEAMS_CLIENT_SECRET": "s", "TEAMS_TENANT_ID": TENANT}
    if cloud == "china":
        usual["TEAMS_SERVICE_URL"] = SERVICES["china"]
    return read_settings(_env_file=None, **(usual | given))


def addresses(access: Access) -> tuple[str, ...]:
    served = (access.issuer, access.scope, access.login_url, access.openid_url, access.service_url, access.graph_url)
    return *served, access.cloud.graph_scope


def test_the_setting_names_the_clouds_that_there_are():
    assert set(get_args(Settings.model_fields["teams_cloud"].annotation)) == set(CLOUDS)


@pytest.mark.parametrize("cloud", WRITTEN)
def test_one_setting_chooses_a_whole_cloud(cloud):
    assert addresses(access_of(settings(cloud))) == WRITTEN[cloud]


def test_without_a_setting_it_is_the_public_cloud():
    assert addresses(access_of(read_settings(_env_file=None))) == WRITTEN["public"]
    assert access_of(read_settings(_env_file=None, TEAMS_CLOUD="", TEAMS_LOGIN_URL="")).cloud is PUBLIC
    assert access_of(read_settings(_env_file=None, TEAMS_CLOUD=" GCC_High ")).cloud is GCC_HIGH


@pytest.mark.parametrize(("variable", "place", "value"), [
    ("TEAMS_ISSUER", 0, "https://issuer.example.us"),
    ("TEAMS_SCOPE", 1, "6f669b9e-7701-4e2b-b624-82c9207fde26/.default"),
    ("TEAMS_LOGIN_URL", 2, "https://login.example.us"),
    ("TEAMS_OPENID_URL", 3, "https://openid.example.us/v1/.well-known/openidconfiguration"),
    ("TEAMS_SERVICE_URL", 4, "https://smba.example.us/teams/"),
    ("TEAMS_GRAPH_URL", 5, "https://graph.example.us/v1.0"),
])  # fmt: skip
def test_each_part_can_be_set_alone(variable, place, value):
    expected = list(WRITTEN["dod"])
    expected[place] = value
    assert addresses(access_of(settings("dod", **{variable: value}))) == tuple(expected)


@pytest.mark.parametrize(("given", "line"), [
    ({"TEAMS_CLOUD": "mars"}, "TEAMS_CLOUD"),
    ({"TEAMS_CLOUD": "china"}, "TEAMS_SERVICE_URL"),
    ({"TEAMS_ISSUER": "http://api.botframework.com"}, "TEAMS_ISSUER"),
    ({"TEAMS_SCOPE": "https://api.botframework.us"}, "TEAMS_SCOPE"),
])  # fmt: skip
def test_what_cannot_be_is_said_by_its_name(given, line):
    with pytest.raises(SettingsError, match=line):
        read_settings(_env_file=None, **given)


@asynccontextmanager
async def trusting(cloud: Cloud, published: str = "", **changed: Any) -> AsyncIterator[Trust]:
    """Microsoft publishes its keys under the name of the cloud, or of another issuer."""
    async with Microsoft() as microsoft, plain() as web:
        microsoft.metadata["issuer"] = published or cloud.issuer
        yield Trust(microsoft.access(cloud=cloud, **({"service_url": SERVICES["china"]} if cloud is CHINA else {}), **changed), web)


@pytest.mark.parametrize("cloud", CLOUDS.values(), ids=list(CLOUDS))
async def test_the_connector_of_the_cloud_is_believed_and_no_other(cloud):
    async with trusting(cloud) as trust:
        for issuer in {one.issuer for one in CLOUDS.values()}:
            url = SERVICES[cloud.name]
            found = await let_in(trust, signed(iss=issuer, serviceurl=url), activity(serviceUrl=url))
            assert found == ("in" if issuer == cloud.issuer else "issuer 401"), issuer


@pytest.mark.parametrize("cloud", CLOUDS.values(), ids=list(CLOUDS))
async def test_our_token_goes_to_no_service_of_another_cloud(cloud):
    async with trusting(cloud) as trust:
        for name, url in SERVICES.items():
            found = await let_in(trust, signed(iss=cloud.issuer, serviceurl=url), activity(serviceUrl=url))
            assert found == ("in" if name == cloud.name else "service_url_host 403"), url


@pytest.mark.parametrize("cloud", CLOUDS.values(), ids=list(CLOUDS))
async def test_keys_that_another_issuer_publishes_are_nobodys(cloud):
    for issuer in ({one.issuer for one in CLOUDS.values()} | {f"{cloud.issuer}/", f"{cloud.issuer}.evil.example"}) - {cloud.issuer}:
        async with trusting(cloud, issuer) as trust:
            url = SERVICES[cloud.name]
            with capture_logs() as logs:
                assert await let_in(trust, signed(iss=cloud.issuer, serviceurl=url), activity(serviceUrl=url)) == "keys_away 503"
            assert [line["reason"] for line in logs] == ["other_issuer"]


async def test_an_issuer_set_alone_is_asked_of_both_the_keys_and_the_token():
    ours = "https://issuer.example.us"
    async with trusting(DOD, ours, issuer=ours) as trust:
        url = SERVICES["dod"]
        assert await let_in(trust, signed(iss=ours, serviceurl=url), activity(serviceUrl=url)) == "in"
        assert await let_in(trust, signed(iss=DOD.issuer, serviceurl=url), activity(serviceUrl=url)) == "issuer 401"


def spoken(teams: FakeTeams, cloud: Cloud, **changed: Any) -> Access:
    """To the fake, as if it were that cloud."""
    urls = {"service_url": teams.service_url, "login_url": teams.login_url, "openid_url": teams.openid_url, "graph_url": teams.graph_url}
    return Access(teams.client_id, teams.client_secret, (teams.tenant_id,), cloud=cloud, **(urls | changed))


@pytest.mark.parametrize("cloud", CLOUDS.values(), ids=list(CLOUDS))
async def test_we_speak_with_tokens_of_the_cloud(cloud):
    async with FakeTeams(cloud=cloud.name) as teams, plain() as web:
        team = teams.add_team("Crisis team")
        channel = teams.add_channel("crisis", team=team)
        access = spoken(teams, cloud)
        tokens = Tokens(access, web)
        app = await open_sdk(access, tokens)
        await app.send(channel.id, "Here.")
        await app.api.http.http.aclose()
        assert [one.text for one in channel.posts] == ["Here."]
        assert await Graph(tokens, web, access.graph_url).is_private(team.group_id) is (team.visibility == "private")
        asked = [call.body["scope"] for call in teams.calls if call.operation == "token"]
        assert asked == [cloud.scope, cloud.graph_scope]
        assert (app.cloud.token_issuer, app.cloud.graph_scope) == (cloud.issuer, cloud.graph_scope)


async def test_a_directory_of_another_cloud_gives_no_token_and_says_why():
    async with FakeTeams(cloud="gcc_high") as teams, plain() as web:
        with pytest.raises(DoorClosed, match="AADSTS500011"):
            await Tokens(spoken(teams, PUBLIC), web).of()


@pytest.mark.parametrize("cloud", CLOUDS)
async def test_check_says_which_cloud(cloud):
    async with FakeTeams(cloud=cloud) as teams:
        channel = teams.add_channel("crisis", team=teams.add_team("Crisis team"))
        given = {
            "TEAMS_CLIENT_ID": teams.client_id,
            "TEAMS_CLIENT_SECRET": teams.client_secret,
            "TEAMS_TENANT_ID": teams.tenant_id,
            "TEAMS_SERVICE_URL": teams.service_url,
            "TEAMS_LOGIN_URL": teams.login_url,
            "TEAMS_OPENID_URL": teams.openid_url,
            "TOCSIN_PUBLIC_URL": "https://crisis.example.com/",
            "TOCSIN_TEAMS_CHANNELS": f"crisis={channel.id}, ordinary={channel.id}",
        }
        found = await look_at_teams(settings(cloud, **given), data_breach())
        assert dict(found[0].words.facts) == {"app": teams.client_id, "cloud": cloud}
        told = [one.words.name for one in found if one.verdict in (Verdict.WARNING, Verdict.WRONG)]
        assert told == (["check.teams_no_bots"] if cloud == "china" else [])
        wrong = "public" if cloud != "public" else "dod"
        words = (await look_at_teams(settings(wrong, **given), data_breach()))[0].words
        assert words.name == "check.teams_secret" and "TEAMS_CLOUD" in say(words.name, "en", **words.facts)


async def test_check_tells_keys_of_another_cloud_from_keys_that_are_away():
    async with FakeTeams() as teams, FakeTeams(cloud="dod") as other:
        for openid, name in ((other.openid_url, "check.teams_other_cloud"), (f"{teams.url}/nowhere", "check.teams_no_keys")):
            given = {
                "TEAMS_CLIENT_ID": teams.client_id,
                "TEAMS_TENANT_ID": teams.tenant_id,
                "TEAMS_CLIENT_SECRET": teams.client_secret,
                "TEAMS_SERVICE_URL": teams.service_url,
                "TEAMS_LOGIN_URL": teams.login_url,
                "TEAMS_OPENID_URL": openid,
                "TOCSIN_PUBLIC_URL": "https://crisis.example.com/",
            }
            found = await look_at_teams(settings("public", **given), None)
            words = found[1].words
            assert (words.name, dict(words.facts)) == (name, {"url": openid})
            assert all(openid in say(words.name, language, **words.facts) for language in LANGUAGES)
