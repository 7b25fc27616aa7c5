"""Networks that break the contract, each in one way: what the contract must notice."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed
from handlers.networks import Gone, Heard, News, Published, Reply, Standing
from handlers.ports import Bucket, Event, Mention
from tests.networks.contract.stages.memory_network import MemoryNetwork, MemorySource
from tests.networks.contract.stages.memory_square import MOST, TOKEN, Answer


class _EachMention(MemorySource):
    """Changes what it hears of each mention."""

    changed: dict[str, Any] = {}  # noqa: RUF012 - a dataclass must not take it for a field

    def mention(self, item: dict[str, Any]) -> Mention:
        return replace(super().mention(item), **self.changed)


class Skips(MemorySource):
    async def since(self, cursor: str | None) -> Heard:
        heard = await super().since(cursor)
        return replace(heard, cursor=str(int(heard.cursor) + 1)) if len(heard.news) > 2 else heard


class Repeats(MemorySource):
    async def since(self, cursor: str | None) -> Heard:
        heard = await super().since(cursor)
        return replace(heard, cursor=str(max(int(heard.cursor) - 1, int(cursor or 0)))) if heard.more else heard


class Remembers(MemorySource):
    """Gives what it gave no second time, though nobody stored it."""

    async def since(self, cursor: str | None) -> Heard:
        self.given = getattr(self, "given", set())
        heard = await super().since(cursor)
        fresh = [one for one in heard.news if one not in self.given]
        self.given |= set(heard.news)
        return replace(heard, news=fresh)


class NewestFirst(MemorySource):
    async def since(self, cursor: str | None) -> Heard:
        heard = await super().since(cursor)
        return replace(heard, news=list(reversed(heard.news)))


class BeginsNow(MemorySource):
    async def since(self, cursor: str | None) -> Heard:
        heard = await super().since(cursor)
        return heard if cursor else replace(heard, news=[])


class CutsShort(MemorySource):
    def mention(self, item: dict[str, Any]) -> Mention:
        return replace(one := super().mention(item), text=one.text[:500])


class Flattens(MemorySource):
    def mention(self, item: dict[str, Any]) -> Mention:
        return replace(one := super().mention(item), text=" ".join(one.text.split()))


class Cleans(MemorySource):
    def mention(self, item: dict[str, Any]) -> Mention:
        return replace(one := super().mention(item), text=one.text.replace("\u200d", ""))


class AllPublic(_EachMention):
    changed = {"private": False}  # noqa: RUF012


class WithoutRaw(_EachMention):
    changed = {"raw": None}  # noqa: RUF012


class OneConversation(_EachMention):
    changed = {"conversation_id": "all"}  # noqa: RUF012


class Anonymous(MemorySource):
    def mention(self, item: dict[str, Any]) -> Mention:
        one = super().mention(item)
        return replace(one, customer=replace(one.customer, external_id=one.external_id))


class EachItsOwn(MemorySource):
    def mention(self, item: dict[str, Any]) -> Mention:
        return replace(one := super().mention(item), conversation_id=one.external_id)


class HearsItself(MemorySource):
    def told(self, item: dict[str, Any]) -> News | None:
        return self.mention(item) if item["what"] == "posted" else super().told(item)


class KnowsItselfByName(MemorySource):
    def told(self, item: dict[str, Any]) -> News | None:
        return None if item["handle"] == "@meridia" else super().told(item)


class DeafToEdits(MemorySource):
    def mention(self, item: dict[str, Any]) -> Mention:
        return replace(super().mention(item), event=Event.POSTED)


class DeafToDeletions(MemorySource):
    def told(self, item: dict[str, Any]) -> News | None:
        told = super().told(item)
        return None if isinstance(told, Gone) else told


class StopsAtGarbage(MemorySource):
    def told(self, item: dict[str, Any]) -> News | None:
        return super().told(item) if item["what"] == "gone" else self.mention(item)


class DropsGarbage(MemorySource):
    def told(self, item: dict[str, Any]) -> News | None:
        told = super().told(item)
        return told if isinstance(told, Mention | Gone) else None


class NeverStirs(MemorySource):
    async def stirs(self) -> AsyncIterator[News | None]:
        await asyncio.sleep(60)
        yield None


class StirsAlways(MemorySource):
    async def stirs(self) -> AsyncIterator[News | None]:
        while True:
            yield None
            await asyncio.sleep(0.01)


class ForgetsWhenAway(MemorySource):
    """Whatever it could not fetch, it goes on as if nothing had been there."""

    async def since(self, cursor: str | None) -> Heard:
        try:
            return await super().since(cursor)
        except TryLater:
            return Heard([], str(int(cursor or 0) + 1))


class DeadIsBusy(MemorySource):
    async def read(self, what: str, said: dict[str, Any]) -> dict[str, Any]:
        try:
            return await super().read(what, said)
        except DoorClosed as error:
            raise TryLater(error.reason, timedelta(seconds=1)) from error


class StandsAnyway(MemorySource):
    async def standing(self) -> Standing:
        return Standing("@meridia", ())


class TellsItsToken(MemorySource):
    async def since(self, cursor: str | None) -> Heard:
        logging.getLogger("a_library").info("GET /since?access_token=%s", TOKEN)
        return await super().since(cursor)


class Unlinked(MemoryNetwork):
    """Posts beside what it answers."""

    async def publish(self, reply: Reply) -> Published:
        _, body = await self.write("publish", {"text": reply.text, "parent": None, "token": reply.token, "private": reply.private})
        return Published(body["id"])


class Loud(MemoryNetwork):
    """Everything it says is public."""

    async def publish(self, reply: Reply) -> Published:
        if len(reply.text) > MOST:
            raise Refused("too_long")
        said = {"text": reply.text, "parent": reply.in_reply_to, "token": reply.token, "private": False}
        return Published((await self.write("publish", said))[1]["id"])


class SwallowsTheEnd(MemoryNetwork):
    async def publish(self, reply: Reply) -> Published:
        return await super().publish(replace(reply, text=reply.text[: MOST - 1]))


class LetsTheServerCount(MemoryNetwork):
    async def publish(self, reply: Reply) -> Published:
        said = {"text": reply.text, "parent": reply.in_reply_to, "token": reply.token, "private": reply.private}
        return Published((await self.write("publish", said))[1]["id"])


class AnswersTheDeleted(MemoryNetwork):
    async def publish(self, reply: Reply) -> Published:
        try:
            return await super().publish(reply)
        except Refused as error:
            if error.reason != "parent_gone":
                raise
            _, body = await self.write("publish", {"text": reply.text, "parent": None, "token": reply.token, "private": reply.private})
            return Published(body["id"])


class Retries(MemoryNetwork):
    """Sends again by itself what had no answer."""

    async def write(self, what: str, said: dict[str, Any], *, gone_is_well: bool = False) -> Answer:
        try:
            return await super().write(what, said, gone_is_well=gone_is_well)
        except SendError:
            return await super().write(what, said, gone_is_well=gone_is_well)


class TakesSilenceForNo(MemoryNetwork):
    async def write(self, what: str, said: dict[str, Any], *, gone_is_well: bool = False) -> Answer:
        try:
            return await super().write(what, said, gone_is_well=gone_is_well)
        except Unconfirmed as error:
            raise TryLater(error.reason, timedelta(seconds=1)) from error


class TakesSilenceForYes(MemoryNetwork):
    async def publish(self, reply: Reply) -> Published:
        try:
            return await super().publish(reply)
        except SendError:
            return Published("?")


class BusyForGood(MemoryNetwork):
    async def publish(self, reply: Reply) -> Published:
        try:
            return await super().publish(reply)
        except TryLater as error:
            raise Refused(error.reason) from error


class DeadIsRefused(MemoryNetwork):
    async def write(self, what: str, said: dict[str, Any], *, gone_is_well: bool = False) -> Answer:
        try:
            return await super().write(what, said, gone_is_well=gone_is_well)
        except DoorClosed as error:
            raise Refused(error.reason) from error


class NeverFinds(MemoryNetwork):
    async def find(self, reply: Reply, since: datetime) -> Published | None:
        return None


class FindsAnything(MemoryNetwork):
    """By the words, whoever they were for."""

    async def find(self, reply: Reply, since: datetime) -> Published | None:
        _, page = await self.line("since", {"position": 0}, self.token)
        same = [one["id"] for one in page["items"] if one["text"] == reply.text]
        return Published(same[0]) if same else None


class AwayIsNotThere(MemoryNetwork):
    async def find(self, reply: Reply, since: datetime) -> Published | None:
        try:
            return await super().find(reply, since)
        except SendError:
            return None


class GuessesWhereNobodyKnows(MemoryNetwork):
    async def find(self, reply: Reply, since: datetime) -> Published | None:
        return None


class DeletesOnce(MemoryNetwork):
    async def delete(self, external_id: str) -> None:
        await self.write("delete", {"id_": external_id})


class DeletesNothing(MemoryNetwork):
    async def delete(self, external_id: str) -> None:
        return


class SharesALane(MemoryNetwork):
    def limits(self, act: str) -> Sequence[Bucket]:
        return (Bucket("memory", timedelta(seconds=1)),)


class ShowsItsToken(MemoryNetwork):
    def __repr__(self) -> str:
        return json.dumps({"token": self.token})
