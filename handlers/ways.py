"""What the sender needs of a kind of destination: how its rows leave, and what is written down in the transaction that finishes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from handlers.errors import SendError
from handlers.ports import Bucket
from storage.database import Work
from storage.outbox import Claimed
from storage.types import SendState


class Nothing(Exception):
    """The row has become pointless: what it was to show is gone, or shown elsewhere."""


class Stopped(Exception):
    """A gate keeps it here. `reason` is a code of flows/gate.py."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Sent:
    """What the destination answered. `new` when it was not there before; `late` by how much it left after it was due."""

    external_id: str
    url: str | None = None
    new: bool = True
    late: timedelta = timedelta()


class Way(Protocol):
    """One destination's door, with what stands around it."""

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:
        """Every limit that a send counts against; the first is the lane's own."""
        ...

    async def send(self, row: Claimed) -> Sent:
        """Raises a SendError, Nothing or Stopped."""
        ...

    async def finishing(self, work: Work, row: Claimed, sent: Sent | None) -> None:
        """What must be held before the row is finished; with None before it is given up."""
        ...

    async def sent(self, work: Work, row: Claimed, sent: Sent, kind: str | None) -> None:
        """`kind` is the row's by now; None when its lease was lost to somebody else meanwhile."""
        ...

    async def given_up(self, work: Work, row: Claimed, state: SendState, reason: str) -> None:
        """It will not be tried again by itself: failed_for_good, unconfirmed or stopped."""
        ...

    async def instead(self, work: Work, row: Claimed, owner: str, error: SendError) -> bool:
        """True when this error was answered in the destination's own manner, and nothing more is to be done."""
        ...
