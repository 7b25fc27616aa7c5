"""The payloads that Slack sends to an app, built from its state: pure, and shaped as the vendor's pages show them."""

from copy import deepcopy
from typing import Any

from .state import Channel, Json, State, User, new_id

VERIFICATION_TOKEN = "fake-verification-token"


def person(state: State, user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": state.team_id}


def envelope(state: State, user: User) -> Json:
    """What every interactive payload carries."""
    return {
        "user": person(state, user),
        "api_app_id": state.app_id,
        "token": VERIFICATION_TOKEN,
        "team": {"id": state.team_id, "domain": state.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Channel) -> str:
    """Slack does not tell the names of private conversations here."""
    if channel.im_with:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def place(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel_name(channel)}


def message_actions(
    state: State, user: User, channel: Channel, message: Json, *, ephemeral: bool, values: Json, actions: list[Json], urls: Json
) -> Json:
    """block_actions from a message; an ephemeral message is named, not included."""
    container = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id, "is_ephemeral": ephemeral}
    if "thread_ts" in message:
        container["thread_ts"] = message["thread_ts"]
    shown = {} if ephemeral else {"message": deepcopy({k: v for k, v in message.items() if k != "metadata"})}
    return {
        "type": "block_actions",
        **envelope(state, user),
        "container": container,
        **urls,
        "channel": place(channel),
        **shown,
        "state": {"values": values},
        "actions": actions,
    }


def view_actions(state: State, user: User, view: Json, actions: list[Json], trigger_id: str) -> Json:
    return {
        "type": "block_actions",
        **envelope(state, user),
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": trigger_id,
        "view": deepcopy(view),
        "actions": actions,
    }


def submission(state: State, user: User, view: Json, trigger_id: str, response_urls: list[Json]) -> Json:
    return {
        "type": "view_submission",
        **envelope(state, user),
        "trigger_id": trigger_id,
        "view": deepcopy(view),
        "response_urls": response_urls,
    }


def closing(state: State, user: User, view: Json, *, cleared: bool) -> Json:
    return {"type": "view_closed", **envelope(state, user), "view": deepcopy(view), "is_cleared": cleared}


def message_shortcut(state: State, user: User, channel: Channel, message: Json, callback_id: str, urls: Json) -> Json:
    return {
        "type": "message_action",
        **envelope(state, user),
        "action_ts": f"{state.clock.now():.6f}",
        "callback_id": callback_id,
        **urls,
        "channel": place(channel),
        "message_ts": message["ts"],
        "message": deepcopy({k: v for k, v in message.items() if k != "metadata"}),
    }


def global_shortcut(state: State, user: User, callback_id: str, trigger_id: str) -> Json:
    at = f"{state.clock.now():.6f}"
    return {"type": "shortcut", **envelope(state, user), "action_ts": at, "callback_id": callback_id, "trigger_id": trigger_id}


def command(state: State, user: User, channel: Channel, name: str, text: str, urls: Json) -> Json:
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": state.team_id,
        "team_domain": state.team_domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": state.app_id,
        "is_enterprise_install": "false",
        **urls,
    }


def suggestion(state: State, user: User, place_of: Json, action_id: str, block_id: str, typed: str) -> Json:
    """block_suggestion: an external select asks for its options."""
    return {
        "type": "block_suggestion",
        **envelope(state, user),
        **place_of,
        "action_id": action_id,
        "block_id": block_id,
        "value": typed,
    }


def event_callback(state: State, event: Json, channel: Channel | None = None) -> Json:
    """The outer envelope of the Events API; repeated deliveries carry the same event_id."""
    at = state.clock.now()
    authorization = {
        "enterprise_id": None,
        "team_id": state.team_id,
        "user_id": state.bot_user,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": state.team_id,
        "api_app_id": state.app_id,
        "event": {**event, "event_ts": event.get("event_ts", event.get("ts", f"{at:.6f}"))},
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(at),
        "authorizations": [authorization],
        "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
        "event_context": new_id("4-"),
    }


def app_rate_limited(state: State) -> Json:
    minute = int(state.clock.now()) // 60 * 60
    return {
        "token": VERIFICATION_TOKEN,
        "type": "app_rate_limited",
        "team_id": state.team_id,
        "minute_rate_limited": minute,
        "api_app_id": state.app_id,
    }


def url_verification(challenge: str) -> Json:
    return {"token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}


def message_event(channel: Channel, message: Json, **more: Any) -> Json:
    channel_type = {"channels": "channel", "groups": "group", "im": "im", "mpim": "mpim"}[channel.kind]
    return {**deepcopy(message), "channel": channel.id, "channel_type": channel_type, **more}
