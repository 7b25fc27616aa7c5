"""Finds what an earlier attempt to publish became: our own status below the same parent, with the same words."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.networks.mastodon.faults import NotThere, garbled
from bot.networks.mastodon.plain import plain
from bot.networks.mastodon.reading import Status, when
from bot.networks.mastodon.server import Server
from handlers.networks import Reply

_CLOCKS_DIFFER = timedelta(minutes=2)
_PAGES = 25
_SERVER = re.compile(r"(?<=[\w.-])@[\w.:-]+\b")  # of a handle: it is shown with it or without
_NO_LETTER = re.compile(r"[\s\u200b\ufeff]+")


@dataclass(frozen=True)
class Finding:
    server: Server

    async def find(self, reply: Reply, text: str, since: datetime) -> Status | None:
        """`text`: as it was sent."""
        us = await self.server.us()
        wanted = _letters(text)
        async for one in self._candidates(reply.in_reply_to, us.id, since - _CLOCKS_DIFFER):
            if wanted == _letters(plain(one["content"])) or wanted == _letters(await self._source(one)):
                return one
        return None

    async def _candidates(self, parent: str, us: str, since: datetime) -> AsyncIterator[Status]:
        """Ours, not older than that, in answer to it. A parent that was deleted leaves its answers without one."""
        try:
            context = await self.server.client.get(f"/api/v1/statuses/{parent}/context")
        except NotThere:
            async for one in self._of_ours(us, since):
                if not one.get("in_reply_to_id") or one["in_reply_to_id"] == parent:
                    yield one
            return
        for one in _statuses(context["descendants"]):
            if one["account"]["id"] == us and one.get("in_reply_to_id") == parent and when(one) >= since:
                yield one

    async def _of_ours(self, us: str, since: datetime) -> AsyncIterator[Status]:
        params: dict[str, str | list[str]] = {"limit": "40", "exclude_reblogs": "true"}
        met: set[str] = set()
        for _ in range(_PAGES):
            page = _statuses(await self.server.client.get(f"/api/v1/accounts/{us}/statuses", params))
            new = [one for one in page if one["id"] not in met]
            for one in new:
                if when(one) >= since:
                    yield one
            if not new or when(new[-1]) < since:
                return
            met |= {one["id"] for one in new}
            params["max_id"] = new[-1]["id"]
        raise garbled(sends=True)  # further than anybody looks: nobody can tell

    async def _source(self, status: Status) -> str:
        """As it was written, where the server keeps that: some read markup into it."""
        try:
            return str((await self.server.client.get(f"/api/v1/statuses/{status['id']}/source"))["text"])
        except NotThere:
            return ""


def _statuses(told: Any) -> list[Status]:
    if not isinstance(told, list):
        raise garbled(sends=False)
    return told


def _letters(text: str) -> str:
    """What two texts have in common that are the same but for what a server does to them."""
    return _NO_LETTER.sub("", _SERVER.sub("", text))
