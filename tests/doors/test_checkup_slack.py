"""`python app.py check` asks the real Slack API (the fake's) about the token, its scopes and every channel."""

from collections.abc import AsyncIterator

import pytest

from bot.checkup import Finding, Verdict
from bot.settings import Settings, read_settings
from bot.slack.checkup import SCOPES, look_at_slack
from templates import LANGUAGES, say
from tests.builders import data_breach
from tests.fakes.slack import FakeSlack


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A workspace as it should be: three private channels with the bot in them, and the manifest's scopes."""
    async with FakeSlack() as fake:
        for name in ("crisis", "ordinary", "fallback"):
            fake.add_channel(name, channel_id=f"C0{name.upper()}", is_private=True)
        fake.token().scopes = set(SCOPES)
        yield fake


def settings(slack: FakeSlack, **given: str) -> Settings:
    usual = {
        "SLACK_API_URL": slack.base_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "TOCSIN_SLACK_CHANNELS": "crisis=C0CRISIS, ordinary=C0ORDINARY, fallback=C0FALLBACK",
    }
    return read_settings(**{name: value for name, value in (usual | given).items() if value})


async def look(slack: FakeSlack, **given: str) -> list[Finding]:
    return await look_at_slack(settings(slack, **given), data_breach())


def told(findings: list[Finding], *verdicts: Verdict) -> list[str]:
    return [one.words.name for one in findings if one.verdict in (verdicts or (Verdict.WARNING, Verdict.WRONG))]


async def test_a_workspace_as_it_should_be_has_nothing_to_mend(slack):
    findings = await look(slack)
    assert told(findings) == []
    assert told(findings, Verdict.OK) == ["check.slack_well", "check.slack_socket", *["check.slack_channel"] * 3]
    assert slack.channel("crisis").messages == []


async def test_without_any_setting_slack_is_simply_not_connected(slack):
    nothing = {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": "", "TOCSIN_SLACK_CHANNELS": ""}
    assert told(await look(slack, **nothing), Verdict.UNSET) == ["check.slack_unset"]
    assert slack.calls == []


async def test_half_a_configuration_is_not_taken_for_none(slack):
    assert told(await look(slack, SLACK_BOT_TOKEN="")) == ["check.slack_no_token"]


@pytest.mark.parametrize("trouble", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_token_that_slack_refuses_is_told_with_the_reason_and_never_shown(slack, trouble):
    slack.token().trouble = trouble
    findings = await look(slack)
    assert told(findings) == ["check.slack_token"]
    assert findings[0].words.facts == {"reason": trouble}


@pytest.mark.parametrize("way", [True, "refuse"])
async def test_a_slack_that_does_not_answer_is_not_a_wrong_token(slack, way):
    slack.down = way
    assert told(await look(slack)) == ["check.slack_away"]


async def test_a_slack_that_answers_with_garbage_is_away(slack):
    slack.faults.next("auth.test", "garbage")
    assert told(await look(slack)) == ["check.slack_away"]


@pytest.mark.parametrize("scope", sorted(SCOPES - {"channels:read", "groups:read"}))
async def test_a_missing_scope_is_named(slack, scope):
    slack.token().scopes = set(SCOPES - {scope})
    findings = await look(slack)
    assert told(findings) == ["check.slack_scopes"]
    assert next(one for one in findings if one.verdict is Verdict.WRONG).words.facts["scopes"] == (scope,)


async def test_an_app_token_of_another_kind_is_refused(slack):
    assert told(await look(slack, SLACK_APP_TOKEN=slack.bot_token)) == ["check.slack_app_token"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "check.slack_deaf"),
        ({"SLACK_SIGNING_SECRET": "secret"}, "check.slack_no_address"),
        ({"SLACK_SIGNING_SECRET": "secret", "TOCSIN_PUBLIC_URL": "http://crisis.example.com"}, "check.slack_no_address"),
    ],
)
async def test_a_bot_that_slack_cannot_call_is_deaf(slack, given, name):
    assert told(await look(slack, SLACK_APP_TOKEN="", **given)) == [name]


async def test_with_a_signing_secret_and_an_address_it_says_what_slack_must_call(slack):
    findings = await look(slack, SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="secret", TOCSIN_PUBLIC_URL="https://crisis.example.com/")
    assert told(findings) == []
    assert findings[1].words.facts == {"url": "https://crisis.example.com/slack/events"}


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("crisis", {"is_archived": True}, ["check.slack_archived"]),
        ("crisis", {"is_private": False}, ["check.slack_public"]),
        ("fallback", {"is_private": False}, ["check.slack_public"]),
        ("ordinary", {"is_private": False}, ["check.slack_public_ordinary"]),
        ("crisis", {"is_ext_shared": True}, ["check.slack_shared"]),
        ("ordinary", {"is_ext_shared": True}, ["check.slack_shared"]),
        ("crisis", {"is_ext_shared": True, "is_private": False}, ["check.slack_shared", "check.slack_public"]),
    ],
)
async def test_a_channel_that_others_read_or_nobody_can_is_found(slack, name, change, expected):
    for field, value in change.items():
        setattr(slack.channel(name), field, value)
    assert told(await look(slack)) == expected


async def test_a_public_ordinary_channel_is_a_warning_and_nothing_more(slack):
    slack.channel("ordinary").is_private = False
    assert told(await look(slack), Verdict.WRONG) == []


async def test_a_private_channel_without_the_bot_cannot_even_be_seen(slack):
    slack.channel("crisis").members.clear()
    assert told(await look(slack)) == ["check.slack_no_channel"]


async def test_a_public_channel_without_the_bot_says_so(slack):
    slack.channel("ordinary").members.clear()
    slack.channel("ordinary").is_private = False
    assert told(await look(slack), Verdict.WRONG) == ["check.slack_not_member"]


async def test_a_channel_that_does_not_exist_is_named(slack):
    findings = await look(slack, TOCSIN_SLACK_CHANNELS="crisis=C0NOWHERE, ordinary=C0ORDINARY, fallback=C0FALLBACK")
    assert told(findings) == ["check.slack_no_channel"]


async def test_a_channel_of_the_flow_without_a_place_goes_to_the_fallback_or_is_wrong(slack):
    assert told(await look(slack, TOCSIN_SLACK_CHANNELS="crisis=C0CRISIS, fallback=C0FALLBACK")) == ["check.slack_to_fallback"]
    findings = await look(slack, TOCSIN_SLACK_CHANNELS="crisis=C0CRISIS")
    assert told(findings) == ["check.slack_unbound"]
    assert told(findings, Verdict.UNSET) == ["check.slack_no_fallback"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_finding_is_a_sentence_in_every_language(slack, language):
    slack.channel("crisis").is_ext_shared = True
    slack.token().scopes = SCOPES - {"chat:write", "users:read"}
    for one in await look(slack, TOCSIN_SLACK_CHANNELS="crisis=C0CRISIS, other=C0NOWHERE"):
        assert say(one.words.name, language, **one.words.facts).startswith("Slack")
