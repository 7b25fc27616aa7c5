"""What Slack tells of a channel: which one is meant, who reads it, whether we can post there."""

import re
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answers import send_error
from bot.slack.markup import Json
from handlers.insight.ports import Spot

_ID, _PERSON = re.compile("[CG][A-Z0-9]{5,}"), re.compile("[UW][A-Z0-9]{5,}")
# https://docs.slack.dev/reference/methods/conversations.info: what is not ours to see is not found
_UNSEEN = frozenset({"channel_not_found", "method_not_supported_for_channel_type", "missing_charset", "invalid_arguments"})
PAGES, PAGE = 10, 1000
_OUTSIDE = ("is_ext_shared", "is_shared", "is_org_shared", "is_pending_ext_shared")


async def look(client: AsyncWebClient, said: str) -> Spot | None:
    """`said` is an id (C0123, #C0123) or a name as it was typed (#marketing). Raises a SendError."""
    wanted = said.strip("<># ").partition("|")[0]
    if _PERSON.fullmatch(wanted):
        return Spot(wanted, f"@{wanted}", is_open=True, can_post=True)  # whether it is one of our people is not Slack's to tell
    if _ID.fullmatch(wanted):
        return await _by_id(client, wanted)
    return await _by_name(client, wanted.casefold()) if wanted else None


async def _by_id(client: AsyncWebClient, channel_id: str) -> Spot | None:
    try:
        answer: Any = await client.conversations_info(channel=channel_id)
    except SlackApiError as error:
        if isinstance(error.response.data, dict) and error.response.data.get("error") in _UNSEEN:
            return None
        raise send_error(error, "slack:conversations.info") from error
    except Exception as error:
        raise send_error(error) from error
    return _spot(answer["channel"])


async def _by_name(client: AsyncWebClient, name: str) -> Spot | None:
    """Only where Slack sends plain names: its commands are set to escape channels (slack-manifest.yaml), and then carry ids."""
    cursor: str | None = None
    for _ in range(PAGES):
        try:
            page: Any = await client.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=cursor
            )
        except Exception as error:
            raise send_error(error, "slack:conversations.list") from error
        for channel in page["channels"]:
            if str(channel.get("name", "")).casefold() == name:
                return _spot(channel)
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
    return None


def _spot(channel: Json) -> Spot:
    # a channel of which Slack does not say that it is private is none
    is_open = not channel.get("is_private") or any(channel.get(sign) for sign in _OUTSIDE)
    can_post = bool(channel.get("is_member")) and not channel.get("is_archived")
    return Spot(str(channel["id"]), f"#{channel.get('name') or channel['id']}", is_open, can_post)
