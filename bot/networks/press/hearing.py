"""Reads all feeds in turns and says what is new in them; one that cannot be read keeps none of the others from being heard."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bot.networks.press.faults import AGAIN, FeedAway
from bot.networks.press.fetching import Fetched, Fetching
from bot.networks.press.position import Place, Position, read_position, short
from bot.networks.press.reading import Feed, read_feed
from bot.networks.press.telling import New, unheard
from bot.networks.press.wanted import Wanted
from handlers.errors import DoorClosed, TryLater
from handlers.networks import Can, Heard, News, Standing

log = structlog.get_logger()
PAGE = 200
AT_ONCE = 8  # feeds
ROUND = 45.0  # seconds for all feeds together
AWAY = "feeds_away"


@dataclass(frozen=True)
class _Read:
    """`feed` is None where nothing has changed."""

    fetched: Fetched
    feed: Feed | None


@dataclass
class Press:
    """A `Source`."""

    feeds: Mapping[str, str] = field(repr=False)
    search: Sequence[str]
    fetching: Fetching
    name: str = "press"
    every: timedelta = timedelta(minutes=2)
    _quiet: dict[str, datetime] = field(default_factory=dict, repr=False)  # until when a site asked for it

    async def since(self, cursor: str | None) -> Heard:
        position, wanted = read_position(cursor), Wanted.of(self.search)
        known = {name: position.feeds[name] for name in self.feeds if name in position.feeds}
        read = await self._read_all({} if position.words != wanted.digest else known)
        now, found, told = datetime.now(UTC), list[New](), _told(known)
        for name, one in read.items():
            first = name not in known
            place = known.setdefault(name, Place())
            for new in unheard(name, one.feed, place, wanted, now, first=first) if one.feed else ():
                if told.setdefault(new.key, name) == name:  # the same article in another feed of the site is no other news
                    found.append(new)
        return self._page(sorted(found, key=lambda one: one.at), Position(wanted.digest, known), read)

    def _page(self, found: Sequence[New], position: Position, read: Mapping[str, _Read]) -> Heard:
        """The oldest of them. What a feed sent last counts as read only when all of it is told."""
        unfinished = {one.feed for one in found[PAGE:]}
        for one in found[:PAGE]:
            position.feeds[one.feed].note(one.key, one.digest)
        for name, one_read in read.items():
            if one_read.feed and name not in unfinished:
                fetched = one_read.fetched
                position.feeds[name].finish(short(self.feeds[name]), fetched.etag, fetched.modified, one_read.feed.keys)
        news: list[News] = [one.news for one in found[:PAGE]]
        return Heard(news, position.text(), bool(unfinished), AWAY if len(read) < len(self.feeds) else "")

    async def stirs(self) -> AsyncIterator[News | None]:
        """No site tells us."""
        for _ in ():
            yield None

    async def standing(self) -> Standing:
        """Names the feeds that answer."""
        read = await self._read_all({})
        return Standing(", ".join(read), (Can.HEAR, Can.SEARCH) if self.search else (Can.HEAR,))

    async def _read_all(self, known: Mapping[str, Place]) -> dict[str, _Read]:
        """Those that could be read, as the settings order them. Raises TryLater or DoorClosed when none could."""
        turns = asyncio.Semaphore(AT_ONCE)
        tasks = {name: asyncio.create_task(self._read(name, known.get(name, Place()), turns)) for name in self.feeds}
        try:
            await asyncio.wait(tasks.values(), timeout=ROUND)
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        faults = {name: _fault(task) for name, task in tasks.items()}
        for name, fault in faults.items():
            if fault:
                log.warning("feed_not_read", feed=name, reason=fault.reason)
        if all(faults.values()):
            raise _none([one for one in faults.values() if one])
        return {name: task.result() for name, task in tasks.items() if not faults[name]}

    async def _read(self, name: str, place: Place, turns: asyncio.Semaphore) -> _Read:
        url = self.feeds[name]
        now = datetime.now(UTC)
        if (until := self._quiet.get(name, now)) > now:
            raise FeedAway("quiet", after=until - now)
        same = place.address == short(url)
        async with turns:
            try:
                fetched = await self.fetching.fetch(url, place.etag if same else "", place.modified if same else "")
            except FeedAway as fault:
                if fault.after:
                    self._quiet[name] = now + fault.after
                raise
            if fetched.body is None:
                return _Read(fetched, None)
            return _Read(fetched, await asyncio.to_thread(read_feed, fetched.body, name, fetched.url, fetched.content_type))


def _told(known: Mapping[str, Place]) -> dict[str, str]:
    """Which feed told an item."""
    return {key: name for name, place in known.items() for key in place.told}


def _fault(task: asyncio.Task[_Read]) -> FeedAway | None:
    """What no feed should bring about is a feed's fault all the same: the others go on."""
    if task.cancelled():
        return FeedAway("timeout")
    error = task.exception()
    if error is not None and not isinstance(error, FeedAway):
        log.error("feed_not_understood", exc_info=error)
        return FeedAway(type(error).__name__)
    return error


def _none(faults: Sequence[FeedAway]) -> TryLater | DoorClosed:
    first = faults[0]
    if all(one.shut for one in faults):
        return DoorClosed(first.reason, whole=True)
    return TryLater(first.reason, min((one.after for one in faults if one.after), default=AGAIN))
