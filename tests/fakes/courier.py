"""A way to wake colleagues, in memory: obeys the port to the letter, keeps what it told, and can be told to fail in every way that the port knows."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.couriers import Colleague, Notice
from handlers.ports import Bucket


@dataclass(frozen=True)
class Told:
    address: str
    notice: Notice
    at: datetime


@dataclass
class FakeCourier:
    """`fail` takes one error per call to come (None lets it through); `lost` does the same after the notice was taken in.

    `closed` is what it says until it is cleared: by address, or under "" to everybody. `email` reaches whoever has an address, `twilio`
    whoever has a phone, any other name whoever has a pager of it. A notice told again under its token rings once where that is harmless.
    """

    clock: Callable[[], datetime]
    name: str = "email"
    repeats_harmlessly: bool = True
    every: timedelta = timedelta(milliseconds=1)
    told: list[Told] = field(default_factory=list)  # what rang
    calls: list[tuple[str, str]] = field(default_factory=list)  # (address, token) of every attempt
    closed: dict[str, Exception] = field(default_factory=dict)
    fail: deque[Exception | None] = field(default_factory=deque)
    lost: deque[Exception | None] = field(default_factory=deque)
    hangs: bool = False

    def address(self, colleague: Colleague) -> str | None:
        plain = {"email": colleague.email, "twilio": colleague.phone}
        return plain[self.name] if self.name in plain else colleague.pagers.get(self.name)

    def limits(self, address: str) -> list[Bucket]:
        return [Bucket(f"{self.name}:{address}", self.every, burst=50)]

    async def tell(self, address: str, notice: Notice) -> str:
        await self._answer(address, notice.token)
        known = (told for told in self.told if (told.address, told.notice.token) == (address, notice.token))
        if not (self.repeats_harmlessly and any(known)):
            self.told.append(Told(address, notice, self.clock()))
        if self.lost and (error := self.lost.popleft()):
            raise error
        return f"{self.name}-{notice.token}"

    async def _answer(self, address: str, token: str) -> None:
        assert address, "whoever has no address is not told this way"
        self.calls.append((address, token))
        if self.hangs:
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        for shut in ("", address):
            if shut in self.closed:
                raise self.closed[shut]
        if self.fail and (error := self.fail.popleft()):
            raise error

    def titles(self, address: str | None = None) -> list[str]:
        """Names of the messages of templates/ that rang."""
        return [one.notice.title.name for one in self.told if address in (None, one.address)]
