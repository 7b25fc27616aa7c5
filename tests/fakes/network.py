"""A network in memory that obeys the port to the letter, keeps what it got, and can be told to fail in every way that the port knows."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from handlers.errors import CannotAsk
from handlers.networks import Abilities, Published, Reply
from handlers.ports import Bucket


@dataclass
class FakeNetwork:
    """`fail` takes one error per call to come (None lets it through); `lost` does the same after the reply was taken in."""

    clock: Callable[[], datetime]
    name: str = "x"
    account: str = "@meridia"
    abilities: Abilities = field(default_factory=lambda: Abilities(delete=True))
    limit: int | None = 280
    can_be_asked: bool = True
    published: list[Reply] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    asked: int = 0
    fail: deque[Exception | None] = field(default_factory=deque)
    lost: deque[Exception] = field(default_factory=deque)
    during: Callable[[], object] | None = None  # awaited in the middle of a publish
    _ids: count = field(default_factory=lambda: count(1))  # type: ignore[type-arg]

    def most(self, *, private: bool) -> int | None:
        return None if private else self.limit

    def length(self, text: str) -> int:
        return len(text)

    def limits(self, act: str) -> list[Bucket]:
        return [Bucket(f"{self.name}:{self.account}#{act}", timedelta(milliseconds=1), burst=50)]

    async def publish(self, reply: Reply) -> Published:
        if self.during:
            await self.during()  # type: ignore[misc]
        if self.fail and (error := self.fail.popleft()):
            raise error
        self.published.append(reply)
        if self.lost:
            raise self.lost.popleft()
        return self._published(len(self.published))

    async def find(self, reply: Reply, since: datetime) -> Published | None:
        self.asked += 1
        if not self.can_be_asked:
            raise CannotAsk("no_way_to_ask")
        tokens = [one.token for one in self.published]
        return self._published(tokens.index(reply.token) + 1) if reply.token in tokens else None

    async def delete(self, external_id: str) -> None:
        if self.fail and (error := self.fail.popleft()):
            raise error
        self.deleted.append(external_id)

    def _published(self, number: int) -> Published:
        return Published(f"{self.name}-{number}", f"https://{self.name}.example/{number}")

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.published]
