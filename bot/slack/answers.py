"""What Slack's answers mean for a send: did it arrive, will it ever, is the way closed?"""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from handlers.errors import DoorClosed, Gone, Refused, SendError, TryLater, Unconfirmed

AWAY = timedelta(seconds=5)
QUIET = timedelta(seconds=30)  # when a 429 does not say how long

# https://docs.slack.dev/reference/methods/chat.postMessage and the errors common to all methods
_CHANNEL = frozenset({
    "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel", "restricted_action_thread_locked",
    "user_disabled", "user_not_found", "cannot_dm_bot", "messages_tab_disabled", "not_in_conversation", "is_inactive",
})  # fmt: skip
_WORKSPACE = frozenset({
    "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope", "no_permission",
    "not_allowed_token_type", "access_denied", "org_login_required", "team_not_found", "team_access_not_granted",
    "ekm_access_denied", "two_factor_setup_required", "accesslimited",
})  # fmt: skip
_LATER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded", "service_unavailable", "team_added_to_org", "request_timeout"})
_NOBODY_IN_PERSON = frozenset({"missing_scope"})  # what closes the way to people alone, the channels stay open
_GONE = frozenset({"message_not_found", "thread_not_found"})
_UNCLEAR = frozenset({"internal_error", "fatal_error", "unknown_error"})  # "some aspect may have succeeded"


def send_error(error: Exception, bucket: str = "", *, direct: bool = False) -> SendError:
    """What to raise instead of an error of the SDK. `bucket` is the limit that a 429 would mean; `direct`: it was meant for one person."""
    match error:
        case SendError():
            return error
        case SlackApiError():
            return _answered(error, bucket, direct=direct)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return TryLater("no_connection", AWAY)
        case TimeoutError() | asyncio.TimeoutError():
            return Unconfirmed("timeout")
        case aiohttp.ClientError() | OSError():
            return Unconfirmed(type(error).__name__)
        case _:
            return Unconfirmed(f"unreadable_answer:{type(error).__name__}")


def _answered(error: SlackApiError, bucket: str, *, direct: bool) -> SendError:
    response: Any = error.response
    # a JSON error comes as SlackResponse (status_code), anything unreadable as aiohttp's own (status)
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    if status == 429:
        return TryLater("ratelimited", _retry_after(response), bucket)
    if status >= 500:
        return Unconfirmed(f"http_{status}")
    data = getattr(response, "data", None)
    reason = data.get("error") if isinstance(data, dict) else None
    return _named(str(reason), bucket, direct=direct) if reason else Unconfirmed("unreadable_answer")


def _named(reason: str, bucket: str, *, direct: bool) -> SendError:
    if direct and (reason in _CHANNEL or reason in _NOBODY_IN_PERSON):
        return Refused(reason)  # this person is not reached here: another way is better than waiting
    if reason in _CHANNEL:
        return DoorClosed(reason)
    if reason in _WORKSPACE:
        return DoorClosed(reason, whole=True)
    if reason in _GONE:
        return Gone(reason)
    if reason in _LATER:
        return TryLater(reason, QUIET, bucket)
    return Unconfirmed(reason) if reason in _UNCLEAR else Refused(reason)


def _retry_after(response: Any) -> timedelta:
    try:
        return timedelta(seconds=max(1.0, float(response.headers["Retry-After"])))
    except (KeyError, ValueError):
        return QUIET
