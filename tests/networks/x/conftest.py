"""An X with our adapter connected to it, nothing of it patched."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.networks.x.client import Keys, X
from bot.networks.x.hearing import Paces, XSource
from bot.networks.x.money import Meter
from bot.networks.x.publishing import XNetwork
from handlers.networks import Heard, Reply
from handlers.ports import Mention
from tests.fakes.x import FakeX
from tests.fakes.x.purse import FakePurse


class Ours:
    """Our side: `hear` asks as long as there is more, and keeps the position."""

    def __init__(self, fake: FakeX) -> None:
        kept = fake.secrets
        self.fake = fake
        self.x = X(fake.url, Keys(kept.bearer, kept.api_key, kept.api_secret, kept.access_token, kept.access_secret))
        self.purse = FakePurse()
        self.cursor: str | None = None
        self.pages: list[Heard] = []
        self.connect()

    def connect(self, *words: str, ceiling: int = 0, shown_within: float = 0) -> None:
        meter = Meter(self.purse, Decimal(ceiling))
        self.network = XNetwork(self.x, meter, timedelta(seconds=shown_within))
        self.source = XSource(self.x, meter, words, Paces(timedelta(seconds=1), timedelta(), timedelta()))

    async def hear(self) -> list[Mention]:
        heard: list[Mention] = []
        more = True
        while more:
            page = await self.source.since(self.cursor)
            self.pages.append(page)
            self.cursor, more = page.cursor, page.more
            heard += [one for one in page.news if isinstance(one, Mention)]
        return heard


def answering(mention: Mention, text: str, *, private: bool = False) -> Reply:
    return Reply("token-1", text, "en", private, mention.external_id, mention.conversation_id, mention.customer, mention.context)


@pytest.fixture
async def fake() -> AsyncIterator[FakeX]:
    async with FakeX() as one:
        yield one


@pytest.fixture
async def ours(fake: FakeX) -> AsyncIterator[Ours]:
    one = Ours(fake)
    yield one
    await one.x.close()
