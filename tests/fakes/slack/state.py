"""What one Slack workspace remembers: people, channels, messages, tokens, open views."""

import secrets
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock
from .limits import Limits

Json = dict[str, Any]

ALL_BOT_SCOPES = frozenset(
    {
        "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands", "files:write",
        "groups:history", "groups:read", "im:history", "im:read", "im:write", "mpim:history", "mpim:read", "mpim:write",
        "reactions:write", "users:read", "users:read.email",
    }
)  # fmt: skip

IN_TOMBSTONE = {"type", "ts", "thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply"}


@dataclass
class User:
    """One person or bot of the workspace."""

    id: str
    name: str
    real_name: str
    email: str | None = None
    locale: str = "en-US"
    tz: str = "Europe/London"
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False  # a guest
    deleted: bool = False


@dataclass
class Channel:
    """One conversation, with its messages in order of ts as Slack would show them."""

    id: str
    name: str
    is_private: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    im_with: str | None = None
    is_mpim: bool = False
    members: set[str] = field(default_factory=set)
    messages: list[Json] = field(default_factory=list)
    versions: dict[str, list[Json]] = field(default_factory=dict)  # ts -> every state a message had, oldest first
    deleted: list[Json] = field(default_factory=list)
    last_ts: float = 0.0
    created: int = 1_700_000_000

    @property
    def kind(self) -> str:
        """The word that Slack's scopes use for this sort of conversation."""
        if self.im_with or self.is_mpim:
            return "im" if self.im_with else "mpim"
        return "groups" if self.is_private else "channels"

    @property
    def posts(self) -> list[Json]:
        """Top-level messages only: what the channel shows, without what stands in threads."""
        return [m for m in self.messages if m.get("thread_ts", m["ts"]) == m["ts"] or m.get("subtype") == "thread_broadcast"]

    def message(self, ts: str) -> Json | None:
        place = bisect_left(self.messages, ts, key=lambda m: str(m["ts"]))
        found = self.messages[place] if place < len(self.messages) else None
        return found if found and found["ts"] == ts else None

    def thread(self, ts: str) -> list[Json]:
        """The parent and its replies, oldest first."""
        return [m for m in self.messages if m["ts"] == ts or m.get("thread_ts") == ts]

    def remove(self, message: Json) -> None:
        """Delete a message; the parent of a thread leaves a tombstone, so that its replies keep a place."""
        place = self.messages.index(message)
        self.deleted.append(self.messages.pop(place))
        root = self.message(message.get("thread_ts", ""))
        if message.get("reply_count"):
            kept: Json = {key: value for key, value in message.items() if key in IN_TOMBSTONE}
            grave = {**kept, "subtype": "tombstone", "user": "USLACKBOT", "hidden": True, "text": "This message was deleted."}
            self.messages.insert(place, grave)
        elif root is not None:
            root["reply_count"] -= 1


@dataclass
class Token:
    """A credential with its scopes; `trouble` is the error that Slack answers to it, if any."""

    value: str
    scopes: set[str]
    is_app: bool = False
    trouble: str | None = None  # token_revoked, account_inactive, …


@dataclass
class Trigger:
    id: str
    user: str
    expires_at: float
    view_id: str | None = None  # the modal it was made in, so that views.push knows its stack
    used: bool = False


@dataclass
class ResponseUrl:
    id: str
    channel: str
    user: str
    expires_at: float
    message_ts: str | None = None
    uses: int = 0


@dataclass
class Ephemeral:
    """A message that one person alone sees, until they reload."""

    channel: str
    user: str
    message: Json


def new_id(prefix: str) -> str:
    return prefix + secrets.token_hex(5).upper()


