"""Many at once, and where that fails each by itself: one that cannot be done keeps nobody else from theirs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from storage.database import is_away

RESTS = timedelta(minutes=5)  # before what failed by itself is tried anew
log = structlog.get_logger()
Act = Callable[[Sequence[int]], Awaitable[int]]  # on rows by their ids, all or none; how many there were still


@dataclass(frozen=True)
class Apart:
    """Remembers what failed of late; its rows stay as they are, so that they are seen to be overdue."""

    _failed_at: dict[tuple[str, int], datetime] = field(default_factory=dict)

    def count(self, what: str) -> int:
        return sum(one == what for one, _ in self._failed_at)

    def free(self, what: str, ids: Sequence[int], now: datetime) -> list[int]:
        """Those that may be tried. A failure that now lies ahead happened while the clock was wrong."""
        for key, failed_at in list(self._failed_at.items()):
            if not timedelta() <= now - failed_at < RESTS:
                del self._failed_at[key]
        return [one for one in ids if (what, one) not in self._failed_at]

    async def do(self, what: str, ids: Sequence[int], act: Act, now: datetime) -> int:
        """How many were done. A database that is away is nobody's own fault: that is raised."""
        try:
            return await act(ids) if ids else 0
        except Exception as error:
            if is_away(error):
                raise
            log.exception("not_done", what=what, ids=list(ids))
        if len(ids) > 1:
            return sum([await self.do(what, [one], act, now) for one in ids])
        self._failed_at[what, ids[0]] = now
        return 0
