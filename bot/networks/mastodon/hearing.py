"""Hears who mentions us, in public and in private, and who uses the crisis's words: by asking, with a position that skips nothing."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import structlog

from bot.networks.mastodon.client import Client
from bot.networks.mastodon.faults import garbled
from bot.networks.mastodon.reading import NAME, Status, mention_of, raw
from bot.networks.mastodon.scopes import standing
from bot.networks.mastodon.server import Server
from bot.networks.mastodon.stirring import Edited, Stream, Streams
from bot.networks.mastodon.threads import Threads
from bot.networks.mastodon.trails import PAGE, Item, Pace, Page, Trail, Walk
from bot.networks.mastodon.watching import Watch, Watched
from handlers.errors import DoorClosed, Refused
from handlers.networks import Gone, Heard, News, Standing, Unread
from handlers.ports import Event, Mention

log = structlog.get_logger()
MENTIONS = ""  # beside the phrases, of which none is empty
_MENTION_PACE = Pace(again=timedelta(seconds=30), most=30)
_TAG_PACE = Pace(again=timedelta(minutes=10), most=60, every=15)
_PHRASE_PACE = Pace(again=timedelta(minutes=10), most=60, every=60)
_ROOM, _MOST_NEWS = 40, 100  # of one list, and of all before the next list waits for the next call
_TOGETHER = 4
SEARCH_AWAY, REFUSED_FOR = "search_away", 3600.0  # seconds: a server may learn to search, and who refuses may have stumbled
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)
_KINDS = ("mention", "quote")  # of notifications; quotes since Mastodon 4.5


@dataclass(frozen=True)
class Position:
    trails: dict[str, Trail] = field(default_factory=dict)
    watched: Watched = field(default_factory=Watched)

    def text(self) -> str:
        return json.dumps({"trails": {name: asdict(one) for name, one in self.trails.items()}, "watched": asdict(self.watched)})


def position(cursor: str | None) -> Position:
    if cursor is None:
        return Position()
    kept = json.loads(cursor)
    trails = {name: Trail(**{**one, "seen": tuple(one["seen"])}) for name, one in kept["trails"].items()}
    edits = tuple((external_id, edited) for external_id, edited in kept["watched"]["edits"])
    return Position(trails, Watched(edits, kept["watched"]["looked_at"]))


@dataclass
class Hearing:
    """A `Source`. `search`: #hashtags, words and phrases."""

    server: Server
    threads: Threads
    search: Sequence[str] = ()
    every: timedelta = timedelta(seconds=30)
    name: str = NAME

    def __post_init__(self) -> None:
        self._watch = Watch(self._client)
        self._stirred: set[str] = set()  # hashtags whose stream told of something
        self._refused: dict[str, float] = {}  # lists that this server or this token does not let us read, and until when we believe it

    @property
    def _client(self) -> Client:
        return self.server.client

    async def standing(self) -> Standing:
        await self.server.learn()
        return await standing(self.server, self.search)

    async def since(self, cursor: str | None) -> Heard:
        us, now = await self.server.us(), datetime.now(UTC)
        await self.server.learn()
        at, more = position(cursor), False
        found: dict[str, Status] = {}
        news: list[News] = []
        trails: dict[str, Trail] = {}
        for name in (MENTIONS, *self.search):
            trail = at.trails.get(name, Trail())
            if len(found) >= _MOST_NEWS or not self._is_due(name, trail, now):
                trails[name], more = trail, more or len(found) >= _MOST_NEWS
                continue
            items, trails[name], waits = await self._read(name, trail, now)
            more = more or waits
            for one in items:
                found |= {str(status["id"]): status for status in _statuses(name, one, us.id, news) if str(status["id"]) not in found}
        changes, watched = await self._watch.look(at.watched, now)
        heard = await self._mentions(found.values())
        news = [*_in_order(heard), *news, *[await self._change(one) for one in changes]]
        watched = watched.begun(found[one.external_id] for one in heard if isinstance(one, Mention))
        left_out = SEARCH_AWAY if any(self._is_refused(name) for name in self.search) else ""
        return Heard(news, Position(trails, watched).text(), more, left_out)

    def _is_refused(self, name: str) -> bool:
        return self._refused.get(name, 0) > time.monotonic()

    def _is_due(self, name: str, trail: Trail, now: datetime) -> bool:
        pace = _pace(name)
        return name in self._stirred or not trail.after or now.timestamp() - trail.asked_at >= pace.every

    async def _read(self, name: str, trail: Trail, now: datetime) -> tuple[list[Item], Trail, bool]:
        self._stirred.discard(name)
        if self._is_refused(name):
            return [], trail, False
        try:
            return await Walk(self._page(name), _pace(name)).on(trail, now, _ROOM)
        except (Refused, DoorClosed) as error:
            if name == MENTIONS:  # which is asked for first: whoever may read it has a token that lives
                raise
            self._refused[name] = time.monotonic() + REFUSED_FOR
            log.warning("mastodon_does_not_search", phrase=name, reason=error.reason)
            return [], replace(trail, asked_at=now.timestamp()), False

    def _page(self, name: str) -> Page:
        path, params = _list(name)

        async def page(bounds: dict[str, str]) -> list[dict[str, Any]]:
            told = await self._client.get(path, {**params, **bounds, "limit": str(PAGE)}, listening=True)
            told = told.get("statuses") if isinstance(told, dict) else told
            if not isinstance(told, list):
                raise garbled(sends=False)
            return told

        return page

    async def _mentions(self, statuses: Iterable[Status]) -> list[Mention | Unread]:
        """A few threads are looked up at once. What was found out stays known when one of them fails."""
        few = asyncio.Semaphore(_TOGETHER)

        async def one(status: Status) -> Mention | Unread:
            async with few:
                return await self._mention(status, Event.POSTED)

        told = await asyncio.gather(*map(one, statuses), return_exceptions=True)
        for error in told:
            if isinstance(error, BaseException):
                raise error
        return [mention for mention in told if not isinstance(mention, BaseException)]

    async def _mention(self, status: Status, event: Event) -> Mention | Unread:
        try:
            return mention_of(status, await self.threads.root(status), event)
        except _UNREADABLE as error:
            return Unread(raw(status), f"{type(error).__name__}: {error}"[:300])

    async def _change(self, one: Status | Gone) -> News:
        return one if isinstance(one, Gone) else await self._mention(one, Event.EDITED)

    async def stirs(self) -> AsyncIterator[News | None]:
        await self.server.learn()
        us = await self.server.us()
        streams = Streams(self.server, (Stream(""), *(Stream(one[1:]) for one in self.search if one.startswith("#"))))
        async for tag, told in streams.events():
            if tag:
                self._stirred.add(f"#{tag}")
            if isinstance(told, Gone) or told is None:
                yield told
            elif _concerns(told.status, us.id, tag):
                yield await self._mention(told.status, Event.EDITED if isinstance(told, Edited) else Event.POSTED)


