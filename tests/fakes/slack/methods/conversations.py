"""conversations.*: channels, their members, and what was said in them."""

from tests.fakes.slack.calls import Call, SlackError, method, page
from tests.fakes.slack.state import Channel, Json

from .chat import shown


def described(call: Call, channel: Channel) -> Json:
    state = call.state
    base = {"id": channel.id, "created": channel.created, "is_archived": channel.is_archived, "context_team_id": state.team_id}
    if channel.im_with:
        return {**base, "is_im": True, "user": channel.im_with, "is_open": True}
    return {
        **base,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_general": channel.name == "general",
        "is_member": state.bot_user in channel.members,
        "shared_team_ids": [state.team_id, *(["T0OUTSIDER"] if channel.is_ext_shared else [])],
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


@method("conversations.open", tier=3)
def open_conversation(call: Call) -> Json:
    users = [user for user in str(call.args.get("users") or "").split(",") if user]
    if not users:
        raise SlackError("users_list_not_supplied")
    call.need("mpim:write" if len(users) > 1 else "im:write")
    people = [call.state.users.get(user) for user in users]
    if any(person is None for person in people):
        raise SlackError("user_not_found")
    if any(person and person.deleted for person in people):
        raise SlackError("user_disabled")
    channel = call.state.direct(users[0]) if len(users) == 1 else call.state.group(users)
    return {"channel": described(call, channel) if call.flag("return_im") else {"id": channel.id}}


@method("conversations.info", tier=3)
def info(call: Call) -> Json:
    channel = call.channel()
    call.need(f"{channel.kind}:read")
    extra = {"num_members": len(channel.members)} if call.flag("include_num_members") else {}
    return {"channel": {**described(call, channel), **extra}}


@method("conversations.list", tier=2)
def list_conversations(call: Call) -> Json:
    kinds = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
    asked = str(call.args.get("types") or "public_channel").replace(" ", "").split(",")
    if unknown := [kind for kind in asked if kind not in kinds]:
        raise SlackError("invalid_types", detail=unknown[0])
    for kind in asked:
        call.need(f"{kinds[kind]}:read")
    wanted = {kinds[kind] for kind in asked}
    bot, skip_archived = call.state.bot_user, call.flag("exclude_archived")
    visible = [c for c in call.state.channels.values() if c.kind in wanted and (not c.is_private or bot in c.members)]
    rows, meta = page(call, [c for c in visible if not (skip_archived and c.is_archived)])
    return {"channels": [described(call, c) for c in rows], "response_metadata": meta}


@method("conversations.members", tier=4)
def members(call: Call) -> Json:
    channel = call.channel()
    call.need(f"{channel.kind}:read")
    rows, meta = page(call, sorted(channel.members))
    return {"members": rows, "response_metadata": meta}


@method("conversations.join", tier=3, scope="channels:join")
def join(call: Call) -> Json:
    channel = call.channel()
    if channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    again = call.state.bot_user in channel.members
    channel.members.add(call.state.bot_user)
    extra = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}} if again else {}
    return {"channel": described(call, channel), **extra}


def _within(call: Call, messages: list[Json]) -> list[Json]:
    oldest, latest = float(call.args.get("oldest") or 0), float(call.args.get("latest") or "inf")
    if call.flag("inclusive"):
        return [m for m in messages if oldest <= float(m["ts"]) <= latest]
    return [m for m in messages if oldest < float(m["ts"]) < latest]


def _given_back(call: Call, message: Json) -> Json:
    """Metadata comes only when asked for with include_all_metadata."""
    copy = shown(message)
    if not call.flag("include_all_metadata"):
        copy.pop("metadata", None)
    return copy


@method("conversations.history", tier=3)
def history(call: Call) -> Json:
    channel = call.joined_channel()
    call.need(f"{channel.kind}:history")
    newest_first = list(reversed(_within(call, channel.posts)))
    rows, meta = page(call, newest_first, most=999)
    more = bool(meta["next_cursor"])
    found = [_given_back(call, m) for m in rows]
    return {"messages": found, "has_more": more, "pin_count": 0, **({"response_metadata": meta} if more else {})}


@method("conversations.replies", tier=3)
def replies(call: Call) -> Json:
    channel = call.joined_channel()
    call.need(f"{channel.kind}:history")
    message = channel.message(call.text("ts"))
    if message is None:
        raise SlackError("thread_not_found")
    parent, *answers = channel.thread(str(message.get("thread_ts", message["ts"])))
    rows, meta = page(call, [parent, *_within(call, answers)], default=1000)
    more = bool(meta["next_cursor"])
    return {"messages": [_given_back(call, m) for m in rows], "has_more": more, **({"response_metadata": meta} if more else {})}
