"""What one organisation on Teams remembers: people, teams, channels, chats and what was said in them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.slack.clock import Clock

Json = dict[str, Any]
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
_THREAD = ";messageid="


@dataclass
class Person:
    """Somebody with an account in Entra. `id` is the one that Teams gives them for this bot alone."""

    id: str
    aad_object_id: str
    name: str
    email: str
    tenant_id: str
    locale: str = "en-US"
    role: str = "user"  # or "guest"
    blocked_bot: bool = False
    gone: bool = False
    has_app: bool = True  # installed for themselves; whoever shares a team with the bot is reached without

    @property
    def account(self) -> Json:
        """As `from` has it."""
        return {"id": self.id, "name": self.name, "aadObjectId": self.aad_object_id}

    @property
    def member(self) -> Json:
        """As the roster has it (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context)."""
        given, _, surname = self.name.partition(" ")
        more = {"objectId": self.aad_object_id, "givenName": given, "surname": surname, "email": self.email}
        return {**self.account, **more, "userPrincipalName": self.email, "tenantId": self.tenant_id, "userRole": self.role}


@dataclass(eq=False)
class Message:
    """One message, with every state that it had. `views` is what single people see after their own click or a refresh."""

    id: str
    conversation: "Conversation"
    activity: Json
    author: Person | None  # None: the bot
    at: float
    root_id: str | None = None  # None: it begins a thread
    replies: list["Message"] = field(default_factory=list)
    versions: list[Json] = field(default_factory=list)
    views: dict[str, tuple[Json, float]] = field(default_factory=dict)  # account in Entra -> (card, when)
    deleted: bool = False
    changed_at: float = 0.0

    def __post_init__(self) -> None:
        self.changed_at = self.changed_at or self.at

    @property
    def by_bot(self) -> bool:
        return self.author is None

    @property
    def text(self) -> str:
        return str(self.activity.get("text") or "")

    @property
    def summary(self) -> str:
        """What a notification says."""
        return str(self.activity.get("summary") or "")

    @property
    def cards(self) -> list[Json]:
        return [one["content"] for one in self.activity.get("attachments") or [] if one.get("contentType") == ADAPTIVE]

    @property
    def card(self) -> Json | None:
        """What everybody sees."""
        return next(iter(self.cards), None)

    def seen_by(self, person: Person) -> Json | None:
        """The card on this person's screen."""
        own = self.views.get(person.aad_object_id)
        return own[0] if own else self.card

    @property
    def thread(self) -> str:
        """The conversation that an act on it comes from: a channel's carries the thread."""
        return f"{self.conversation.id}{_THREAD}{self.root_id or self.id}" if self.conversation.team else self.conversation.id

    def change(self, activity: Json, at: float = 0.0) -> None:
        """Everybody sees the new state at once."""
        self.versions.append(self.activity)
        self.activity = activity
        self.changed_at = at or self.changed_at
        self.views.clear()


@dataclass(eq=False)
class Conversation:
    """A channel, somebody's own chat with the bot, or a chat of several people."""

    id: str
    name: str = ""
    team: "Team | None" = None
    person: Person | None = None
    people: list[Person] = field(default_factory=list)
    bot_is_in: bool = False  # in a chat of several people
    all: dict[str, Message] = field(default_factory=dict)

    @property
    def messages(self) -> list[Message]:
        """Those that stand, oldest first: in a channel only the beginnings of threads, whose answers are their `.replies`."""
        return [one for one in self.all.values() if one.root_id is None and not one.deleted]

    @property
    def posts(self) -> list[Message]:
        """Everything that the bot said, in threads too, oldest first."""
        return [one for one in self.all.values() if one.by_bot and not one.deleted]

    @property
    def deleted(self) -> list[Message]:
        return [one for one in self.all.values() if one.deleted]

    @property
    def account(self) -> Json:
        """As `conversation` of an activity, without the thread."""
        if self.team:
            return {"isGroup": True, "conversationType": "channel", "id": self.id, "tenantId": self.team.tenant_id}
        if self.people:
            return {"isGroup": True, "conversationType": "groupChat", "id": self.id, "tenantId": self.people[0].tenant_id}
        return {"conversationType": "personal", "id": self.id, "tenantId": self.person.tenant_id if self.person else ""}

    def message(self, message_id: str) -> Message | None:
        found = self.all.get(message_id)
        return found if found and not found.deleted else None

    def knows(self, person: Person) -> bool:
        return person in self.members

    @property
    def members(self) -> list[Person]:
        if self.team:
            return self.team.members
        return [self.person] if self.person else self.people

    @property
    def hears_the_bot(self) -> bool:
        return self.team.has_bot if self.team else self.person is not None or self.bot_is_in


