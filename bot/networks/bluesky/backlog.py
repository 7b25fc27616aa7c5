"""Reads a list that is only told newest first so that it is heard oldest first, in bounded steps, and nothing of it is skipped.

All that is remembered is a `Mark`: a process that ends in the middle is followed by one that goes on there.
A list is ordered by what its posts say of themselves, so one may appear a little below what we know: an hour, or the last 1,500, is
looked at again at every turn.
"""

import hashlib
import time
from base64 import b32encode
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.networks.bluesky import moments
from handlers.networks import FIRST_LOOK

WINDOW = timedelta(hours=1) // timedelta(milliseconds=1)
FIRST = FIRST_LOOK // timedelta(milliseconds=1)
SHORT = timedelta(minutes=2) // timedelta(milliseconds=1)  # looked at again after a long way: the window may be one itself
KNOWN_MOST = 1500
PAGE = 100  # the most that the servers give
PAGES_MOST = 25  # in one step: more than what is known fills
LONGEST = 15.0  # seconds that a step may go down


@dataclass(frozen=True)
class Item:
    at: int
    uri: str
    said: Any

    @property
    def sign(self) -> str:
        return b32encode(hashlib.blake2b(self.uri.encode(errors="replace"), digest_size=5).digest()).decode()


@dataclass(frozen=True)
class Page:
    """`following` asks for what is older, None where there is nothing. `now` is the server's clock."""

    items: Sequence[Item]
    following: str | None
    now: int


Fetch = Callable[[str | None, int | None], Awaitable[Page]]


@dataclass(frozen=True)
class Mark:
    """Everything up to `low` was told, and so were the `known`. `pages` wait, the oldest last: a long way back is gone step by step."""

    low: int | None = None
    known: tuple[tuple[int, str], ...] = ()
    pages: tuple[str, ...] = ()
    down: bool = False  # still on the way back: the last of `pages` was not looked at yet
    long: bool = False  # it took more than one step to get down

    def of(self, items: Iterable[Item]) -> list[Item]:
        """What is new among them, oldest first, each once."""
        known = {sign for _, sign in self.known}
        new = {item.sign: item for item in items if item.at > (self.low or 0) and item.sign not in known}
        return sorted(new.values(), key=lambda item: (item.at, item.uri))

    def after(self, told: Sequence[Item], now: int = 0) -> "Mark":
        """`now`: the server's moment up to which everything was looked through."""
        known = sorted({*self.known, *((item.at, item.sign) for item in told)})
        newest = max([now, *(at for at, _ in known)])
        dropped = known[-KNOWN_MOST - 1][0] if len(known) > KNOWN_MOST else 0
        low = max(self.low or 0, newest - WINDOW if told or now else 0, dropped)
        return replace(self, low=low, known=tuple(one for one in known if one[0] > low))


@dataclass(frozen=True)
class Step:
    mark: Mark
    items: Sequence[Item]
    more: bool = False


async def step(mark: Mark, fetch: Fetch, room: int) -> Step:
    """At most `room` items, which is a page at least. `more`: the way is not gone to its end yet."""
    if mark.pages and not mark.down:
        page = await fetch(mark.pages[-1], mark.low)
        new = mark.of(page.items)
        return Step(_higher(mark.after(new), mark.pages[:-1], mark.pages[-1]), new, more=True)
    return await _down(mark, fetch, room)


async def _down(mark: Mark, fetch: Fetch, room: int) -> Step:
    ways: list[str] = list(mark.pages)
    seen: list[Page] = []
    until = time.monotonic() + LONGEST
    while len(seen) < PAGES_MOST and (not seen or time.monotonic() < until):
        page = await fetch(ways[-1] if ways else None, mark.low)
        seen.append(page)
        if mark.low is None:
            mark = replace(mark, low=page.now - FIRST)
        following = _following(page, ways[-1] if ways else None)
        if following is None or _is_bottom(page, following, mark.low or 0):
            return _up(mark, ways, seen, room)
        ways.append(following)
    return Step(replace(mark, pages=tuple(ways), down=True, long=True), (), more=True)


def _up(mark: Mark, ways: Sequence[str], seen: Sequence[Page], room: int) -> Step:
    """The bottom is reached: all of it at once where there is room, else its oldest page and the way up for later."""
    everything = mark.of(item for page in seen for item in page.items)
    if not ways or (len(seen) == len(ways) + 1 and len(everything) <= room):
        return Step(replace(mark, pages=(), down=False).after(everything, seen[0].now), everything)
    oldest = mark.of(seen[-1].items)
    return Step(_higher(mark.after(oldest), ways[:-1], ways[-1]), oldest, more=True)


def _higher(mark: Mark, ways: Sequence[str], looked_at: str) -> Mark:
    """At the end of a way of several steps down all is told but its very top: the next way down must be shorter."""
    if ways or not mark.long:
        return replace(mark, pages=tuple(ways), down=False)
    reached = moments.read(looked_at) or max((at for at, _ in mark.known), default=0)
    low = max(mark.low or 0, reached - SHORT)
    return replace(mark, low=low, known=tuple(one for one in mark.known if one[0] > low), pages=(), down=False, long=False)


def _is_bottom(page: Page, following: str, low: int) -> bool:
    """Where the way on is a moment it tells how far we are, also when nothing on the page was for us."""
    reached = moments.read(following)
    return any(at <= low for at in _ats(page, reached))


def _ats(page: Page, reached: int | None) -> Iterator[int]:
    yield from (item.at for item in page.items)
    if reached is not None:
        yield reached


def _following(page: Page, asked: str | None) -> str | None:
    """Bluesky goes on *before* a moment, without those of the same millisecond that did not fit: they are asked for again."""
    at = moments.read(page.following)
    if at is None:
        return page.following if page.following != asked else None
    again = moments.written(at + 1)
    return page.following if again == asked else again