def _pace(name: str) -> Pace:
    return _MENTION_PACE if name == MENTIONS else _TAG_PACE if name.startswith("#") else _PHRASE_PACE


def _list(name: str) -> tuple[str, dict[str, str | list[str]]]:
    """`include_filtered`: Mastodon keeps apart who is new or not followed, and just those write to us."""
    if name == MENTIONS:
        return "/api/v1/notifications", {"types[]": list(_KINDS), "include_filtered": "true"}
    if name.startswith("#"):
        return f"/api/v1/timelines/tag/{quote(name[1:], safe='')}", {}
    return "/api/v2/search", {"q": name if name.isalnum() else f'"{name}"', "type": "statuses"}  # in quotes no sign is an operator


def _statuses(name: str, one: Item, us: str, news: list[News]) -> Iterator[Status]:
    """What of the item is somebody's status; what cannot be told is set aside."""
    try:
        status = one.payload["status"] if name == MENTIONS and one.payload["type"] in _KINDS else None if name == MENTIONS else one.payload
        if status is not None and status["account"]["id"] != us and not status.get("reblog"):
            yield {**status, "id": str(status["id"])}
    except _UNREADABLE as error:
        news.append(Unread(raw(one.payload), f"{type(error).__name__}: {error}"[:300]))


def _concerns(status: Status, us: str, tag: str) -> bool:
    """What cannot be read here is looked at again when we ask."""
    try:
        return status["account"]["id"] != us and (bool(tag) or any(one["id"] == us for one in status["mentions"]))
    except _UNREADABLE:
        return False


def _in_order(heard: Iterable[Mention | Unread]) -> list[Mention | Unread]:
    """The oldest first; what cannot be read at the end."""
    latest = datetime.max.replace(tzinfo=UTC)
    return sorted(heard, key=lambda one: one.posted_at if isinstance(one, Mention) else latest)
