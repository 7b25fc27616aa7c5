"""Publishes our replies: below what they answer, as open or closed as that, to its author alone."""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.networks.mastodon.client import Client
from bot.networks.mastodon.counting import ROOM, length
from bot.networks.mastodon.faults import Broken, NotThere, garbled
from bot.networks.mastodon.finding import Finding
from bot.networks.mastodon.reading import NAME, Status, is_private
from bot.networks.mastodon.server import Server
from bot.networks.mastodon.threads import Threads
from handlers.errors import Refused, Unconfirmed
from handlers.networks import Abilities, Published, Reply
from handlers.ports import Bucket

FINDING = 24.0  # seconds
# Mastodon: 300 statuses in 3 hours, 30 deletions in 30 minutes, 300 calls in 5 minutes for each token (app/lib/rate_limiter.rb and
# config/initializers/rack_attack.rb). Its windows are fixed: what a bucket holds and what comes back in one window stay below that.
_PUBLISH = (timedelta(seconds=45), 60, 10)  # every, burst, kept for what is critical
_DELETE = (timedelta(seconds=120), 15, 0)
_CALLS = (timedelta(seconds=5), 30, 5)  # acts of up to two calls each; the rest is for listening
# what Mastodon takes for a handle (app/models/account.rb, MENTION_RE), and what stands in front of it
_HANDLE = re.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*(?:@[\w.-]+\w(?::\d+)?)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Publishing:
    """A `Network`. Its account is the server's name: whom our token belongs to is known only after the first call."""

    server: Server
    threads: Threads
    name: str = field(default=NAME, init=False)

    @property
    def account(self) -> str:
        return urlsplit(self.server.client.url).netloc

    @property
    def abilities(self) -> Abilities:
        return Abilities(delete=self.server.deletes)

    @property
    def _client(self) -> Client:
        return self.server.client

    def most(self, *, private: bool) -> int | None:  # noqa: ARG002 - one limit for both
        return self.server.most - ROOM

    def length(self, text: str) -> int:
        return length(text)

    def limits(self, act: str) -> Sequence[Bucket]:
        every, burst, kept = _DELETE if act == "delete" else _PUBLISH
        of_lane = Bucket(f"{self.name}:{self.account}#{act}", every, burst, kept=kept)
        return of_lane, Bucket(f"{self.name}:{self.account}#calls", _CALLS[0], _CALLS[1], kept=_CALLS[2])

    async def publish(self, reply: Reply) -> Published:
        if not self.server.is_known:
            await self.server.learn()
        self._check(reply)
        parent = await self._parent(reply)
        text = _addressed(reply.text, parent["account"]["acct"])
        if length(text) > self.server.most:
            raise Refused("too_long")  # for a handle that is longer than most
        told = await self._client.post("/api/v1/statuses", self._said(reply, parent, text), reply.token)
        try:
            published = Published(str(told["id"]), told.get("url") or told.get("uri"))
        except (KeyError, TypeError, AttributeError):
            raise garbled(sends=True) from None
        self.threads.learn(published.external_id, reply.conversation_id)
        return published

    def _check(self, reply: Reply) -> None:
        """What is known without asking."""
        if length(reply.text) > self.server.most - ROOM:
            raise Refused("too_long")
        if _was_private(reply.context) and not reply.private:
            raise Refused("private_in_public")
        if reply.private and not _names_only(reply.text, reply.customer.handle, self.server.known_us):
            raise Refused("names_others")  # whom a direct message names, reads it

    async def _parent(self, reply: Reply) -> Status:
        """As it stands there now."""
        try:
            parent: Status = await self._client.get(f"/api/v1/statuses/{reply.in_reply_to}")
        except NotThere:
            raise Refused("parent_gone") from None
        if is_private(parent.get("visibility")) and not reply.private:
            raise Refused("private_in_public")
        if parent["account"]["id"] != reply.customer.external_id:
            raise Refused("other_author")
        return parent

    def _said(self, reply: Reply, parent: Status, text: str) -> dict[str, str | list[str]]:
        said: dict[str, str | list[str]] = {"status": text, "in_reply_to_id": reply.in_reply_to}
        if reply.language:
            said["language"] = reply.language
        said["visibility"] = "direct" if reply.private else parent["visibility"]
        if reply.private:
            said["allowed_mentions[]"] = [reply.customer.external_id]  # a server that does not know this takes no notice
        warning = _cut(parent.get("spoiler_text") or "", self.server.most - length(text))
        if warning:
            said["spoiler_text"] = warning
        return said

    async def find(self, reply: Reply, since: datetime) -> Published | None:
        try:
            async with asyncio.timeout(FINDING):
                found = await Finding(self.server).find(reply, _addressed(reply.text, reply.customer.handle[1:]), since)
        except (Refused, Broken, TimeoutError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unconfirmed(type(error).__name__) from None
        return Published(str(found["id"]), found.get("url") or found.get("uri")) if found else None

    async def delete(self, external_id: str) -> None:
        """A server whose API knows no deletion says the same as one where nothing is left."""
        try:
            await self._client.delete(f"/api/v1/statuses/{external_id}")
        except NotThere:
            if await self._still_stands(external_id):
                raise Refused("cannot_delete") from None

    async def _still_stands(self, external_id: str) -> bool:
        try:
            await self._client.get(f"/api/v1/statuses/{external_id}")
        except NotThere:
            return False
        return True


def _addressed(text: str, acct: str) -> str:
    """With the handle in front, unless it stands somewhere."""
    handles = {one.lower() for one in _HANDLE.findall(text)}
    return text if acct.lower() in handles else f"@{acct} {text}"


def _names_only(text: str, handle: str, us: Any) -> bool:
    allowed = {handle.removeprefix("@").lower(), us.acct.lower() if us else ""}
    return {one.lower() for one in _HANDLE.findall(text)} <= allowed


def _was_private(context: str) -> bool:
    try:
        return bool(context) and is_private(json.loads(context)["visibility"])
    except (ValueError, KeyError, TypeError):
        return False  # what it is now is asked anyway


def _cut(warning: str, room: int) -> str:
    if len(warning) <= room:
        return warning
    return warning[: room - 1] + "…" if room > 1 else "…" if room == 1 else ""
