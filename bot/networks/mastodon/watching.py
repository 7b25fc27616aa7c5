"""What was heard lately is looked at again: Mastodon tells of an edit or a deletion only whoever follows its author."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.networks.mastodon.client import Client
from bot.networks.mastodon.faults import NotThere
from bot.networks.mastodon.reading import Status
from handlers.errors import Refused
from handlers.networks import Gone

MOST = 40  # of the latest that are watched
AT_ONCE = 20  # ids in one call: what a list of Mastodon holds by default is the most
EVERY = 15.0  # seconds


@dataclass(frozen=True)
class Watched:
    """Ids with when each was last edited ("" for never), and when they were looked at (seconds since 1970)."""

    edits: tuple[tuple[str, str], ...] = ()
    looked_at: float = 0

    def begun(self, statuses: Iterable[Status]) -> "Watched":
        """What is watched already stays as it was seen then."""
        edits = dict(self.edits)
        for one in statuses:
            edits.setdefault(str(one["id"]), _edited(one))
        return replace(self, edits=tuple(edits.items())[-MOST:])

    def seen(self, status: Status) -> "Watched":
        return replace(self, edits=tuple({**dict(self.edits), str(status["id"]): _edited(status)}.items()))

    def without(self, external_id: str) -> "Watched":
        return replace(self, edits=tuple(one for one in self.edits if one[0] != external_id))


def _edited(status: Status) -> str:
    return str(status.get("edited_at") or "")


@dataclass
class Watch:
    client: Client
    offered: bool = field(default=True, init=False)  # several statuses in one call: since Mastodon 4.3

    async def look(self, watched: Watched, now: datetime) -> tuple[list[Status | Gone], Watched]:
        """What was edited, as it is now, and what is gone."""
        if not (self.offered and watched.edits) or now.timestamp() - watched.looked_at < EVERY:
            return [], watched
        told: list[Status | Gone] = []
        for begin in range(0, len(watched.edits), AT_ONCE):
            part = watched.edits[begin : begin + AT_ONCE]
            found = await self._fetch([external_id for external_id, _ in part])
            if found is None:
                return [], watched
            told += [found[one] for one, edit in part if one in found and _edited(found[one]) != edit]
            told += [Gone(one) for one, _ in part if one not in found and await self._is_gone(one)]
        for one in told:
            watched = watched.without(one.external_id) if isinstance(one, Gone) else watched.seen(one)
        return told, replace(watched, looked_at=now.timestamp())

    async def _fetch(self, ids: Sequence[str]) -> dict[str, Status] | None:
        try:
            found: Any = await self.client.get("/api/v1/statuses", {"id[]": list(ids)}, listening=True)
        except Refused:
            self.offered = False
            return None
        return {str(one["id"]): one for one in found}

    async def _is_gone(self, external_id: str) -> bool:
        """A list that lacks it might be short for another reason."""
        try:
            await self.client.get(f"/api/v1/statuses/{external_id}", listening=True)
        except NotThere:
            return True
        return False
