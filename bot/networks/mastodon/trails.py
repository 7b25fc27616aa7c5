"""How far one list of the server's (mentions, a hashtag, a phrase) has been read: nothing is skipped, however it is paged.

Lists come with the newest first. Mastodon answers min_id with what lies next above it; other servers answer with the newest of all: what
lies between is always walked down to. Ids do not come in order: two mentions of one moment are stored in either, and a post from
another server gets the id of the second in which it was written. So the last minutes are read again, and what was seen in them is left out.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from handlers.networks import FIRST_LOOK

PAGE = 40  # what Mastodon gives at most of a timeline
FEW = 15  # no server gives less of a list that is longer
STEPS = 10  # pages of one call that looks for where to begin
LOWEST = "0"

Page = Callable[[dict[str, str]], Awaitable[list[dict[str, Any]]]]  # bounds → payloads, the newest first


@dataclass(frozen=True)
class Item:
    id: str
    at: datetime | None  # None: it could not be read
    payload: dict[str, Any] = field(compare=False)


@dataclass(frozen=True)
class Trail:
    """`after`: all up to this id was read. `seen`: those above it that were. `down`: how far the search for a beginning has come."""

    after: str = ""
    seen: tuple[str, ...] = ()
    down: str = ""
    asked_at: float = 0  # seconds since 1970


@dataclass(frozen=True)
class Pace:
    """`again`: how much is read anew at every look, and how many of it at most. `every`: seconds between two looks."""

    again: timedelta
    most: int
    every: float = 0


@dataclass(frozen=True)
class Walk:
    """Reads one list."""

    page: Page
    pace: Pace

    async def on(self, trail: Trail, now: datetime, room: int) -> tuple[list[Item], Trail, bool]:
        """What is new, the oldest first and no more than `room` of it; where to go on; whether more is waiting."""
        trail = replace(trail, asked_at=now.timestamp())
        if not trail.after:
            trail = await self._begin(trail, now - FIRST_LOOK)
            if not trail.after:
                return [], trail, True
        read, more = await self._up(trail, room)
        fresh = [one for one in read if one.id not in trail.seen]
        return fresh, self._moved(replace(trail, asked_at=0) if more else trail, read, now, more=more), more

    async def _begin(self, trail: Trail, since: datetime) -> Trail:
        """Looks down for the first item older than that; after some pages it gives way, to go on from there."""
        met: set[str] = set()
        for _ in range(STEPS):
            page = _items(await self.page({"max_id": trail.down} if trail.down else {}))
            older = next((one for one in page if one.at and one.at < since), None)
            if older:
                return replace(trail, after=older.id, down="")
            if not page or met.issuperset(one.id for one in page):
                return replace(trail, after=LOWEST, down="")
            met |= {one.id for one in page}
            trail = replace(trail, down=page[-1].id)
        return trail

    async def _up(self, trail: Trail, room: int) -> tuple[list[Item], bool]:
        read: dict[str, Item] = {}
        after, fresh = trail.after, 0
        while True:
            above = [one for one in await self._above(after) if one.id not in read]
            for one in above:
                if one.id not in trail.seen:
                    fresh += 1
                if fresh > room:
                    return list(read.values()), True
                read[one.id] = one
            if len(above) < FEW:
                return list(read.values()), False
            after = above[-1].id

    async def _above(self, after: str) -> list[Item]:
        """All between `after` and the newest of what came, the oldest first."""
        page = _items(await self.page({"min_id": after}))
        found: dict[str, Item] = {}
        while new := [one for one in page if one.id not in found]:
            found |= {one.id: one for one in new}
            page = _items(await self.page({"min_id": after, "max_id": page[-1].id})) if len(page) >= FEW else []
        return list(reversed(found.values()))

    def _moved(self, trail: Trail, read: Sequence[Item], now: datetime, *, more: bool) -> Trail:
        """Stays below what will be read again."""
        recent = len(read)
        while recent and len(read) - recent < self.pace.most and _is_after(read[recent - 1].at, now - self.pace.again):
            recent -= 1
        met = {one.id for one in read}
        above = [one for one in trail.seen if one not in met] if more or not read else []
        after = read[recent - 1].id if recent else trail.after
        return replace(trail, after=after, seen=(*(one.id for one in read[recent:]), *above))


def _is_after(moment: datetime | None, bound: datetime) -> bool:
    return moment is None or moment >= bound


def _items(page: list[dict[str, Any]]) -> list[Item]:
    return [Item(str(one["id"]), _when(one.get("created_at")), one) for one in page if isinstance(one, dict) and one.get("id")]


def _when(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
