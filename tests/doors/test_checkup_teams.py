"""`python app.py check` asks Entra and the Bot Connector (the fake's) about the secret, the keys and every channel."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.checkup import Finding, Verdict
from bot.settings import Settings, read_settings
from bot.teams.checkup import PATH, look_at_teams
from bot.teams.route import PATH as LISTENS
from templates import LANGUAGES, say
from tests.builders import data_breach
from tests.fakes.teams import FakeTeams
from tests.fakes.teams.state import Conversation, Team

STRANGE = "99999999-8888-7777-6666-555555555555"
UNKNOWN = "19:0123456789abcdef0123456789abcdef@thread.tacv2"


@dataclass
class There:
    """An organisation as it should be: a team of three people with the app in it, and a channel for each name."""

    teams: FakeTeams
    team: Team
    channels: dict[str, Conversation]

    def settings(self, **given: str) -> Settings:
        usual = {
            "TEAMS_CLIENT_ID": self.teams.client_id,
            "TEAMS_CLIENT_SECRET": self.teams.client_secret,
            "TEAMS_TENANT_ID": self.teams.tenant_id,
            "TEAMS_SERVICE_URL": self.teams.service_url,
            "TEAMS_LOGIN_URL": self.teams.login_url,
            "TEAMS_OPENID_URL": self.teams.openid_url,
            "TOCSIN_PUBLIC_URL": "https://crisis.example.com/",
            "TOCSIN_TEAMS_CHANNELS": self.places(),
        }
        return read_settings(_env_file=None, **{name: value for name, value in (usual | given).items() if value})

    def places(self, **other: str) -> str:
        """`other` takes the place of a channel's id; "" leaves the channel out."""
        ids = {name: channel.id for name, channel in self.channels.items()} | other
        return ", ".join(f"{name}={channel_id}" for name, channel_id in ids.items() if channel_id)

    async def look(self, **given: str) -> list[Finding]:
        return await look_at_teams(self.settings(**given), data_breach())


@pytest.fixture
async def there() -> AsyncIterator[There]:
    async with FakeTeams() as teams:
        for name in ("Ana López", "Bo Berg", "Max Malo"):
            teams.add_user(name)
        team = teams.add_team("Crisis team")
        yield There(teams, team, {name: teams.add_channel(name, team=team) for name in ("crisis", "ordinary", "fallback")})


def told(findings: list[Finding], *verdicts: Verdict) -> list[str]:
    return [one.words.name for one in findings if one.verdict in (verdicts or (Verdict.WARNING, Verdict.WRONG))]


def facts(findings: list[Finding], name: str) -> dict[str, object]:
    return dict(next(one.words.facts for one in findings if one.words.name == name))


async def test_an_organisation_as_it_should_be_has_nothing_to_mend_and_hears_nothing(there):
    findings = await there.look()
    assert told(findings) == []
    assert told(findings, Verdict.OK) == ["check.teams_well", "check.teams_http", *["check.teams_channel"] * 3]
    assert facts(findings, "check.teams_http") == {"url": "https://crisis.example.com/api/messages"}
    assert facts(findings, "check.teams_channel") == {"name": "crisis", "count": 3}
    assert {call.operation for call in there.teams.calls} == {"token", "openid", "keys", "members"}


def test_what_is_to_be_called_is_what_listens():
    assert PATH == LISTENS


async def test_without_any_setting_teams_is_simply_not_connected(there):
    nothing = dict.fromkeys(("TEAMS_CLIENT_ID", "TEAMS_CLIENT_SECRET", "TEAMS_TENANT_ID", "TOCSIN_TEAMS_CHANNELS"), "")
    assert told(await there.look(**nothing), Verdict.UNSET) == ["check.teams_unset"]
    assert there.teams.calls == []