class State:
    """Everything the methods read and write; no HTTP and no limits here."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.clock = clock
        self.limits = limits
        self.team_id = "T0FAKETEAM"
        self.team_domain = "fake-crisis"
        self.app_id = "A0FAKEAPP1"
        self.bot_id = "B0FAKEBOT1"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.tokens: dict[str, Token] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.ephemerals: list[Ephemeral] = []
        self.views: dict[str, Json] = {}
        self.stacks: dict[str, list[str]] = {}  # user -> ids of open modals, topmost last
        self.homes: dict[str, str] = {}  # user -> id of the published Home view
        self.typed: dict[str, Json] = {}  # what stands in the inputs of a view or message, by its id or ts
        self.files: dict[str, Json] = {}
        self.tickets: set[str] = set()  # Socket Mode addresses that were handed out and not used yet
        self.bot_user = self.add_user("tocsin", user_id="U0FAKEBOT1", is_bot=True).id

    def add_user(self, name: str, *, user_id: str | None = None, email: str | None = None, **more: Any) -> User:
        """A new person, who joins every channel that is open to everyone."""
        user = User(user_id or new_id("U"), name, more.pop("real_name", name.title()), email, **more)
        self.users[user.id] = user
        return user

    def add_channel(
        self,
        name: str,
        *,
        channel_id: str | None = None,
        members: Iterable[str] | None = None,
        bot: bool = True,
        **more: Any,
    ) -> Channel:
        """A new channel with `members` (everyone there is, when not told), and the bot unless `bot` is false."""
        channel = Channel(channel_id or new_id("C"), name, **more)
        channel.members = set(self.users if members is None else members) - {self.bot_user}
        if bot:
            channel.members.add(self.bot_user)
        self.channels[channel.id] = channel
        return channel

    def known_direct(self, user: str) -> Channel | None:
        return next((c for c in self.channels.values() if c.im_with == user), None)

    def direct(self, user: str) -> Channel:
        """The conversation between the bot and one person, made at its first use."""
        known = self.known_direct(user)
        if known:
            return known
        made = Channel(new_id("D"), user, is_private=True, im_with=user, members={user, self.bot_user})
        self.channels[made.id] = made
        return made

    def group(self, users: list[str]) -> Channel:
        """The conversation of the bot with several people."""
        members = {*users, self.bot_user}
        for channel in self.channels.values():
            if channel.is_mpim and channel.members == members:
                return channel
        names = "-".join(sorted(self.users[user].name for user in members))
        return self.add_channel(f"mpdm-{names}-1", members=members, is_private=True, is_mpim=True)

    def find_channel(self, name: str) -> Channel | None:
        """By id, or by name with or without #."""
        if name in self.channels:
            return self.channels[name]
        return next((c for c in self.channels.values() if not c.im_with and c.name == name.removeprefix("#")), None)

    def next_ts(self, channel: Channel) -> str:
        """The id of the next message there: unique and increasing within its channel."""
        channel.last_ts = max(self.clock.now(), channel.last_ts + 0.000001)
        return f"{channel.last_ts:.6f}"

    def add_message(self, channel: Channel, message: Json) -> Json:
        """Store a message under a new ts, and count it in its thread."""
        stored = {"type": "message", **message, "ts": self.next_ts(channel)}
        parent = channel.message(stored["thread_ts"]) if "thread_ts" in stored else None
        if parent is not None:
            self._count_reply(parent, stored)
        channel.messages.append(stored)
        channel.versions[stored["ts"]] = [dict(stored)]
        return stored

    @staticmethod
    def _count_reply(parent: Json, reply: Json) -> None:
        parent["thread_ts"] = parent["ts"]
        parent["reply_count"] = parent.get("reply_count", 0) + 1
        parent["reply_users"] = sorted({*parent.get("reply_users", []), reply["user"]})
        parent["reply_users_count"] = len(parent["reply_users"])
        parent["latest_reply"] = reply["ts"]
        reply["parent_user_id"] = parent.get("user")

    def new_trigger(self, user: str, view_id: str | None = None) -> Trigger:
        # Slack's three seconds are real ones: a hastened clock must not shorten them.
        life = self.limits.trigger_seconds * self.clock.speed
        trigger = Trigger(f"{secrets.randbelow(10**12)}.{self.team_id}.{secrets.token_hex(16)}", user, self.clock.now() + life, view_id)
        self.triggers[trigger.id] = trigger
        return trigger

    def new_ticket(self) -> str:
        ticket = secrets.token_hex(16)
        self.tickets.add(ticket)
        return ticket

    def new_response_url(self, channel: str, user: str, message_ts: str | None = None) -> ResponseUrl:
        expires_at = self.clock.now() + self.limits.response_url_seconds
        made = ResponseUrl(secrets.token_hex(12), channel, user, expires_at, message_ts)
        self.response_urls[made.id] = made
        return made
