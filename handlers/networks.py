"""The shapes of a network: what it tells us, what it carries of ours, and what it lets us do. Nothing here names one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from handlers.ports import Bucket, Customer, Mention

REHEARSED = "dry_run:"  # how the ids of what was published nowhere begin
FIRST_LOOK = timedelta(hours=24)  # how far back we look where we have never looked: who wrote before we came is not missed


@dataclass(frozen=True)
class Abilities:
    """What a network can carry of ours.

    `private_once`: one private message only until the customer answers it. `private_within`: how long after something public it can be
    answered in private. `window`: how long after each private message of theirs we may write. None: for ever.
    """

    public: bool = True
    private: bool = True
    delete: bool = False
    private_once: bool = False
    private_within: timedelta | None = None
    window: timedelta | None = None
    hide: bool = False  # what a customer wrote below our own post
    asks: bool = True  # whether it can be found out if a reply arrived


class Push(StrEnum):
    """What makes listening faster than asking now and then."""

    NONE = "none"
    STREAM = "stream"
    IDLE = "idle"
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class Hearing:
    """What a network tells us."""

    public: bool = True
    private: bool = True
    search: bool = False  # what does not address us, by words
    edits: bool = False
    deletions: bool = False
    push: Push = Push.NONE


@dataclass(frozen=True)
class Reply:
    """One answer to one customer, as it is to be published. `token` is the same at every attempt: a network that knows it takes it once."""

    token: str
    text: str
    language: str
    private: bool
    in_reply_to: str  # the mention's id there
    conversation_id: str
    customer: Customer
    context: str = ""  # of that mention


@dataclass(frozen=True)
class Published:
    """What the network answered: the reply's id there, and where people can read it."""

    external_id: str
    url: str | None = None


class Network(Protocol):
    """Where the public speaks. Sending raises TryLater, Refused, DoorClosed or Unconfirmed of handlers.errors."""

    @property
    def name(self) -> str: ...

    @property
    def account(self) -> str:
        """Ours there, as people know it; with the name it makes the lane."""
        ...

    @property
    def abilities(self) -> Abilities: ...

    def most(self, *, private: bool) -> int | None:
        """The longest text, as `length` counts it; None where there is no limit."""
        ...

    def length(self, text: str) -> int:
        """How the network counts."""
        ...

    def limits(self, act: str) -> Sequence[Bucket]:
        """Every limit that an act (publish, delete, hide) counts against; the first is the lane's own."""
        ...

    async def publish(self, reply: Reply) -> Published: ...

    async def find(self, reply: Reply, since: datetime) -> Published | None:
        """What an earlier attempt became; None when it surely did not arrive. Raises Unconfirmed where nobody can tell."""
        ...

    async def delete(self, external_id: str) -> None:
        """Take back what we published. What is not there any more is deleted already."""
        ...


class Hiding(Protocol):
    """A network whose abilities say `hide`."""

    async def hide(self, external_id: str) -> None:
        """Nobody but its author reads this mention any more. What is not there any more is hidden already."""
        ...


@dataclass(frozen=True)
class Gone:
    """A message that its author, or the network, took away. One that we never had is no matter."""

    external_id: str


@dataclass(frozen=True)
class Bounced:
    """A reply of ours that came back: nobody has read it. `external_id` is the reply's own, `reason` in the words of whoever refused it."""

    external_id: str
    reason: str


@dataclass(frozen=True)
class Unread:
    """Something that we could not read: it is kept aside for a look, and the rest goes on."""

    raw: str
    because: str


News = Mention | Gone | Bounced | Unread


@dataclass(frozen=True)
class Heard:
    """What came after a position, oldest first; `cursor` is where to go on once all of it is stored. `more`: ask again at once.

    `left_out`: what is not read at present, to save money (search_stopped, over_budget).
    """

    news: Sequence[News]
    cursor: str
    more: bool = False
    left_out: str = ""


class Can(StrEnum):
    """What a network may let us do."""

    HEAR = "hear"
    HEAR_PRIVATE = "hear_private"
    SEARCH = "search"
    ANSWER = "answer"
    ANSWER_PRIVATE = "answer_private"
    DELETE = "delete"
    HIDE = "hide"


@dataclass(frozen=True)
class Standing:
    """What one harmless call told: as whom we speak there, what that may do and may not, and when its token ends, where that is known."""

    account: str
    may: tuple[Can, ...]
    may_not: tuple[Can, ...] = ()
    expires_at: datetime | None = None


class Source(Protocol):
    """Where the public is heard. Every call raises TryLater, DoorClosed (`whole` when our token is dead) or another SendError."""

    @property
    def name(self) -> str:
        """The network's."""
        ...

    @property
    def every(self) -> timedelta:
        """How often to ask when nothing tells us to ask sooner."""
        ...

    async def since(self, cursor: str | None) -> Heard:
        """What is new; without a cursor what came in FIRST_LOOK. The same cursor brings the same again, and perhaps more."""
        ...

    def stirs(self) -> AsyncIterator[News | None]:
        """What pushes: None means that asking is worth while now, news are taken in as they are. It may end, or raise; it is begun anew."""
        ...

    async def standing(self) -> Standing:
        """One harmless call."""
        ...


class Purse(Protocol):
    """What a network costs, for all processes together."""

    async def pay(self, what: str, times: int, each: Decimal) -> None:
        """In dollars. `what` is the network's own word (read, post …)."""
        ...

    async def spent(self) -> Decimal:
        """In this month (UTC)."""
        ...


@dataclass(frozen=True)
class Connected:
    """One network as it is configured. `routes` are what it knocks at: given the intake they are Starlette routes."""

    network: Network | None = None
    source: Source | None = None
    routes: Callable[..., Sequence[object]] | None = None
    close: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Kind:
    """What is known of a network before it is configured; `needs` names the settings that connect it."""

    name: str
    abilities: Abilities | None  # None where we only read
    hearing: Hearing
    needs: tuple[str, ...] = field(default=())
