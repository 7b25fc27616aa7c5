"""How far a mailbox has been read."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from handlers.networks import FIRST_LOOK

WINDOW = 20_000  # UIDs that are looked through at once
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Position:
    """`last`: the last UID that was taken. Up to `first_look` only what came after `since` counts: that was there before we came.

    `heard_at`: when the latest mail arrived that was read.
    """

    validity: int
    last: int
    first_look: int = 0
    since: str = ""
    heard_at: str = ""

    @classmethod
    def read(cls, cursor: str | None, validity: int, top: int, now: datetime) -> Self:
        """Begun anew without a cursor, and when the server has numbered the mailbox anew (UIDVALIDITY): then with all that came since the
        latest mail that was read, which no number tells any more. `top`: the mailbox's highest UID.
        """
        try:
            known = cls(**json.loads(cursor or "{}"))
            datetime.fromisoformat(known.heard_at or known.since or now.isoformat())
        except (ValueError, TypeError):
            known = None
        if known and known.validity == validity:
            return known
        since = now - FIRST_LOOK
        if known and known.heard_at:
            since = min(since, datetime.fromisoformat(known.heard_at))
        return cls(validity, 0, top, since.isoformat(), known.heard_at if known else "")

    def __str__(self) -> str:
        return json.dumps(asdict(self))

    @property
    def looks_first(self) -> bool:
        return self.last < self.first_look

    def after(self, uid: int, arrived: Iterable[datetime] = ()) -> "Position":
        first_look = self.first_look if uid < self.first_look else 0
        heard_at = max((self.heard_at, *(one.astimezone(UTC).isoformat() for one in arrived)))
        return Position(self.validity, uid, first_look, self.since if first_look else "", heard_at)

    def is_new(self, arrived_at: datetime) -> bool:
        return not self.looks_first or arrived_at >= datetime.fromisoformat(self.since)

    def found(self, client: Any, top: int) -> tuple[Sequence[int], int]:
        """UIDs behind it, and the last that was looked through."""
        if self.looks_first:  # days are those of the server's own zone, so one more
            day = (datetime.fromisoformat(self.since) - _DAY).astimezone(UTC).date()
            return self._asked(client, self.first_look, ["SINCE", day]), self.first_look
        end = min(self.last + WINDOW, top)
        return self._asked(client, end, []), max(end, self.last)

    def _asked(self, client: Any, end: int, also: Sequence[Any]) -> Sequence[int]:
        if self.last >= end:
            return []
        return sorted(uid for uid in client.search(["UID", f"{self.last + 1}:{end}", *also]) if self.last < uid <= end)
