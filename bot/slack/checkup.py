"""Asks Slack, before the door opens, whether everything that the bot needs of it is there."""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.checkup import Finding, Rules, ok, unset, warning, wrong
from bot.settings import Settings
from bot.slack.door import PATH
from bot.slack.markup import Json

# what slack-manifest.yaml asks for, and a test holds them together
SCOPES = frozenset({
    "channels:history", "channels:read", "chat:write", "commands", "files:write", "groups:history", "groups:read", "im:history", "im:write",
    "users:read", "users:read.email",
})  # fmt: skip
FALLBACK = "fallback"
PATIENCE = 10  # seconds


@dataclass(frozen=True)
class Failed:
    """Slack's own word for what is wrong."""

    reason: str
    away: bool = False


async def look_at_slack(settings: Settings, rules: Rules | None) -> list[Finding]:
    if not settings.slack:
        half = settings.slack_app_token or settings.slack_signing_secret or settings.slack_channels
        return [wrong("check.slack_no_token") if half else unset("check.slack_unset")]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
        return await _look(AsyncWebClient(base_url=settings.slack_api_url, session=session, retry_handlers=[]), settings, rules)


async def _look(client: AsyncWebClient, settings: Settings, rules: Rules | None) -> list[Finding]:
    token = settings.slack_secrets["bot_token"]
    me = await _asked(client.auth_test(token=token))
    if isinstance(me, Failed):
        return [wrong("check.slack_away" if me.away else "check.slack_token", reason=me.reason)]
    found = [ok("check.slack_well", team=str(me["team"]), bot=str(me["user"])), *_scopes(me), *await _hearing(client, settings)]
    for name, channel_id in sorted(settings.slack_channels.items()):
        answer = await _asked(client.conversations_info(channel=channel_id, token=token))
        found += _channel(name, channel_id, answer, may_be_public=rules is not None and name == rules.ordinary_channel)
    return [*found, *_unbound(settings.slack_channels, rules.channels if rules else ())]


def _scopes(me: Json) -> Iterator[Finding]:
    """Slack tells the token's scopes in a header (https://docs.slack.dev/authentication/)."""
    held = {scope.strip() for scope in str(me.get("scopes", "")).split(",")}
    if missing := sorted(SCOPES - held):
        yield wrong("check.slack_scopes", scopes=tuple(missing))


async def _hearing(client: AsyncWebClient, settings: Settings) -> list[Finding]:
    """How clicks and commands come to us."""
    if settings.slack_app_token:
        answer = await _asked(client.apps_connections_open(app_token=settings.slack_secrets["app_token"]))
        return [wrong("check.slack_app_token", reason=answer.reason) if isinstance(answer, Failed) else ok("check.slack_socket")]
    if not settings.slack_signing_secret:
        return [wrong("check.slack_deaf")]
    if not settings.public_url.startswith("https://"):
        return [wrong("check.slack_no_address", path=PATH)]
    return [ok("check.slack_http", url=f"{settings.public_url.rstrip('/')}{PATH}")]


def _channel(name: str, channel_id: str, answer: Json | Failed, *, may_be_public: bool) -> Iterator[Finding]:
    if isinstance(answer, Failed):
        yield wrong("check.slack_no_channel", name=name, id=channel_id, reason=answer.reason)
        return
    channel: Json = answer["channel"]
    facts = {"name": name, "channel": str(channel.get("name", channel_id))}
    problems = list(_problems(channel, facts, may_be_public=may_be_public))
    yield from problems or [ok("check.slack_channel", **facts)]


def _problems(channel: Json, facts: Mapping[str, str], *, may_be_public: bool) -> Iterator[Finding]:
    if channel.get("is_archived"):
        yield wrong("check.slack_archived", **facts)
    if not channel.get("is_member"):
        yield wrong("check.slack_not_member", **facts)
    if _leaves_the_company(channel):
        yield wrong("check.slack_shared", **facts)
    if not channel.get("is_private"):
        yield warning("check.slack_public_ordinary", **facts) if may_be_public else wrong("check.slack_public", **facts)


def _leaves_the_company(channel: Json) -> bool:
    """A channel that workspaces of one organisation share among themselves (is_org_shared) stays inside."""
    shared = bool(channel.get("is_shared")) and not channel.get("is_org_shared")
    return shared or bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))


def _unbound(ids: Mapping[str, str], needed: Sequence[str]) -> Iterator[Finding]:
    for name in needed:
        if name not in ids:
            yield warning("check.slack_to_fallback", name=name) if FALLBACK in ids else wrong("check.slack_unbound", name=name)
    if FALLBACK not in ids:
        yield unset("check.slack_no_fallback")


async def _asked(call: Awaitable[Any]) -> Json | Failed:
    try:
        answer = await call
    except SlackApiError as error:
        data = getattr(error.response, "data", None)
        return Failed(str(data["error"])) if isinstance(data, dict) and "error" in data else Failed("unreadable_answer", away=True)
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        return Failed(type(error).__name__, away=True)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return {**answer.data, "scopes": headers.get("x-oauth-scopes", "")}
