"""A workspace in memory that obeys the port to the letter and can be told to fail in every way that the port knows."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from handlers.errors import Gone
from handlers.insight.ports import Album, Spot
from handlers.ports import Bucket, Card, Place


@dataclass
class Message:
    """`states` are the cards that it has shown, the latest last."""

    id: str
    place: Place
    token: str
    at: datetime
    states: list[Card]

    @property
    def card(self) -> Card:
        return self.states[-1]

    def shows(self, template: str) -> bool:
        return self.card.title.name == template


@dataclass
class FakeWorkspace:
    """`fail` takes one error per call to come (None lets it through); `lost` does the same after the message was taken in."""

    clock: Callable[[], datetime]
    name: str = "slack"
    every: timedelta = timedelta(seconds=1)
    messages: list[Message] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    closed: dict[str, Exception] = field(default_factory=dict)  # channel, or "" for the whole workspace → what it says
    fail: deque[Exception | None] = field(default_factory=deque)
    lost: deque[Exception] = field(default_factory=deque)
    during: Callable[[], object] | None = None  # awaited in the middle of a post
    hangs: bool = False
    deleted: set[str] = field(default_factory=set)  # messages that somebody took away
    spots: dict[str, Spot] = field(default_factory=dict)  # channels by id; those that nobody named are private, and ours
    shared: list[tuple[Place, Album, str]] = field(default_factory=list)  # with the token
    _ids: count = field(default_factory=lambda: count(1))  # type: ignore[type-arg]

    def limits(self, channel_id: str, act: str) -> list[Bucket]:
        return [Bucket(f"{self.name}:{channel_id}#{act}", self.every), Bucket(f"{self.name}#{act}", self.every / 100, burst=100)]

    async def post(self, place: Place, card: Card, language: str, token: str) -> str:
        await self._answer("post", place.channel_id)
        if place.thread_id in self.deleted:
            raise Gone("thread_not_found")
        if place.thread_id:
            assert any(one.id == place.thread_id and one.place.channel_id == place.channel_id for one in self.messages), (
                "no such thread here"
            )
        message = Message(f"m{next(self._ids)}", place, token, self.clock(), [card])
        self.messages.append(message)
        if self.during:
            during, self.during = self.during, None
            await during()  # type: ignore[misc]
        if self.lost:
            raise self.lost.popleft()
        return message.id

    async def update(self, place: Place, message_id: str, card: Card, language: str) -> None:
        await self._answer("update", place.channel_id)
        if message_id in self.deleted:
            raise Gone("message_not_found")
        message = next(one for one in self.messages if one.id == message_id)
        assert message.place.channel_id == place.channel_id, "a message of another channel"
        message.states.append(card)

    async def delete(self, place: Place, message_id: str) -> None:
        await self._answer("delete", place.channel_id)
        for message in [one for one in self.messages if one.id == message_id]:
            assert message.place.channel_id == place.channel_id, "a message of another channel"
            self.messages.remove(message)
        self.deleted.add(message_id)

    async def find(self, place: Place, token: str, since: datetime) -> str | None:
        await self._answer("find", place.channel_id)
        found = [one for one in self.messages if one.token == token and one.place == place and one.at >= since]
        return found[0].id if found else None

    async def look(self, said: str) -> Spot | None:
        await self._answer("look", said.lstrip("#"))
        named = [spot for spot in self.spots.values() if said.lstrip("#") in (spot.channel_id, spot.name.lstrip("#"))]
        return named[0] if named else Spot(said.lstrip("#"), said, is_open=False, can_post=True)

    async def share(self, place: Place, album: Album, language: str, token: str) -> str:
        await self._answer("share", place.channel_id)
        self.shared.append((place, album, token))
        if self.lost:
            raise self.lost.popleft()
        return f"f{next(self._ids)}"

    async def find_shared(self, place: Place, token: str, since: datetime) -> str | None:
        await self._answer("find", place.channel_id)
        return next((token for at, _, used in self.shared if (at, used) == (place, token)), None)

    async def _answer(self, act: str, channel_id: str) -> None:
        self.calls.append((act, channel_id))
        if self.hangs:
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        for closed in ("", channel_id):
            if closed in self.closed:
                raise self.closed[closed]
        if self.fail and (error := self.fail.popleft()):
            raise error

    def texts(self, channel_id: str | None = None) -> list[str]:
        """First words of each message's present state."""
        here = [one for one in self.messages if channel_id in (None, one.place.channel_id)]
        return [str(one.card.body[0].raw) if one.card.body and hasattr(one.card.body[0], "raw") else one.card.title.name for one in here]

    def threads(self, message_id: str) -> list[Message]:
        return [one for one in self.messages if one.place.thread_id == message_id]
