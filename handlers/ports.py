"""The shapes that doors and use cases hand each other. Nothing here names a platform or holds a word that a person reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from storage.buckets import Bucket as Bucket  # noqa: PLC0414 - doors may not import storage


@dataclass(frozen=True)
class CustomerText:
    """Words written by somebody outside: never trusted, never shown without the door's escape. `whole` shows what is masked."""

    raw: str
    whole: bool = False


@dataclass(frozen=True)
class Label:
    """A word from the FLOW file, in each language that it was written in."""

    by_language: Mapping[str, str]

    def in_(self, language: str) -> str:
        return self.by_language.get(language) or self.by_language["en"]


@dataclass(frozen=True)
class Called:
    """One of our people, as somebody to be called: a workspace that knows their account makes it ring for them."""

    name: str
    accounts: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """A message of templates/ by name. Its facts: str (the door escapes it), int, datetime, CustomerText, Label, Called, Words, tuple."""

    name: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Style(StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True)
class Button:
    """`ids` says what is acted on ("7", "7:phishing"), never how things stand. With `url` it only leads there."""

    act: str
    label: Words
    ids: str = ""
    style: Style = Style.PLAIN
    pressed: bool = False
    confirm: Words | None = None
    url: str | None = None


@dataclass(frozen=True)
class Card:
    """A thing shown in a workspace. `tone` is a severity's word, `plain` or `alarm`; a CustomerText in the body is a quotation."""

    title: Words
    body: tuple[Words | CustomerText, ...] = ()
    small: tuple[Words, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()  # rows
    tone: str = "plain"


@dataclass(frozen=True)
class Drawing:
    """A picture to be shown where somebody asked for it. `picture` is one of handlers/pictures, drawn by the door's own means."""

    title: Words
    described: Words  # for those who do not see it
    picture: Any


@dataclass(frozen=True)
class Pictured:
    """A card for whoever asked, with a picture of it beside. The card stands, whatever becomes of the picture.

    `page` is where the console tells more ("/status").
    """

    card: Card
    drawing: Drawing
    page: str = ""


class FieldKind(StrEnum):
    TEXT = "text"
    LONG = "long"
    CHOICE = "choice"
    CHOICES = "choices"
    MOMENT = "moment"


@dataclass(frozen=True)
class Option:
    value: str
    label: Words


@dataclass(frozen=True)
class Field:
    name: str
    label: Words
    kind: FieldKind = FieldKind.TEXT
    options: tuple[Option, ...] = ()
    initial: tuple[str, ...] = ()
    optional: bool = False
    most: int = 3000  # characters
    refills: bool = False  # choosing here asks for the form anew, begun with what was chosen


@dataclass(frozen=True)
class Form:
    """A question with fields. `name` is the act that its answer calls, `ids` what it is about."""

    name: str
    title: Words
    submit: Words
    fields: tuple[Field, ...]
    ids: str = ""
    intro: tuple[Words | CustomerText, ...] = ()


@dataclass(frozen=True)
class Who:
    """Somebody who acts, as the door knows them: an account of that workspace. On the console the id is the person's."""

    workspace: str
    external_id: str


NOT_SUMMONED, AUTOMATIC, LIST = "not_summoned", "automatic", "list"
NO_ANSWER = (NOT_SUMMONED, AUTOMATIC, LIST)  # nobody addressed us, so no public answer; a machine wrote; it went to many


class Event(StrEnum):
    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True)
class Customer:
    """The account that wrote, as its network tells it. `reach` counts followers."""

    external_id: str
    handle: str = ""
    name: str = ""
    kind: str = "unknown"
    reach: int = 0


@dataclass(frozen=True)
class Attachment:
    """What came with a message, as its sender calls it; never opened. `kind`: a MIME type, or image, video, audio. `size` in bytes."""

    name: str
    kind: str
    size: int | None = None


@dataclass(frozen=True)
class Mention:
    """One message from a customer, as received. `raw` is the vendor's payload, kept for 30 days.

    `no_answer`: why it may not be answered (one of NO_ANSWER), "" where it may. `private_until`: how long the network lets us answer it in
    private, None for ever. `hideable`: we can hide it there. `context`: what its network wants back to answer it.
    """

    network: str
    external_id: str
    conversation_id: str
    customer: Customer
    text: str
    posted_at: datetime
    event: Event = Event.POSTED
    url: str | None = None
    private: bool = False
    language: str | None = None
    source: str = ""
    raw: str | None = None
    no_answer: str = ""
    private_until: datetime | None = None
    hideable: bool = False
    attachments: tuple[Attachment, ...] = ()
    context: str = ""


@dataclass(frozen=True)
class Receipt:
    """What became of one mention: its case, and whether it was new to us."""

    mention_id: int
    case_id: int
    new: bool


@dataclass(frozen=True)
class Place:
    """Where something is shown: a channel (or a person's direct messages), and the message whose thread it belongs to."""

    channel_id: str
    thread_id: str | None = None


class Workspace(Protocol):
    """A place where the team works. Each method raises TryLater, Refused, DoorClosed or Unconfirmed of handlers.errors."""

    @property
    def name(self) -> str: ...

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:
        """Every limit that a send of this act (post, update, delete) to this channel counts against; the first is the lane's own."""
        ...

    async def post(self, place: Place, card: Card, language: str, token: str) -> str:
        """Show a card; the message's id. `token` travels with it unseen, so that `find` can tell whether it arrived."""
        ...

    async def update(self, place: Place, message_id: str, card: Card, language: str) -> None:
        """Show another state of a message posted before."""
        ...

    async def find(self, place: Place, token: str, since: datetime) -> str | None:
        """The id of the message that carries this token; None when it surely did not arrive."""
        ...

    async def delete(self, place: Place, message_id: str) -> None:
        """Take back a message posted before. What is not there any more is deleted already."""
        ...


LEASE = timedelta(seconds=60)  # a door's own time-outs stay under half of it
