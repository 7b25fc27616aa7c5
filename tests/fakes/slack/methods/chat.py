"""chat.*: messages posted, changed, deleted, shown to one person."""

import re
import secrets
from copy import deepcopy
from typing import Any

from tests.fakes.slack.calls import Call, SlackError, method
from tests.fakes.slack.state import Channel, Ephemeral, Json
from tests.fakes.slack.validate import characters, controls, problems

EVENT_TYPE = re.compile(r"[A-Za-z0-9_.:-]+")


def checked_blocks(call: Call) -> list[Json] | None:
    """The blocks of a call, as Slack would store them, or its refusal."""
    blocks = call.structured("blocks", "invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if wrong := problems(blocks):
        lines = [f"[ERROR] {line}" for line in wrong]
        raise SlackError("invalid_blocks", errors=wrong, response_metadata={"messages": lines})
    if characters(blocks) > call.state.limits.blocks_characters:
        raise SlackError("msg_blocks_too_long")
    return with_ids(deepcopy(blocks))


def with_ids(blocks: list[Json]) -> list[Json]:
    """Slack gives an id to each block and control that came without one."""
    for block in blocks:
        block.setdefault("block_id", secrets.token_hex(3))
    for _block, control in controls(blocks):
        control.setdefault("action_id", secrets.token_hex(3))
    return blocks


def checked_metadata(call: Call) -> Json | None:
    """Message metadata: a type and a flat object, as https://docs.slack.dev/messaging/message-metadata has it."""
    metadata = call.structured("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return metadata  # type: ignore[no-any-return]
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_schema")
    event_type, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(event_type, str) or not EVENT_TYPE.fullmatch(event_type) or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_schema")
    return deepcopy(metadata)


def said(call: Call) -> str:
    return str(call.args.get("text") or call.args.get("markdown_text") or "")


def content(call: Call) -> Json:
    """The text and blocks of a new message; a text beyond Slack's length is cut, with a warning."""
    blocks, text, most = checked_blocks(call), said(call), call.state.limits.text_cut_at
    if not text and not blocks and not call.args.get("attachments"):
        raise SlackError("no_text")
    if len(text) > most:
        text = text[:most]
        call.warnings = {
            "messages": [f"[WARN] Your message was truncated but still posted. The `text` field accepts up to {most} characters."],
            "warnings": ["message_truncated"],
        }
    return {"text": text, **({"blocks": blocks} if blocks else {}), **_attachments(call)}


def _attachments(call: Call) -> Json:
    attachments = call.structured("attachments", "invalid_attachments")
    return {"attachments": attachments} if attachments else {}


def author(call: Call) -> Json:
    state = call.state
    profile = {"id": state.bot_id, "app_id": state.app_id, "name": state.users[state.bot_user].real_name, "team_id": state.team_id}
    return {"user": state.bot_user, "bot_id": state.bot_id, "app_id": state.app_id, "team": state.team_id, "bot_profile": profile}


def open_for_posting(call: Call) -> Channel:
    """Where the message goes: a channel the bot is in, or the direct conversation with a person."""
    target = call.text("channel")
    person = call.state.users.get(target)
    if person is not None:
        if person.deleted:
            raise SlackError("user_disabled")
        call.need("im:write")
        return call.state.direct(target)
    channel = call.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.state.bot_user not in channel.members and "chat:write.public" not in call.token.scopes:
        raise SlackError("not_in_channel")
    return channel


def threaded(call: Call, channel: Channel) -> Json:
    """thread_ts of an answer, moved to its root. Under a vanished parent Slack answers thread_not_found (reported by users)."""
    ts = call.args.get("thread_ts")
    if not ts:
        return {}
    parent = channel.message(str(ts))
    if parent is None:
        raise SlackError("thread_not_found")
    broadcast = {"subtype": "thread_broadcast"} if call.flag("reply_broadcast") else {}
    return {"thread_ts": str(parent.get("thread_ts", ts)), **broadcast}


@method("chat.postMessage", tier=4, scope="chat:write")
def post_message(call: Call) -> Json:
    channel = open_for_posting(call)
    metadata = checked_metadata(call)
    message = {**author(call), **content(call), **threaded(call, channel), **({"metadata": metadata} if metadata else {})}
    stored = call.state.add_message(channel, message)
    return {"channel": channel.id, "ts": stored["ts"], "message": shown(stored)}


def shown(message: Json) -> Json:
    """A message as the Web API gives it back: a copy, so that nobody edits the stored one."""
    return deepcopy(message)


def own_message(call: Call, error: str) -> tuple[Channel, Json]:
    channel = call.channel()
    message = channel.message(call.text("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.get("bot_id") != call.state.bot_id:
        raise SlackError(error)
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel, message


@method("chat.update", tier=3, scope="chat:write")
def update_message(call: Call) -> Json:
    channel, message = own_message(call, "cant_update_message")
    blocks, text, metadata = checked_blocks(call), said(call), checked_metadata(call)
    if "text" not in call.args and blocks is None and metadata is None and not call.args.get("attachments"):
        raise SlackError("no_text")
    if len(text) > call.state.limits.update_text:
        raise SlackError("msg_too_long")
    rewrite(message, blocks, text if "text" in call.args else None, metadata)
    message.update(_attachments(call))
    if blocks is None:  # with blocks Slack shows no "(edited)"
        message["edited"] = {"user": call.state.bot_user, "ts": f"{call.state.clock.now():.6f}"}
    channel.versions[message["ts"]].append(shown(message))
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": shown(message)}


def rewrite(message: Json, blocks: list[Json] | None, text: str | None, metadata: Any) -> None:
    """Text alone removes the blocks; what is left out altogether stays (https://docs.slack.dev/reference/methods/chat.update)."""
    if text is not None:
        message["text"] = text
    if blocks:
        message["blocks"] = blocks
    elif text is not None or blocks == []:
        message.pop("blocks", None)
    if metadata:
        message["metadata"] = metadata
    elif metadata == {}:
        message.pop("metadata", None)


@method("chat.delete", tier=3, scope="chat:write")
def delete_message(call: Call) -> Json:
    channel, message = own_message(call, "cant_delete_message")
    channel.remove(message)
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.postEphemeral", tier=4, scope="chat:write")
def post_ephemeral(call: Call) -> Json:
    channel, user = call.channel(), call.text("user")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.state.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    ts = call.state.next_ts(channel)
    message = {"type": "message", **author(call), **content(call), **threaded(call, channel), "ts": ts}
    call.state.ephemerals.append(Ephemeral(channel.id, user, message))
    return {"message_ts": ts}


@method("chat.getPermalink", tier=4)
def permalink(call: Call) -> Json:
    channel = call.channel()
    message = channel.message(call.text("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{call.state.team_domain}.slack.com/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    if "thread_ts" in message and message["thread_ts"] != message["ts"]:
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
