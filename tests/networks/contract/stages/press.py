"""A news site with a feed: only read, so nobody is private, nobody is answered, and nobody is us."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.networks.press import KIND, connect
from bot.settings import Settings
from handlers.networks import Connected, Network, Source
from tests.bench.kill_network_worker import OpenPurse
from tests.fakes.press import Site, running
from tests.networks.contract.stage import Fault, Scene, Seen

KEY = "a-key-of-ours"
WORDS = {Fault.BUSY: "busy", Fault.BROKEN: "broken", Fault.CUT: "cut", Fault.DEAD_TOKEN: "shut"}


@dataclass
class PressStage:
    site: Site
    connections: list[Connected] = field(default_factory=list)
    secrets: tuple[str, ...] = (KEY,)
    network: Network = field(init=False)  # there is none

    def __post_init__(self) -> None:
        self.source = self._connect()

    def _connect(self) -> Source:
        self.connections.append(connect(Settings(_env_file=None, TOCSIN_FEEDS=f"daily={self.site.feed}"), OpenPurse()))
        source = self.connections[-1].source
        assert source
        return source

    async def again(self) -> tuple[Network, Source]:
        return None, self._connect()  # type: ignore[return-value]

    async def say(self, text: str, *, customer: str = "anna", to: str | None = None, private: bool = False) -> str:
        return self.site.publish(text, title=f"By {customer}").id

    async def edit(self, external_id: str, text: str) -> None:
        next(one for one in self.site.entries if one.id == external_id).text = text

    async def take_away(self, external_id: str) -> None:
        raise NotImplementedError("feeds forget what is old, so nothing is known of what they do not show")

    async def say_as_us(self, text: str) -> str:
        raise NotImplementedError("we publish no feed")

    async def say_as_impostor(self, text: str) -> str:
        raise NotImplementedError("nobody is us")

    async def garble(self) -> None:
        self.site.extra.append("<item><category>nothing</category></item>")

    async def ours(self) -> Sequence[Seen]:
        return []

    async def fault(self, fault: Fault, times: int = 1) -> None:
        self.site.trouble = deque([WORDS[fault]] * times)


@asynccontextmanager
async def opened() -> AsyncIterator[PressStage]:
    with running(Site(key=KEY)) as site:
        stage = PressStage(site)
        try:
            yield stage
        finally:
            for one in stage.connections:
                assert one.close
                await one.close()


scene = Scene("press", KIND.abilities, KIND.hearing, opened, faults=tuple(WORDS))
