"""The manifest asks for what the door uses, and for nothing more."""

import asyncio
from pathlib import Path

import pytest
import yaml

from bot.settings import Settings, read_settings
from bot.slack.checkup import SCOPES as REQUIRED
from bot.slack.checkup import look_at_slack
from tests.doors.slack_house import all_text, slack_house, until

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "slack-manifest.yaml").read_text(encoding="utf-8"))
SCOPES = set(MANIFEST["oauth_config"]["scopes"]["bot"])


async def _work(there) -> None:
    """Everything that asks Slack for something: the check, a card, a click by somebody unknown, a form, a command, the shortcut, lost answers."""
    await look_at_slack(_settings(there), there.house.flow)
    await there.house.staff.change(await there.house.person("Root", "admin"), "Max", {"slack_id": there.max})
    there.slack.faults.next("chat.postMessage", "500_after_accept")
    case = await there.house.case("my_data")
    card = await there.card_of(case)
    await until(lambda: there.slack.calls_of("conversations.history"))
    await there.click(there.ana, card, f"claim:{case}")
    await there.click(there.ana, card, f"note:{case}")
    said = await there.slack.say(there.bo, there.crisis, "my_data, said in the channel")
    await there.slack.shortcut(there.bo, "make_case", there.crisis, said["ts"])
    there.slack.faults.next("chat.postMessage", "500_after_accept", 4)
    await there.slack.command(there.max, "/crisis", "open leak", there.crisis)
    await until(lambda: there.slack.calls_of("conversations.open"))
    await there.slack.command(there.max, "/crisis", "flow", there.crisis)
    await until(lambda: there.slack.calls_of("files.completeUploadExternal"), 20)
    await until(lambda: there.slack.messages_to(there.max) and len(there.slack.calls_of("conversations.history")) >= 3)


async def test_with_these_scopes_everything_works(tmp_path):
    async with slack_house(tmp_path) as there:
        there.slack.token().scopes = SCOPES
        await _work(there)
        assert {call.answer for call in there.slack.calls} == {"ok"}
        assert there.slack.views_open(there.ana)


def _settings(there) -> Settings:
    places = f"crisis={there.crisis},ordinary={there.ordinary}"
    return read_settings(SLACK_API_URL=there.slack.base_url, SLACK_BOT_TOKEN=there.slack.bot_token, TOCSIN_SLACK_CHANNELS=places)


def test_the_check_asks_for_the_scopes_of_the_manifest():
    assert SCOPES == REQUIRED


@pytest.mark.slow
@pytest.mark.parametrize("scope", sorted(SCOPES - {"commands", "channels:history", "channels:read"}))
async def test_without_any_of_them_something_is_missing(tmp_path, scope):
    """`commands` is a matter of the installation; channels:… is to a public channel what groups:… is to a private one."""
    async with slack_house(tmp_path) as there:
        there.slack.token().scopes = SCOPES - {scope}
        work = asyncio.create_task(_work(there))
        await until(lambda: _is_missed(there) or work.done(), seconds=60)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        assert _is_missed(there)


def _is_missed(there) -> bool:
    strange = any("know you yet" in all_text(one) for one in there.slack.messages_to(there.ana))
    return strange or "missing_scope" in {call.answer for call in there.slack.calls}


def test_the_commands_and_shortcuts_of_the_manifest_are_those_that_are_heard():
    commands = [one["command"] for one in MANIFEST["features"]["slash_commands"]]
    assert commands == ["/crisis", "/crisis-status", "/crisis-digest"]
    assert [one["callback_id"] for one in MANIFEST["features"]["shortcuts"]] == ["make_case"]
    assert MANIFEST["settings"]["event_subscriptions"]["bot_events"] == ["app_home_opened"]
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"]
    assert all(
        len(one["usage_hint"]) <= 1000 and one["should_escape"] for one in MANIFEST["features"]["slash_commands"] if "usage_hint" in one
    )