@pytest.mark.parametrize("name", ["TEAMS_CLIENT_ID", "TEAMS_CLIENT_SECRET", "TEAMS_TENANT_ID"])
async def test_half_a_configuration_is_not_taken_for_none(there, name):
    findings = await there.look(**{name: ""})
    assert told(findings) == ["check.teams_half"]
    assert facts(findings, "check.teams_half") == {"missing": (name,)}


async def test_channels_alone_are_half_a_configuration(there):
    findings = await there.look(TEAMS_CLIENT_ID="", TEAMS_CLIENT_SECRET="", TEAMS_TENANT_ID="")
    assert len(facts(findings, "check.teams_half")["missing"]) == 3


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"TEAMS_CLIENT_ID": "Tocsin"}, ("TEAMS_CLIENT_ID",)),
        ({"TEAMS_TENANT_ID": "example.onmicrosoft.com"}, ("TEAMS_TENANT_ID",)),
        ({"TEAMS_TENANT_ID": f"{STRANGE}, example.com"}, ("TEAMS_TENANT_ID",)),
    ],
)
async def test_what_is_no_id_is_named_before_anybody_is_asked(there, given, names):
    findings = await there.look(**given)
    assert told(findings) == ["check.teams_bad_id"]
    assert facts(findings, "check.teams_bad_id") == {"names": names}
    assert there.teams.calls == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"TEAMS_CLIENT_SECRET": "the-secrets-own-id"}, "AADSTS7000215"),
        ({"TEAMS_CLIENT_ID": STRANGE}, "AADSTS700016"),
        ({"TEAMS_TENANT_ID": STRANGE}, "AADSTS90002"),
    ],
)
async def test_what_entra_refuses_is_told_in_words_and_the_secret_is_never_shown(there, given, reason):
    findings = await there.look(**given)
    assert told(findings) == ["check.teams_secret"]
    assert facts(findings, "check.teams_secret") == {"reason": reason}
    for language in LANGUAGES:
        line = say("check.teams_secret", language, **findings[0].words.facts)
        assert "AADSTS" not in line and "the-secrets-own-id" not in line


@pytest.mark.parametrize("way", [True, "refuse"])
async def test_a_microsoft_that_does_not_answer_is_not_a_wrong_secret(there, way):
    there.teams.down = way
    assert told(await there.look()) == ["check.teams_away"]


@pytest.mark.parametrize("fault", ["503", "429", "garbage", "close"])
async def test_teams_that_fails_is_away_and_asked_no_more(there, fault):
    there.teams.faults.next("members", fault, 9)
    assert told(await there.look()) == ["check.teams_away"]
    assert len([call for call in there.teams.calls if call.operation == "members"]) == 1


async def test_an_app_that_is_no_bot_is_told_once(there):
    there.teams.faults.next("members", "error:401:Unauthorized", 9)
    assert told(await there.look()) == ["check.teams_refused"]


async def test_a_bot_that_an_admin_blocked_is_told_once(there):
    there.teams.state.disabled_by_admin = True
    findings = await there.look()
    assert told(findings) == ["check.teams_refused"]
    assert facts(findings, "check.teams_refused") == {"reason": "BotDisabledByAdmin"}


@pytest.mark.parametrize("address", ["", "http://crisis.example.com", "http://127.0.0.1:3000"])
async def test_a_bot_that_teams_cannot_call_is_deaf(there, address):
    assert told(await there.look(TOCSIN_PUBLIC_URL=address)) == ["check.teams_no_address"]


async def test_a_bot_that_cannot_tell_teams_from_a_stranger_says_so(there):
    there.teams.faults.next("openid", "503", 9)
    assert told(await there.look()) == ["check.teams_no_keys"]


@pytest.mark.parametrize(
    "channel_id", ["19%3Aab12%40thread.tacv2", "https://teams.microsoft.com/l/channel/19%3Aab12%40thread.tacv2/Crisis", "Crisis", "a:1abc"]
)
async def test_what_is_no_id_of_a_channel_is_not_asked_for(there, channel_id):
    findings = await there.look(TOCSIN_TEAMS_CHANNELS=there.places(crisis=channel_id))
    assert told(findings) == ["check.teams_bad_channel"]
    assert facts(findings, "check.teams_bad_channel") == {"name": "crisis", "id": channel_id}


