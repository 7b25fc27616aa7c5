"""What Teams sends when somebody acts, as our own values; pure. An activity is its JSON, as the Bot Connector names things."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.teams.access import NAME
from handlers.buttons import Press
from handlers.ports import Who

Json = dict[str, Any]
CARD, OPEN, SENT_IN = "adaptiveCard/action", "task/fetch", "task/submit"  # names of invokes
EXTENSION_OPEN = "composeExtension/fetchTask"
MESSAGE, ARRIVALS = "message", ("conversationUpdate", "installationUpdate")  # types of activities
REFRESH, REFILL = "refresh", "refill"  # verbs that are no act: look anew, begin a form anew
PERSONAL, SEVERAL = "personal", "groupChat"
_AT = re.compile(r"<at(?:\s[^>]*)?>.*?</at>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Click(Press):
    """A button pressed, or a form sent in. `message_id` is that of the card that it stood on; `direct`: in their own chat with us,
    `dialog`: in a window of their own. `data` is what the button carries, with what was filled in.
    """

    conversation_id: str = ""  # without the thread
    message_id: str = ""
    direct: bool = False
    dialog: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def origin(self) -> dict[str, str]:
        """What a form must keep so that the click can be answered after it."""
        return {"act": self.act, "message_id": self.message_id}

    @property
    def shown_by(self) -> str:
        """The act by which is known what the card shows: whoever looks at it anew presses nothing."""
        return str(self.data.get("act") or self.act)


@dataclass(frozen=True)
class Told:
    """A message of a channel or chat that somebody pointed at."""

    who: Who
    conversation_id: str
    message_id: str
    author: str
    text: str
    link: str | None


def who_acts(activity: Json) -> Who:
    """Known by their account in Entra, which is the same everywhere; the id that Teams gives them for us alone stands in for it."""
    sender = _part(activity, "from")
    return Who(NAME, str(sender.get("aadObjectId") or sender.get("id") or ""))


def name_of(activity: Json) -> str:
    """What is asked for: of an invoke its name, else its type."""
    return str(activity.get("name") or activity.get("type") or "")


def is_invoke(activity: Json) -> bool:
    """It waits for an answer."""
    return activity.get("type") == "invoke"


def pressed(activity: Json) -> Click:
    """A button of a card, in a channel or in a window."""
    value = _part(activity, "value")
    data = _part(_part(value, "action"), "data") if name_of(activity) == CARD else _part(value, "data") or value
    verb = str(_part(value, "action").get("verb") or "")
    act = str(data.get("act") or data.get("form") or verb)
    origin = _part(data, "origin")
    return Click(
        who=who_acts(activity),
        act=REFRESH if verb == REFRESH else act,
        ids=str(data.get("ids") or ""),
        conversation_id=place_of(activity)[0],
        message_id=str(origin.get("message_id") or activity.get("replyToId") or ""),
        direct=is_direct(activity),
        dialog=name_of(activity) in (OPEN, SENT_IN),
        data=data,
    )


def delivery_of(activity: Json) -> str:
    """The same when Teams delivers it again; "" of what has no id, which nobody can know again."""
    number = str(activity.get("id") or "")
    return f"{_part(activity, 'conversation').get('id') or ''}/{number}" if number else ""


def place_of(activity: Json) -> tuple[str, str]:
    """(conversation, the message whose thread it is): the id of a channel's conversation carries both."""
    conversation, _, thread = str(_part(activity, "conversation").get("id") or "").partition(";messageid=")
    return conversation, thread


def is_direct(activity: Json) -> bool:
    """In somebody's own chat with us."""
    return _part(activity, "conversation").get("conversationType") == PERSONAL


def entered(activity: Json) -> str:
    """The chat of several people that we were just added to; "" for all else. A team's channels are chosen in the settings."""
    is_chat = _part(activity, "conversation").get("conversationType") == SEVERAL
    return place_of(activity)[0] if is_chat and activity.get("type") == ARRIVALS[1] and activity.get("action") == "add" else ""


def is_for_us(activity: Json) -> bool:
    """A message in our own chat with somebody, one that calls us, or a button. Where we may read along all others come too
    (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-messages-for-bots-and-agents).
    """
    us = _part(activity, "recipient").get("id")
    called = any(
        one.get("type") == "mention" and _part(one, "mentioned").get("id") == us
        for one in activity.get("entities") or ()
        if isinstance(one, dict)
    )
    return activity.get("type") != "message" or is_direct(activity) or bool(_part(activity, "value")) or (bool(us) and called)


def said(activity: Json, accounts: Mapping[str, str] | None = None) -> str:
    """What somebody typed, without our own name and without markup. A person who is called stands there by their account (@id); `accounts`
    are those that we know, by the id that Teams calls people by.
    """
    text = str(activity.get("text") or "")
    for one in activity.get("entities") or ():
        if isinstance(one, dict) and one.get("type") == "mention" and one.get("text"):
            text = text.replace(str(one["text"]), _called(_part(one, "mentioned"), _part(activity, "recipient"), accounts or {}))
    text = _AT.sub(" ", text)
    return " ".join(html.unescape(_TAG.sub(" ", text)).replace("\xa0", " ").split())


def _called(mentioned: Json, us: Json, accounts: Mapping[str, str]) -> str:
    called = str(mentioned.get("id") or "")
    account = str(mentioned.get("aadObjectId") or accounts.get(called, called))
    return " " if mentioned.get("id") == us.get("id") or not account else f" @{account} "


def pointed_at(activity: Json) -> Told:
    value = _part(activity, "value")
    message = _part(value, "messagePayload")
    author = _part(_part(message, "from"), "user") or _part(_part(message, "from"), "application")
    return Told(
        who=who_acts(activity),
        conversation_id=place_of(activity)[0],
        message_id=str(message.get("id") or ""),
        author=str(author.get("displayName") or author.get("id") or ""),
        text=readable(str(_part(message, "body").get("content") or "")),
        link=str(message["linkToMessage"]) if message.get("linkToMessage") else None,
    )


def readable(content: str) -> str:
    """HTML of a message as the words that were typed."""
    broken = re.sub(r"(?i)<(?:br|/p|/div|/li)[^>]*>", "\n", content)
    lines = (" ".join(line.split()) for line in html.unescape(_TAG.sub("", broken)).replace("\xa0", " ").splitlines())
    return "\n".join(line for line in lines if line)


def _part(value: Mapping[str, Any], name: str) -> Json:
    """An object inside; an empty one where there is none."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}
