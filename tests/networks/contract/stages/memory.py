"""A network in memory, in three tempers: all that a network can be, public alone, and private alone where nobody can be asked."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from handlers.networks import Abilities, Hearing, Network, Push, Source
from tests.networks.contract.stage import Fault, Opened, Scene, Seen
from tests.networks.contract.stages.memory_network import MemoryNetwork, MemorySource
from tests.networks.contract.stages.memory_square import TOKEN, US, Answer, Square

EVERYTHING = Abilities(delete=True)
WHOLE = Hearing(edits=True, deletions=True, push=Push.STREAM)


@dataclass
class MemoryStage:
    """`network_kind` and `source_kind` may be ones that break the contract."""

    abilities: Abilities = EVERYTHING
    network_kind: type[MemoryNetwork] = MemoryNetwork
    source_kind: type[MemorySource] = MemorySource
    square: Square = field(default_factory=Square)
    secrets: tuple[str, ...] = (TOKEN,)

    def __post_init__(self) -> None:
        self.network, self.source = self._connected()

    def _connected(self) -> tuple[Network, Source]:
        return self.network_kind(self._line, TOKEN, self.abilities), self.source_kind(self._line, TOKEN)

    async def _line(self, what: str, said: dict[str, Any], token: str) -> Answer:
        return self.square.call(what, said, token)

    async def again(self) -> tuple[Network, Source]:
        return self._connected()

    async def say(self, text: str, *, customer: str = "anna", to: str | None = None, private: bool = False) -> str:
        return self.square.put(text, f"account-{customer}", f"@{customer}", to, private=private)

    async def edit(self, external_id: str, text: str) -> None:
        self.square.edit(external_id, text)

    async def take_away(self, external_id: str) -> None:
        self.square.remove(external_id)

    async def say_as_us(self, text: str) -> str:
        return self.square.put(f"@meridia {text}", US, "@meridia")

    async def say_as_impostor(self, text: str) -> str:
        return self.square.put(f"@meridia {text}", "account-fake", "@meridia")

    async def garble(self) -> None:
        self.square.messages[self.square.put("?", "account-anna", "@anna")].at = "yesterday"

    async def ours(self) -> Sequence[Seen]:
        mine = [one for one in self.square.messages.values() if one.author == US and not one.deleted]
        return [Seen(one.id, one.text, one.parent, one.private) for one in mine]

    async def fault(self, fault: Fault, times: int = 1) -> None:
        self.square.faults = deque([fault] * times)


def opened(**changes: Any) -> Opened:
    @asynccontextmanager
    async def stage() -> AsyncIterator[MemoryStage]:
        yield MemoryStage(**changes)

    return stage


PUBLIC, PRIVATE = Abilities(private=False, delete=True), Abilities(public=False, asks=False)
scenes = (
    Scene("memory", EVERYTHING, WHOLE, opened()),
    Scene("memory_public", PUBLIC, Hearing(private=False, edits=True, deletions=True), opened(abilities=PUBLIC)),
    Scene("memory_private", PRIVATE, Hearing(public=False), opened(abilities=PRIVATE)),
)
