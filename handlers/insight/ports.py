"""What a workspace must be able to do besides showing cards, for digests to go there; and what it is handed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from handlers.ports import Bucket, Place, Words


@dataclass(frozen=True)
class Spot:
    """A channel, or a person's direct messages, as a workspace knows it now. `is_open`: not only people whom somebody let in read it."""

    channel_id: str
    name: str
    is_open: bool
    can_post: bool


@dataclass(frozen=True)
class Album:
    """Figures for people who would rather look than read: drawn by the door's own means, with the table behind them as CSV."""

    name: str  # how its files begin
    title: Words
    figures: Any  # of handlers/insight
    table: str


class Channels(Protocol):
    """A workspace, as digests see it. Each method raises TryLater, Refused, DoorClosed or Unconfirmed of handlers.errors."""

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]: ...

    async def look(self, said: str) -> Spot | None:
        """A channel by its id, or by its name as people type it (#marketing); None when there is none that we can see."""
        ...

    async def share(self, place: Place, album: Album, language: str, token: str) -> str:
        """Pictures and table as files; what they are called there. Their names carry the token, so that `find_shared` can tell."""
        ...

    async def find_shared(self, place: Place, token: str, since: datetime) -> str | None:
        """What an earlier attempt became; None when it surely was not shared."""
        ...
