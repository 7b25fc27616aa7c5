"""reactions.add: an emoji under a message."""

from tests.fakes.slack.calls import Call, SlackError, method
from tests.fakes.slack.state import Json


@method("reactions.add", tier=3, scope="reactions:write")
def add(call: Call) -> Json:
    channel, name = call.joined_channel(), call.text("name").strip(":")
    message = channel.message(call.text("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    reactions = message.setdefault("reactions", [])
    known = next((r for r in reactions if r["name"] == name), None)
    if known is None:
        known = {"name": name, "users": [], "count": 0}
        reactions.append(known)
    if call.state.bot_user in known["users"]:
        raise SlackError("already_reacted")
    known["users"].append(call.state.bot_user)
    known["count"] += 1
    return {}
