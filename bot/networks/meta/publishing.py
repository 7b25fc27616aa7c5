"""An account as a network: one reply, publicly below what it answers, privately to who wrote it, or not at all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.networks.meta import faults
from bot.networks.meta.accounts import FACEBOOK, Account
from bot.networks.meta.carrying import ABILITIES, MEASURES, bucket
from bot.networks.meta.faults import NotThere
from bot.networks.meta.finding import Finding, is_message, way_of
from bot.networks.meta.graph import Graph, Json, node
from bot.networks.meta.payloads import Way, remembered
from handlers.errors import DoorClosed, Refused, Unconfirmed
from handlers.networks import Abilities, Published, Reply
from handlers.ports import Bucket

OUT_OF_REACH, MESSAGES_STAY = "not_below_our_post", "messages_stay"


@dataclass(frozen=True)
class MetaNetwork:
    """Implements Hiding too."""

    graph: Graph
    known: Account

    @property
    def name(self) -> str:
        return self.known.network

    @property
    def account(self) -> str:
        return self.known.id

    @property
    def abilities(self) -> Abilities:
        return ABILITIES

    def most(self, *, private: bool) -> int:
        measure = MEASURES[self.name]
        return measure.private if private else measure.public

    def length(self, text: str) -> int:
        return MEASURES[self.name].count(text)

    def limits(self, act: str) -> Sequence[Bucket]:
        return (bucket(self.name, self.account, act),)

    async def publish(self, reply: Reply) -> Published:
        about = remembered(reply.context)
        way = way_of(reply, about)
        if way == Way.MESSAGE and not reply.private:
            raise Refused(faults.PRIVATE_IN_PUBLIC)
        if self.length(reply.text) > self.most(private=reply.private):
            raise Refused(faults.TOO_LONG)
        if reply.private:
            return await self._privately(reply, way, about)
        return await self._publicly(reply, way, about)

    async def _publicly(self, reply: Reply, way: str, about: Mapping[str, str]) -> Published:
        path, body = self._place(reply, way, about)
        try:
            answer = await self.graph.send(path, body)
        except NotThere:
            raise Refused(faults.PARENT_GONE) from None
        return self._published(answer.get("id"))

    def _place(self, reply: Reply, way: str, about: Mapping[str, str]) -> tuple[str, Json]:
        if self.name == FACEBOOK:
            return f"{node(reply.in_reply_to)}/comments", {"message": reply.text}
        body = {"message": addressed(reply)}
        match way:
            case Way.COMMENT:
                return f"{node(reply.in_reply_to)}/replies", body
            case Way.ELSEWHERE | Way.CAPTION:
                below = {"comment_id": reply.in_reply_to} if way == Way.ELSEWHERE else {}
                return f"{node(self.account)}/mentions", {**body, "media_id": about.get("media", ""), **below}
            case _:
                raise Refused(OUT_OF_REACH)

    async def _privately(self, reply: Reply, way: str, about: Mapping[str, str]) -> Published:
        """A comment is answered in private once; what was said in private, within its window."""
        if way == Way.MESSAGE:
            await self._look_at(reply)
        body = {"recipient": _recipient(reply, way, about), "message": {"text": reply.text}}
        kind = {"messaging_type": "RESPONSE"} if way == Way.MESSAGE else {}
        try:
            answer = await self.graph.send(f"{node(self.known.page_id)}/messages", {**body, **kind})
        except NotThere:
            raise Refused(faults.PARENT_GONE) from None
        return self._published(answer.get("message_id"))

    async def _look_at(self, reply: Reply) -> None:
        """Meta takes an answer to what was taken back. It calls all messages before the last 20 gone: so the list must say so too."""
        try:
            await self.graph.read(node(reply.in_reply_to), fields="id")
        except NotThere:
            if not await Finding(self.graph, self.known).still_lists(reply):
                raise Refused(faults.PARENT_GONE) from None
        except DoorClosed as error:
            if error.whole:
                raise

    def _published(self, external_id: object) -> Published:
        if not isinstance(external_id, str | int) or not str(external_id):
            raise Unconfirmed("answered without an id")
        public = self.name == FACEBOOK and not is_message(str(external_id))
        return Published(str(external_id), f"https://www.facebook.com/{external_id}" if public else None)

    async def find(self, reply: Reply, since: datetime) -> Published | None:
        found = await Finding(self.graph, self.known).find(reply, since)
        return self._published(found) if found else None

    async def delete(self, external_id: str) -> None:
        if is_message(external_id):
            raise Refused(MESSAGES_STAY)
        try:
            await self.graph.remove(node(external_id))
        except NotThere:
            return

    async def hide(self, external_id: str) -> None:
        if is_message(external_id):
            raise Refused(faults.PRIVATE_IN_PUBLIC)
        try:
            await self.graph.send(node(external_id), {"is_hidden": True} if self.name == FACEBOOK else {"hide": True})
        except NotThere:
            return


def addressed(reply: Reply) -> str:
    """Threads of Instagram are flat: whom a comment answers, it says itself."""
    handle = reply.customer.handle.removeprefix("@")
    stands_there = re.search(rf"(?<![\w.])@{re.escape(handle)}(?!\.?\w)", reply.text, re.IGNORECASE)  # "@ann" is not "@anna"
    return reply.text if not handle or stands_there else f"@{handle} {reply.text}"


def _recipient(reply: Reply, way: str, about: Mapping[str, str]) -> dict[str, Any]:
    match way:
        case Way.MESSAGE:
            return {"id": about.get("person") or reply.customer.external_id}
        case Way.COMMENT:
            return {"comment_id": reply.in_reply_to}
        case Way.POST:
            return {"post_id": reply.in_reply_to}
        case _:
            raise Refused(OUT_OF_REACH)
