"""What Slack sends when somebody acts, as our own values; pure."""

import html
import re
from dataclasses import dataclass

from bot.slack.markup import Json
from bot.slack.workspace import NAME
from handlers.ports import Who

_LINK = re.compile(r"<([@#!]?)([^|<>]*)(?:\|([^<>]*))?>")


@dataclass(frozen=True)
class Click:
    """A button pressed. `ids` is what it is about; `private` when the message is shown to this person alone."""

    who: Who
    act: str
    ids: str
    message_id: str = ""
    response_url: str = ""
    trigger_id: str = ""
    private: bool = False

    @property
    def case_id(self) -> int:
        return int(self.ids.partition(":")[0])

    @property
    def choice(self) -> str:
        """What follows the case's number: a tag, a team."""
        return self.ids.partition(":")[2]

    @property
    def origin(self) -> dict[str, str]:
        """What a form must keep so that the click can be answered after it."""
        return {"message_id": self.message_id, "response_url": self.response_url, "private": "yes" if self.private else ""}


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
    return Click(
        who=who_acts(body),
        act=str(action["action_id"]).partition(":")[0],
        ids=str(action.get("value", "")),
        message_id=str(container.get("message_ts") or (body.get("message") or {}).get("ts") or ""),
        response_url=str(body.get("response_url") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        private=bool(container.get("is_ephemeral")),
    )


def submitted(body: Json, origin: dict[str, str]) -> Click:
    """A form sent in, as the click that it was opened by."""
    return Click(
        who=who_acts(body),
        act=str(body["view"]["callback_id"]),
        ids=origin.get("ids", ""),
        message_id=origin.get("message_id", ""),
        response_url=origin.get("response_url", ""),
        private=bool(origin.get("private")),
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


def readable(text: str, *, accounts: bool = False) -> str:
    """Slack's markup as the words that were typed. With `accounts`, a person is named by their account: @U123."""

    def plain(match: re.Match[str]) -> str:
        sign, target, shown = match.groups()
        if sign == "@":
            return "@" + (target if accounts else shown or target)
        if sign == "#":
            return "#" + (shown or target)
        if sign == "!":
            return shown or "@" + target.partition("^")[0]
        return target.removeprefix("mailto:")

    return html.unescape(_LINK.sub(plain, text))
