"""Hears Bluesky: who mentions, answers or quotes us, and who writes the words that we search for. Nothing is marked as read there."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.networks.bluesky import moments, position
from bot.networks.bluesky.backlog import PAGE, Fetch, Item, Mark, Page, step
from bot.networks.bluesky.followers import Followers
from bot.networks.bluesky.position import Position
from bot.networks.bluesky.reading import NAME, author_of, news_of, place_of, raw
from bot.networks.bluesky.web import Answer, Json
from bot.networks.bluesky.xrpc import Xrpc
from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed
from handlers.networks import Can, Heard, News, Standing

MOST = 200  # news in one turn
NOTIFICATIONS = ""
REASONS = ("mention", "reply", "quote")
MAY = (Can.HEAR, Can.SEARCH, Can.ANSWER, Can.DELETE)
SEARCH_EVERY = timedelta(seconds=30)
SEARCH_AWAY = "search_away"
LOOKS_EVERY = 60.0  # seconds: as whom we listen


@dataclass
class BlueskySource:
    """A `Source`. Asking every ten seconds is 180 of the 3,000 calls that a PDS allows an address in five minutes."""

    xrpc: Xrpc
    followers: Followers
    phrases: Sequence[str] = ()
    every: timedelta = timedelta(seconds=10)
    search_every: timedelta = SEARCH_EVERY
    name: str = NAME
    clock: Callable[[], float] = field(default=time.time)
    _looked_at: float = field(default=float("-inf"))

    async def since(self, cursor: str | None) -> Heard:
        if time.monotonic() - self._looked_at > LOOKS_EVERY:
            await self._who_we_are()
        place = position.read(cursor)
        us = await self.xrpc.me()
        mark, items, more = await self._step(place, NOTIFICATIONS, self._notified(us.did), MOST)
        place = replace(place, marks={**self._kept(place), NOTIFICATIONS: mark})
        found = await self._searched(place, us.did, MOST - len(items))
        news = await self._read(_in_order([*items, *found.items]))
        return Heard(news, found.place.written(), more or found.more, SEARCH_AWAY if found.failed else "")

    async def stirs(self) -> AsyncIterator[News | None]:
        """Nothing does: what all of Bluesky writes is too much to be read for a few mentions."""
        await asyncio.Event().wait()
        yield None

    async def standing(self) -> Standing:
        """An account that may not speak raises DoorClosed. Who limits in the app whose mentions are listed does not hear all of them."""
        account = await self._who_we_are()
        if await self._is_deaf():
            return Standing(account, tuple(one for one in MAY if one is not Can.HEAR), (Can.HEAR,))
        return Standing(account, MAY)

    async def _who_we_are(self) -> str:
        """An account that was taken down hears nothing, without an error, for as long as its token lasts."""
        try:
            answer = await self.xrpc.query("com.atproto.server.getSession")
        except Refused as error:  # "Could not find user info for account"
            raise DoorClosed(error.reason, whole=True) from error
        if answer.body.get("active") is False:
            raise DoorClosed(str(answer.body.get("status") or "deactivated"), whole=True)
        self._looked_at = time.monotonic()
        return f"@{answer.body.get('handle') or answer.body.get('did')}"

    async def _is_deaf(self) -> bool:
        try:
            answer = await self.xrpc.query("app.bsky.notification.getPreferences")
        except DoorClosed:
            raise
        except SendError:
            return False  # a server that does not know of it does not limit either
        return any(_is_limited(answer.body, reason) for reason in REASONS)

    def _kept(self, place: Position) -> dict[str, Mark]:
        """Without phrases that nobody looks for any more."""
        return {name: mark for name, mark in place.marks.items() if name == NOTIFICATIONS or name in self.phrases}

    async def _searched(self, place: Position, us: str, room: int) -> "_Found":
        now = int(self.clock() * 1000)
        waits = 0 <= now - place.searched < self.search_every // timedelta(milliseconds=1)
        if not self.phrases or (waits and not any(place.mark(one).pages for one in self.phrases)):
            return _Found(place)
        found = _Found(replace(place, searched=now))
        for phrase in self.phrases:
            if room - len(found.items) < PAGE:
                return replace(found, more=True, place=replace(found.place, searched=place.searched))
            try:
                mark, items, more = await self._step(place, phrase, self._found(phrase, us), room - len(found.items))
            except DoorClosed:
                raise
            except SendError as error:
                found = replace(found, failed=True, place=replace(found.place, searched=place.searched))
                if isinstance(error, TryLater):
                    break  # the others would wait for nothing too, and what was heard waits with them
                continue
            marks = {**found.place.marks, phrase: mark}
            found = replace(found, items=[*found.items, *items], more=found.more or more, place=replace(found.place, marks=marks))
        return found

    async def _step(self, place: Position, name: str, fetch: Fetch, room: int) -> tuple[Mark, Sequence[Item], bool]:
        done = await step(place.mark(name), fetch, room)
        return done.mark, done.items, done.more

    def _notified(self, us: str) -> Fetch:
        async def fetch(page: str | None, low: int | None) -> Page:  # noqa: ARG001 - it cannot be asked to stop anywhere
            # without `priority` the account's own setting would hide those whom it does not follow
            asked: dict[str, Any] = {"limit": PAGE, "cursor": page, "reasons": list(REASONS), "priority": False}
            return _page(await self.xrpc.query("app.bsky.notification.listNotifications", **asked), "notifications", us)

        return fetch

    def _found(self, phrase: str, us: str) -> Fetch:
        words = phrase if phrase.startswith("#") or " " not in phrase else f'"{phrase}"'

        async def fetch(page: str | None, low: int | None) -> Page:
            since = moments.written(low) if low is not None else None
            asked: dict[str, Any] = {"q": words, "sort": "latest", "limit": PAGE, "since": since, "until": page}
            return _by_time(_page(await self.xrpc.query("app.bsky.feed.searchPosts", **asked), "posts", us), page)

        return fetch

    async def _read(self, items: Sequence[Item]) -> list[News]:
        reach = await self.followers.of([did for item in items if (did := author_of(item.said))])
        return [news_of(item.said, reach) for item in items]


@dataclass(frozen=True)
class _Found:
    """`failed`: one of the searches did not answer. That costs no mention, is told, and asked again at the next turn."""

    place: Position
    items: Sequence[Item] = ()
    more: bool = False
    failed: bool = False


def _page(answer: Answer, name: str, us: str) -> Page:
    now = moments.from_datetime(answer.at or datetime.now(UTC))
    said, following = answer.body.get(name), answer.body.get("cursor")
    if not isinstance(said, list):
        raise Unconfirmed("unreadable_answer")
    items = [item for item in _items(said, now) if author_of(item.said) != us]
    return Page(items, following if isinstance(following, str) and following and said else None, now)


def _by_time(page: Page, until: str | None) -> Page:
    """A search goes on by counting, and what comes meanwhile moves what was counted: we go on before the oldest that we have seen."""
    end = moments.read(until)
    if page.following is None or not page.items or (end is not None and all(item.at >= end for item in page.items)):
        return replace(page, following=None)  # that was all, or the server does not know `until`
    return replace(page, following=moments.written(min(item.at for item in page.items)))


def _items(said: Iterable[Any], now: int) -> Iterator[Item]:
    """What does not say when it was stands where the one before it stood."""
    at = now
    for one in said:
        known = place_of(one)
        at = at if known is None else known
        uri = one.get("uri") if isinstance(one, dict) else None
        yield Item(at, uri if isinstance(uri, str) else raw(one), one)


def _in_order(items: Sequence[Item]) -> list[Item]:
    """Each once, the oldest first."""
    return sorted({item.uri: item for item in reversed(items)}.values(), key=lambda item: (item.at, item.uri))


def _is_limited(preferences: Json, reason: str) -> bool:
    whole = preferences.get("preferences")
    one = whole.get(reason) if isinstance(whole, dict) else None
    return isinstance(one, dict) and (one.get("list") is False or one.get("include", "all") != "all")
