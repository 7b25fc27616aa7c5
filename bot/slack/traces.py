"""An act of Slack's by its code, as it is logged."""

from bot.slack.markup import Json
from bot.slack.views import origin_of


def named(body: Json) -> tuple[str, str]:
    """The act and what it is about, in codes of ours; nothing that somebody typed."""
    view = body.get("view") or {}
    if not body.get("actions"):
        name = body.get("command") or view.get("callback_id") or body.get("callback_id") or body.get("type") or ""
        return str(name), origin_of(view).get("ids", "")
    action = body["actions"][0]
    if action.get("type") == "overflow":
        act, _, ids = str(action["selected_option"]["value"]).partition(":")
        return act, ids
    return str(action.get("action_id", "")).partition(":")[0], str(action.get("value") or "") if action.get("type") == "button" else ""
