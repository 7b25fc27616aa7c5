"""A network in memory that obeys the port: what an adapter is, with nothing of a vendor in the way."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from handlers.errors import CannotAsk, DoorClosed, Refused, TryLater, Unconfirmed
from handlers.networks import Abilities, Can, Gone, Heard, News, Published, Reply, Standing, Unread
from handlers.ports import Bucket, Customer, Event, Mention
from tests.networks.contract.stages.memory_square import MOST, US, Answer, Cut

Line = Callable[[str, dict[str, Any], str], Awaitable[Answer]]  # raises ConnectionError
SOON = timedelta(seconds=0.2)
LOOK = 0.05  # seconds


@dataclass
class MemoryNetwork:
    """A `Network`."""

    line: Line = field(repr=False)
    token: str = field(repr=False)
    abilities: Abilities
    name: str = "memory"
    account: str = "@meridia"

    def most(self, *, private: bool) -> int | None:
        return MOST

    def length(self, text: str) -> int:
        return len(text)

    def limits(self, act: str) -> Sequence[Bucket]:
        return (Bucket(f"{self.name}:{self.account}#{act}", timedelta(milliseconds=5), burst=10),)

    async def publish(self, reply: Reply) -> Published:
        if len(reply.text) > MOST:
            raise Refused("too_long")
        if json.loads(reply.context or "{}").get("private") and not reply.private:
            raise Refused("private_in_public")
        if not (self.abilities.private if reply.private else self.abilities.public):
            raise Refused("no_such_way")
        said = {"text": reply.text, "parent": reply.in_reply_to, "token": reply.token, "private": reply.private}
        _, body = await self.write("publish", said)
        return Published(body["id"])

    async def find(self, reply: Reply, since: datetime) -> Published | None:
        if not self.abilities.asks:
            raise CannotAsk("no_way_to_ask")
        try:
            status, body = await self.line("find", {"token": reply.token}, self.token)
        except ConnectionError as error:
            raise Unconfirmed("gone") from error
        if status in (200, 404):
            return Published(body["id"]) if status == 200 else None
        if status == 401:
            raise DoorClosed("token", whole=True)
        raise Unconfirmed(str(status))

    async def delete(self, external_id: str) -> None:
        await self.write("delete", {"id_": external_id}, gone_is_well=True)

    async def write(self, what: str, said: dict[str, Any], *, gone_is_well: bool = False) -> Answer:
        try:
            status, body = await self.line(what, said, self.token)
        except Cut as error:
            raise TryLater("away", SOON) from error
        except ConnectionError as error:
            raise Unconfirmed("no answer") from error
        if status in (429, 503):
            raise TryLater(str(status), SOON)
        if status == 401:
            raise DoorClosed("token", whole=True)
        if status >= 400 and not (gone_is_well and status == 404):
            raise Refused("parent_gone" if status == 404 else str(body.get("error")))
        return status, body


@dataclass
class MemorySource:
    """A `Source`."""

    line: Line = field(repr=False)
    token: str = field(repr=False)
    name: str = "memory"
    every: timedelta = timedelta(seconds=1)

    async def since(self, cursor: str | None) -> Heard:
        page = await self.read("since", {"position": int(cursor or 0)})
        news = [one for item in page["items"] if (one := self.told(item))]
        return Heard(news, str(page["position"]), page["more"])

    def told(self, item: dict[str, Any]) -> News | None:
        if item["author"] == US:
            return None
        if item["what"] == "gone":
            return Gone(item["id"])
        try:
            return self.mention(item)
        except (ValueError, TypeError, KeyError) as error:
            return Unread(json.dumps(item), repr(error))

    def mention(self, item: dict[str, Any]) -> Mention:
        return Mention(
            network=self.name,
            external_id=item["id"],
            conversation_id=item["root"],
            customer=Customer(item["author"], item["handle"]),
            text=item["text"],
            posted_at=datetime.fromisoformat(item["at"]),
            event=Event(item["what"]),
            private=item["private"],
            raw=json.dumps(item),
            context=json.dumps({"private": item["private"]}),
        )

    async def stirs(self) -> AsyncIterator[News | None]:
        known: int | None = None
        while True:
            page = await self.read("since", {"position": known or 0})
            while page["more"]:
                page = await self.read("since", {"position": page["position"]})
            if known is not None and page["position"] > known:
                yield None
            known = page["position"]
            await asyncio.sleep(LOOK)

    async def standing(self) -> Standing:
        who = await self.read("who", {})
        return Standing(who["handle"], tuple(Can))

    async def read(self, what: str, said: dict[str, Any]) -> dict[str, Any]:
        try:
            status, body = await self.line(what, said, self.token)
        except ConnectionError as error:
            raise TryLater("away", SOON) from error
        if status == 401:
            raise DoorClosed("token", whole=True)
        if status != 200:
            raise TryLater(str(status), SOON)
        return body
