"""Bluesky's stage: a PDS in memory over real HTTP, with customers who write, answer and delete."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from bot.networks.bluesky import ABILITIES, KIND
from bot.networks.bluesky.connection import connection
from handlers.networks import Connected, Network, Source
from tests.fakes.bluesky import FakeBluesky
from tests.networks.contract.stage import Fault, Scene, Seen


class BlueskyStage:
    customers_write = 280  # of 300 signs: the rest names us

    def __init__(self, fake: FakeBluesky) -> None:
        self.fake, self.world = fake, fake.world
        self.open: list[Connected] = []
        self.network, self.source = self._connected()
        self.secrets = (fake.password,)
        self.environment = {"BLUESKY_URL": fake.url, "BLUESKY_HANDLE": fake.us.handle, "BLUESKY_APP_PASSWORD": fake.password}

    def _connected(self) -> tuple[Network, Source]:
        one = connection(self.fake.url, self.fake.us.handle, SecretStr(self.fake.password), ())
        self.open.append(one)
        assert one.network and one.source
        return one.network, one.source

    async def again(self) -> tuple[Network, Source]:
        return self._connected()

    async def say(self, text: str, *, customer: str = "anna", to: str | None = None, private: bool = False) -> str:
        return self._write(f"{customer}.test", text, to)

    def _write(self, handle: str, text: str, to: str | None = None) -> str:
        author = self.world.account(handle)
        if to:
            return self.world.write(author, text, to=to).uri
        whole = f"@{self.fake.us.handle} {text}"
        return self.world.write(author, whole, facets=self.world.mention(whole, self.fake.us)).uri

    async def edit(self, external_id: str, text: str) -> None:
        raise NotImplementedError("nobody edits a post there")

    async def take_away(self, external_id: str) -> None:
        self.world.remove(external_id)

    async def say_as_us(self, text: str) -> str:
        whole = f"@{self.fake.us.handle} {text}"
        return self.world.write(self.fake.us, whole, facets=self.world.mention(whole, self.fake.us)).uri

    async def say_as_impostor(self, text: str) -> str:
        self.world.account("rneridia.test", self.fake.us.name)
        return self._write("rneridia.test", text)

    async def garble(self) -> None:
        uri = self._write("anna.test", "?")
        self.world.posts[uri].record["text"] = 7  # type: ignore[assignment]

    async def ours(self) -> Sequence[Seen]:
        mine = [one for one in self.world.posts.values() if one.author == self.fake.us]
        return [Seen(one.uri, one.record["text"], one.parent, private=False) for one in sorted(mine, key=lambda one: one.indexed)]

    async def fault(self, fault: Fault, times: int = 1) -> None:
        self.fake.faults = deque([fault.value] * times)

    async def lift_limits(self) -> None:
        self.fake.limits.lifted = True

    async def close(self) -> None:
        for one in self.open:
            assert one.close
            await one.close()


@asynccontextmanager
async def opened(**how: Any) -> AsyncIterator[BlueskyStage]:
    async with FakeBluesky(**how) as fake:
        stage = BlueskyStage(fake)
        try:
            yield stage
        finally:
            await stage.close()


scene = Scene("bluesky", ABILITIES, KIND.hearing, opened)