@dataclass(eq=False)
class Team:
    """`id` is that of its General channel, as Teams has it; `group_id` is Entra's and Graph's."""

    id: str
    name: str
    tenant_id: str
    group_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    members: list[Person] = field(default_factory=list)
    channels: dict[str, Conversation] = field(default_factory=dict)
    has_bot: bool = True
    visibility: str = "private"  # or "public"


def thread_of(conversation_id: str) -> tuple[str, str]:
    """(conversation, root message): the id of a channel's thread carries both."""
    conversation, _, root = conversation_id.partition(_THREAD)
    return conversation, root


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class State:
    """Everything that the service reads and writes; no HTTP and no limits here."""

    def __init__(self, clock: Clock, client_id: str, tenant_id: str) -> None:
        self.clock = clock
        self.client_id = client_id
        self.tenant_id = tenant_id
        self.bot = {"id": f"28:{client_id}", "name": "Tocsin"}
        self.people: list[Person] = []
        self.teams: dict[str, Team] = {}
        self.conversations: dict[str, Conversation] = {}
        self.disabled_by_admin = False
        self._last_id = 0

    def add_person(self, name: str, *, user_id: str | None = None, aad_id: str | None = None, email: str = "", **more: Any) -> Person:
        account = aad_id or str(uuid.uuid4())
        tenant = more.pop("tenant_id", self.tenant_id)
        address = email or f"{name.lower().replace(' ', '.')}@example.com"
        person = Person(user_id or f"29:1{uuid.uuid4().hex}", account, name, address, tenant, **more)
        self.people.append(person)
        for team in self.teams.values():
            team.members.append(person)
        return person

    def add_team(self, name: str, *, members: Iterable[Person] | None = None, bot: bool = True) -> Team:
        """With everyone there is, when no members are named."""
        team = Team(f"19:{uuid.uuid4().hex}@thread.tacv2", name, self.tenant_id, has_bot=bot)
        team.members = list(self.people if members is None else members)
        self.teams[team.id] = team
        self.add_channel("General", team, team.id)
        return team

    def add_channel(self, name: str, team: Team, channel_id: str | None = None) -> Conversation:
        channel = Conversation(channel_id or f"19:{uuid.uuid4().hex}@thread.tacv2", name, team)
        team.channels[channel.id] = self.conversations[channel.id] = channel
        return channel

    def add_group_chat(self, name: str, people: list[Person]) -> Conversation:
        chat = Conversation(f"19:{uuid.uuid4().hex}@thread.v2", name, people=people)
        self.conversations[chat.id] = chat
        return chat

    def person(self, named: str) -> Person | None:
        """By account, by the id that Teams gives the bot, by address or by name."""
        for person in self.people:
            if named in (person.aad_object_id, person.id, person.email, person.name):
                return person
        return None

    def chat(self, person: Person) -> Conversation:
        """The conversation between the bot and one person, made at its first use."""
        known = next((one for one in self.conversations.values() if one.person is person), None)
        if known:
            return known
        made = Conversation(f"a:1{uuid.uuid4().hex}", person.name, person=person)
        self.conversations[made.id] = made
        return made

    def message(self, message_id: str) -> Message | None:
        return next((found for one in self.conversations.values() if (found := one.message(message_id))), None)

    def add_message(self, conversation: Conversation, activity: Json, author: Person | None, root_id: str = "") -> Message:
        """`root_id` is the message whose thread it goes into."""
        now = self.clock.now()
        root = conversation.all.get(root_id) if conversation.team else None
        message = Message(self.next_id(), conversation, activity, author, now, root.id if root else None)
        conversation.all[message.id] = message
        if root:
            root.replies.append(message)
        return message

    def remove(self, message: Message) -> None:
        message.deleted, message.changed_at = True, self.clock.now()
        root = message.conversation.all.get(message.root_id or "")
        if root:
            root.replies.remove(message)

    def next_id(self) -> str:
        """Milliseconds since 1970, as Teams has them; unique and increasing."""
        self._last_id = max(self._last_id + 1, int(self.clock.now() * 1000))
        return str(self._last_id)

    def reached(self, person: Person) -> bool:
        """Whether the bot may write to them: it is installed for them, or in a team of theirs."""
        return person.has_app or any(team.has_bot and person in team.members for team in self.teams.values())
