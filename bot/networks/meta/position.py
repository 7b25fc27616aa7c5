"""How far we have listened: a moment, and what was taken shortly before it, since lists of Meta show some things late."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from handlers.networks import FIRST_LOOK, News

OVERLAP = timedelta(minutes=5)
_FOR_EVER, _FOR_EVER_MOST = 0, 200


@dataclass(frozen=True)
class Found:
    """One thing of a list. `order` keeps apart what has the same second; without `when` it could not be read even that far."""

    id: str
    when: datetime | None
    order: int
    news: News


@dataclass(frozen=True)
class Position:
    """`seen`: what was taken since `OVERLAP` before `at`, by its mark, with its second."""

    at: datetime
    seen: Mapping[str, int] = field(default_factory=dict)

    @property
    def oldest(self) -> datetime:
        """From here on a list must be read."""
        return self.at - OVERLAP

    def is_new(self, found: Found) -> bool:
        return (found.when is None or found.when >= self.oldest) and mark(found.id) not in self.seen

    def beyond(self, taken: Iterable[Found], began: datetime) -> "Position":
        """After these were stored. Never beyond the moment at which the reading began: what came later may stand in a list read before."""
        stored = list(taken)
        newest = max([one.when for one in stored if one.when], default=self.at)
        at = max(self.at, min(newest, began))
        seen = {**self.seen, **{mark(one.id): int(one.when.timestamp()) if one.when else _FOR_EVER for one in stored}}
        return replace(self, at=at, seen=_recent(seen, at))

    def told(self) -> list[object]:
        return [self.at.isoformat(), dict(self.seen)]


def _recent(seen: Mapping[str, int], at: datetime) -> dict[str, int]:
    since = int((at - OVERLAP).timestamp())
    timeless = [one for one, when in seen.items() if when == _FOR_EVER][-_FOR_EVER_MOST:]
    return {one: when for one, when in seen.items() if when >= since or one in timeless}


def mark(external_id: str) -> str:
    return blake2b(external_id.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True)
class Cursor:
    """Public and private are listened to apart: one that is shut for a while is caught up from where it was."""

    public: Position
    private: Position

    def __str__(self) -> str:
        return json.dumps({"public": self.public.told(), "private": self.private.told()}, separators=(",", ":"))


def cursor(text: str | None) -> Cursor:
    if text is None:
        first = Position(datetime.now(UTC) - FIRST_LOOK)
        return Cursor(first, first)
    told = json.loads(text)
    return Cursor(*(Position(datetime.fromisoformat(told[name][0]), told[name][1]) for name in ("public", "private")))