async def test_a_channel_that_does_not_exist_is_named(there):
    findings = await there.look(TOCSIN_TEAMS_CHANNELS=there.places(crisis=UNKNOWN))
    assert told(findings) == ["check.teams_no_channel"]
    assert facts(findings, "check.teams_no_channel") == {"name": "crisis", "id": UNKNOWN, "reason": "ConversationNotFound"}


async def test_a_team_without_the_app_is_found_out_channel_by_channel(there):
    elsewhere = there.teams.add_team("Everyday team", bot=False)
    channel = there.teams.add_channel("ordinary", team=elsewhere)
    findings = await there.look(TOCSIN_TEAMS_CHANNELS=there.places(ordinary=channel.id))
    assert told(findings) == ["check.teams_no_channel"]
    assert facts(findings, "check.teams_no_channel")["reason"] == "BotNotInConversationRoster"


async def test_whoever_reads_along_from_elsewhere_is_counted(there):
    there.teams.add_user("Eve Else", tenant_id=STRANGE)
    there.teams.add_user("Gus Guest", role="guest")
    findings = await there.look()
    assert told(findings) == ["check.teams_shared", "check.teams_guests"] * 3
    assert facts(findings, "check.teams_shared") == facts(findings, "check.teams_guests") == {"name": "crisis", "count": 1}


async def test_an_organisation_that_works_with_us_is_no_stranger(there):
    there.teams.add_user("Ada Agency", tenant_id=STRANGE)
    findings = await there.look(TEAMS_TENANT_ID=f"{there.teams.tenant_id}, {STRANGE}")
    assert told(findings) == []


async def test_in_a_large_team_everybody_is_looked_at(there):
    for number in range(1200):
        there.teams.add_user(f"Colleague {number}")
    there.teams.add_user("Gus Guest", role="guest")
    findings = await there.look(TOCSIN_TEAMS_CHANNELS=there.places(ordinary="", fallback=""))
    assert told(findings, Verdict.WARNING) == ["check.teams_guests"]
    there.team.members.pop()
    findings = await there.look(TOCSIN_TEAMS_CHANNELS=there.places(ordinary="", fallback=""))
    assert facts(findings, "check.teams_channel") == {"name": "crisis", "count": 1203}


async def test_a_channel_of_the_flow_without_a_place_goes_to_the_fallback_or_is_wrong(there):
    assert told(await there.look(TOCSIN_TEAMS_CHANNELS=there.places(ordinary=""))) == ["check.teams_to_fallback"]
    findings = await there.look(TOCSIN_TEAMS_CHANNELS=there.places(ordinary="", fallback=""))
    assert told(findings) == ["check.teams_unbound"]
    assert told(findings, Verdict.UNSET) == ["check.teams_no_fallback"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_finding_is_a_sentence_in_every_language(there, language):
    there.teams.add_user("Eve Else", tenant_id=STRANGE)
    there.teams.add_user("Gus Guest", role="guest")
    places = there.places(ordinary="", fallback="", third=UNKNOWN, fourth="Crisis")
    findings = await there.look(TOCSIN_TEAMS_CHANNELS=places, TOCSIN_PUBLIC_URL="")
    findings += await there.look(TEAMS_CLIENT_ID="") + await there.look(TEAMS_TENANT_ID="example.com")
    findings += await there.look(TEAMS_CLIENT_SECRET="wrong") + await there.look()
    assert len({one.words.name for one in findings}) >= 12
    for one in findings:
        line = say(one.words.name, language, **one.words.facts)
        assert line.startswith("Teams") and line.rstrip("”»").endswith((".", ").", "messages"))
