"""What Slack sends when somebody acts, as our own values; pure."""

import html
import re
from dataclasses import dataclass

from bot.slack.markup import Json
from bot.slack.workspace import NAME
from handlers.buttons import Press
from handlers.ports import Who

_LINK = re.compile(r"<([@#!]?)([^|<>]*)(?:\|([^<>]*))?>")


@dataclass(frozen=True)
class Click(Press):
    """A button pressed, or a line of a menu. `private` when the message is shown to this person alone, `direct` in their conversation
    with us.
    """

    message_id: str = ""
    thread_id: str = ""  # "" when the message stands in the channel itself
    response_url: str = ""
    trigger_id: str = ""
    private: bool = False
    direct: bool = False
    window: str = ""  # of which kind is what it stands in, if it is no message: home, modal
    window_id: str = ""

    @property
    def origin(self) -> dict[str, str]:
        """What a form must keep so that the click can be answered after it."""
        seen_by = {"private": "yes" if self.private else "", "direct": "yes" if self.direct else ""}
        placed = {"message_id": self.message_id, "thread_id": self.thread_id, "response_url": self.response_url}
        return {**placed, **seen_by, **({"window": self.window} if self.window else {})}


@dataclass(frozen=True)
class Told:
    """A message of the workspace that somebody pointed at."""

    who: Who
    channel_id: str
    message_id: str
    author_id: str
    author: str
    text: str
    response_url: str


def who_acts(body: Json) -> Who:
    """Commands name the person at the top, everything else under `user`."""
    user = body.get("user_id") or (body.get("user") or {}).get("id") or ""
    return Who(NAME, str(user))


def click(body: Json) -> Click:
    action = body["actions"][0]
    container = body.get("container") or {}
    act, ids = str(action["action_id"]).partition(":")[0], str(action.get("value", ""))
    if action.get("type") == "overflow":
        act, _, ids = str(action["selected_option"]["value"]).partition(":")
    return Click(
        who=who_acts(body),
        act=act,
        ids=ids,
        message_id=str(container.get("message_ts") or (body.get("message") or {}).get("ts") or ""),
        thread_id=thread_of(body),
        response_url=str(body.get("response_url") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        private=bool(container.get("is_ephemeral")),
        direct=is_direct(str(container.get("channel_id") or (body.get("channel") or {}).get("id") or "")),
        window=str((body.get("view") or {}).get("type") or ""),
        window_id=str((body.get("view") or {}).get("id") or ""),
    )


def is_direct(channel_id: str) -> bool:
    """A conversation of two people."""
    return channel_id.startswith("D")


def thread_of(body: Json) -> str:
    """The thread in which somebody has clicked; "" for a message of the channel itself, whether or not it has a thread."""
    container, message = body.get("container") or {}, body.get("message") or {}
    thread = str(container.get("thread_ts") or message.get("thread_ts") or "")
    return "" if thread == str(container.get("message_ts") or message.get("ts") or "") else thread


def chosen(body: Json) -> str:
    """What was chosen in a select of a form; "" when it was emptied."""
    return str((body["actions"][0].get("selected_option") or {}).get("value", ""))


def submitted(body: Json, origin: dict[str, str]) -> Click:
    """A form sent in, as the click that it was opened by."""
    return Click(
        who=who_acts(body),
        act=str(body["view"]["callback_id"]),
        ids=origin.get("ids", ""),
        message_id=origin.get("message_id", ""),
        thread_id=origin.get("thread_id", ""),
        response_url=origin.get("response_url", ""),
        private=bool(origin.get("private")),
        direct=bool(origin.get("direct")),
        window=origin.get("window", ""),
        trigger_id=str(body.get("trigger_id") or ""),
    )


def pointed_at(body: Json) -> Told:
    message = body["message"]
    return Told(
        who=who_acts(body),
        channel_id=str(body["channel"]["id"]),
        message_id=str(message["ts"]),
        author_id=str(message.get("user") or ""),
        author=str(message.get("username") or ""),
        text=readable(str(message.get("text") or "")),
        response_url=str(body.get("response_url") or ""),
    )


def readable(text: str, *, accounts: bool = False, channels: bool = False) -> str:
    """Slack's markup as the words that were typed. With `accounts`, a person is named by their account (@U123), with `channels` a channel
    by its id (#C123).
    """

    def plain(match: re.Match[str]) -> str:
        sign, target, shown = match.groups()
        if sign == "@":
            return "@" + (target if accounts else shown or target)
        if sign == "#":
            return "#" + (target if channels else shown or target)
        if sign == "!":
            return shown or "@" + target.partition("^")[0]
        return target.removeprefix("mailto:")

    return html.unescape(_LINK.sub(plain, text))
