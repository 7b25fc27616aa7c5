"""The ways to wake a colleague who looks at no workspace: what they are handed, and the shape that each must have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from handlers.ports import Bucket, Card, Words


@dataclass(frozen=True)
class Colleague:
    """Where one of our own people is reached outside the workspaces. `pagers` are addresses at services that wake people, by their name."""

    name: str
    language: str
    email: str | None = None
    phone: str | None = None
    pagers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """A word to a colleague outside the workspaces; no customer's word is in it. `token` is the same at every attempt.

    `thread` is shared by all notices about the same calls: what is `over` (somebody has it) ends the ringing that it began.
    """

    token: str
    thread: str
    language: str
    severity: str  # low … critical
    title: Words
    lines: tuple[Words, ...] = ()
    link: str | None = None  # a page whose button acknowledges
    over: bool = False
    short: Words | None = None  # all of it in one sentence, for ways that carry little (SMS)


@dataclass(frozen=True)
class Letter:
    """A card as a letter, with pictures of its figures and the table behind them. `token` is the same at every attempt.

    `figures` are of handlers/insight, drawn by the door's own means; moments are told by the clock of `timezone`.
    """

    token: str
    language: str
    timezone: str
    card: Card
    figures: Any
    table: str
    name: str  # how its files begin
    foot: Words


@runtime_checkable
class Post(Protocol):
    """A courier that also carries letters."""

    async def send(self, address: str, letter: Letter) -> str:
        """What the service calls it. Raises a SendError."""
        ...


class Courier(Protocol):
    """A way to tell a colleague who looks at no workspace. Telling raises a SendError of handlers.errors."""

    @property
    def name(self) -> str:
        """email, pagerduty, twilio, ntfy: FLOW calls all but the first `webhook`."""
        ...

    def address(self, colleague: Colleague) -> str | None:
        """Where this way reaches them; None where it does not."""
        ...

    def limits(self, address: str) -> Sequence[Bucket]:
        """Every limit that a notice to this address counts against; the first is the lane's own."""
        ...

    @property
    def repeats_harmlessly(self) -> bool:
        """Whether what is told again under the same token rings once."""
        ...

    async def tell(self, address: str, notice: Notice) -> str:
        """What the service calls it."""
        ...
