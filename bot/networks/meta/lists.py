"""Reads lists of the Graph page by page, newest first, and turns each of their things into news."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.networks.meta.graph import Graph
from bot.networks.meta.moments import moment
from bot.networks.meta.payloads import UNREADABLE, Payload, listed, raw, some, unread
from bot.networks.meta.position import Found
from handlers.errors import TryLater
from handlers.ports import Mention

CIRCLE = timedelta(minutes=2)
Asked = Mapping[str, str | int]


@dataclass
class Gathered:
    """What a reading has found so far. Lists tell the newest first, so what is found later is older."""

    found: list[Found] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=lambda: itertools.count(0, -1))

    def take(self, payload: Payload, read: Callable[[], Mention]) -> None:
        try:
            mention = read()
        except UNREADABLE as error:
            news = unread(payload, error)
            self.found.append(Found(str(payload.get("id") or raw(payload)), written_at(payload), next(self._order), news))
        else:
            self.found.append(Found(mention.external_id, mention.posted_at, next(self._order), mention))


def written_at(payload: Payload) -> datetime | None:
    for name in ("created_time", "timestamp"):
        try:
            return moment(payload[name])
        except UNREADABLE:
            continue
    return None


async def pages(graph: Graph, path: str, first: object, asked: Asked, apart: float = 0) -> AsyncIterator[list[Payload]]:
    """The pages of an edge, beginning with one that came inside its parent, if any. `apart`: seconds before each further call.

    Raises TryLater for pages that lead back to where they were: else they would be read for ever, and nobody would be told.
    """
    met = set[str]()
    page: Mapping[str, Any] = some(first) if first is not None else await graph.read(path, **asked)
    while True:
        yield list(listed(page))
        after = some(some(page.get("paging")).get("cursors")).get("after")
        if not after or "next" not in some(page.get("paging")):
            return
        if str(after) in met:
            raise TryLater("pages without an end", CIRCLE)
        met.add(str(after))
        await asyncio.sleep(apart)
        page = await graph.read(path, **asked, after=str(after))


def reaches(page: list[Payload], oldest: datetime) -> bool:
    """Whether a page ends before that moment, and what follows is older still: not where Meta told the oldest first all the same."""
    moments = [when for one in page if (when := written_at(one))]
    return bool(moments) and moments[-1] < oldest and moments[-1] < moments[0]
