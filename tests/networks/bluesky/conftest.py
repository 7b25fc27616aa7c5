"""One account of ours on a fake Bluesky whose clock can be turned."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from bot.networks.bluesky import ABILITIES
from bot.networks.bluesky.followers import Followers
from bot.networks.bluesky.hearing import BlueskySource
from bot.networks.bluesky.publishing import BlueskyNetwork
from bot.networks.bluesky.session import Session
from bot.networks.bluesky.web import Web
from bot.networks.bluesky.xrpc import Xrpc
from handlers.networks import Reply
from handlers.ports import Customer, Mention
from tests.fakes.bluesky import FakeBluesky, World
from tests.fakes.bluesky.world import Post


class Dial:
    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@dataclass
class House:
    """`phrases` are what is searched for."""

    fake: FakeBluesky
    dial: Dial
    webs: list[Web] = field(default_factory=list)

    def xrpc(self) -> Xrpc:
        self.webs.append(Web())
        return Xrpc(self.webs[-1], Session(self.webs[-1], self.fake.url, self.fake.us.handle, SecretStr(self.fake.password), self.dial))

    def source(self, *phrases: str, **how: Any) -> BlueskySource:
        xrpc = self.xrpc()
        return BlueskySource(xrpc, Followers(xrpc), phrases, clock=self.dial, **how)

    def network(self) -> BlueskyNetwork:
        return BlueskyNetwork(self.xrpc(), f"@{self.fake.us.handle}", ABILITIES)

    def says(self, text: str, customer: str = "anna", **more: Any) -> Post:
        whole = f"@{self.fake.us.handle} {text}"
        author = self.fake.world.account(f"{customer}.test")
        return self.fake.world.write(author, whole, facets=self.fake.world.mention(whole, self.fake.us), **more)

    def reply(self, to: Post, text: str = "Your data is safe.", token: str = "t1", **how: Any) -> Reply:
        who = Customer(to.author.did, to.author.handle)
        return Reply(
            **{
                "token": token,
                "text": text,
                "language": "en",
                "private": False,
                "in_reply_to": to.uri,
                "conversation_id": to.root,
                "customer": who,
            }
            | how
        )

    @property
    def ours(self) -> list[Post]:
        return [one for one in self.fake.world.posts.values() if one.author == self.fake.us]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    dial = Dial()
    async with FakeBluesky(World(dial)) as fake:
        one = House(fake, dial)
        try:
            yield one
        finally:
            for web in one.webs:
                await web.close()


def texts(news) -> list[str]:
    return [one.text.partition(" ")[2] for one in news if isinstance(one, Mention)]
