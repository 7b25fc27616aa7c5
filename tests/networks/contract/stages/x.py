"""X's stage: the fake X over real HTTP, with customers who name us, answer, edit and delete."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal

from bot.networks.x import ABILITIES, KIND
from bot.networks.x.client import Keys, X
from bot.networks.x.hearing import Paces, XSource
from bot.networks.x.money import Meter
from bot.networks.x.publishing import XNetwork
from bot.networks.x.reading import PRIVATE
from handlers.networks import Network, Source
from tests.fakes.x import FakeX
from tests.fakes.x.purse import FakePurse
from tests.networks.contract.stage import Fault, Scene, Seen

AT_ONCE = Paces(timedelta(seconds=1), timedelta(), timedelta())


class XStage:
    def __init__(self, fake: FakeX) -> None:
        self.fake, self.world = fake, fake.world
        self.purse = FakePurse()
        self.open: list[X] = []
        self.network, self.source = self._connected()
        kept = fake.secrets
        self.secrets = (kept.bearer, kept.api_secret, kept.access_token, kept.access_secret)
        self.environment = {
            "X_API_URL": fake.url,
            "X_BEARER_TOKEN": kept.bearer,
            "X_API_KEY": kept.api_key,
            "X_API_SECRET": kept.api_secret,
            "X_ACCESS_TOKEN": kept.access_token,
            "X_ACCESS_SECRET": kept.access_secret,
        }

    def _connected(self) -> tuple[Network, Source]:
        kept = self.fake.secrets
        x = X(self.fake.url, Keys(kept.bearer, kept.api_key, kept.api_secret, kept.access_token, kept.access_secret))
        self.open.append(x)
        meter = Meter(self.purse, Decimal(0))
        return XNetwork(x, meter), XSource(x, meter, paces=AT_ONCE)

    async def again(self) -> tuple[Network, Source]:
        return self._connected()

    async def say(self, text: str, *, customer: str = "anna", to: str | None = None, private: bool = False) -> str:
        author = self.world.user(customer)
        if private:
            return PRIVATE + self.world.message(author, self.world.us, text).id
        post = (
            self.world.write(author, text, to=self.world.posts[to]) if to else self.world.write(author, f"@{self.world.us.username} {text}")
        )
        self.fake.streaming.tell(post)
        return post.id

    async def edit(self, external_id: str, text: str) -> None:
        post = self.world.posts[external_id]
        self.fake.streaming.tell(self.world.edit(post, f"@{self.world.us.username} {text}"))

    async def take_away(self, external_id: str) -> None:
        if external_id.startswith(PRIVATE):
            raise NotImplementedError("who deletes a private message there deletes it for themselves")
        self.world.posts[external_id].gone = True

    async def say_as_us(self, text: str) -> str:
        post = self.world.write(self.world.us, f"@{self.world.us.username} {text}")
        self.fake.streaming.tell(post)
        return post.id

    async def say_as_impostor(self, text: str) -> str:
        self.world.user("acrne", self.world.us.name)
        return await self.say(text, customer="acrne")

    async def garble(self) -> None:
        self.world.garbled.add(await self.say("?"))

    async def ours(self) -> Sequence[Seen]:
        us = self.world.us
        public = [
            Seen(one.id, one.text, one.parent and one.parent.id, private=False)
            for one in self.world.posts.values()
            if one.author is us and not one.gone
        ]
        mine = [one for one in self.world.messages.values() if one.sender is us and not one.gone]
        hidden = [Seen(PRIVATE + one.id, one.text, self._last(one.conversation_id, one.id), private=True) for one in mine]
        return sorted([*public, *hidden], key=lambda one: int(one.id.removeprefix(PRIVATE)))

    def _last(self, conversation_id: str, before: str) -> str | None:
        """A private message there answers nothing but its conversation: what was said last."""
        said = [one.id for one in self.world.messages.values() if one.conversation_id == conversation_id and int(one.id) < int(before)]
        return PRIVATE + said[-1] if said else None

    async def fault(self, fault: Fault, times: int = 1) -> None:
        self.fake.faults = deque([fault.value] * times)

    async def lift_limits(self) -> None:
        self.fake.limits.lift()

    async def close(self) -> None:
        for one in self.open:
            await one.close()


@asynccontextmanager
async def opened() -> AsyncIterator[XStage]:
    async with FakeX() as fake:
        fake.limits.lift("dm_events", "dm_with", "dm_create")  # whoever has no patience would meet them at once
        stage = XStage(fake)
        try:
            yield stage
        finally:
            await stage.close()


scene = Scene("x", ABILITIES, KIND.hearing, opened)
