"""What the contract needs of a network's other side: customers who write, and eyes on what became public."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from handlers.networks import Abilities, Hearing, Network, Source


class Fault(StrEnum):
    """What the other side does to our next call."""

    BUSY = "busy"  # 429, or its like
    BROKEN = "broken"  # 503, or its like
    LOST = "lost"  # it does what we ask, and its answer never comes
    DEAD_TOKEN = "dead_token"
    CUT = "cut"  # it hangs up before it has done anything


@dataclass(frozen=True)
class Seen:
    """Something of ours that others can read there. `parent`: the id of the message that it answers."""

    id: str
    text: str
    parent: str | None
    private: bool


class Stage(Protocol):
    """A stage is open while its test runs. Ids are those of the network, as a `Mention.external_id` has them."""

    network: Network
    source: Source

    async def say(self, text: str, *, customer: str = "anna", to: str | None = None, private: bool = False) -> str:
        """A customer addresses us (`to`: in answer to that message); the id of what they wrote."""
        ...

    async def edit(self, external_id: str, text: str) -> None:
        """Only where the network's Hearing says `edits`."""
        ...

    async def take_away(self, external_id: str) -> None:
        """The author deletes what they wrote."""
        ...

    async def say_as_us(self, text: str) -> str:
        """Our own account posts something by other means, naming itself: it must never come in as a mention."""
        ...

    async def say_as_impostor(self, text: str) -> str:
        """An account that looks like ours (name, signs that look alike) addresses us: it is a customer like any other, never us."""
        ...

    async def ours(self) -> Sequence[Seen]:
        """Everything of ours that stands there now, the oldest first."""
        ...

    async def fault(self, fault: Fault, times: int = 1) -> None: ...

    async def again(self) -> tuple[Network, Source]:
        """The same account, connected anew, as after a restart of ours."""
        ...


@dataclass(frozen=True)
class Scene:
    """How to open a network's stage. `missing`: why it cannot be opened on this machine, None where it can."""

    name: str
    abilities: Abilities | None
    hearing: Hearing
    opened: "Opened"
    missing: str | None = None
    faults: tuple[Fault, ...] = tuple(Fault)  # those that this stage can play
    soak: bool = False  # it takes minutes: `make soak`, not `make test`


class Opened(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[Stage]: ...


Stages = AsyncIterator[Stage]
