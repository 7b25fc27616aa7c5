"""A list of Meta that is read from its newest end, handed on from its oldest, in pages, without skipping or repeating."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.networks.meta.position import Found, Position

PATIENCE = 20.0  # seconds; what takes longer is read on meanwhile, and asked for again


@dataclass(frozen=True)
class Part:
    """`finished`: nothing more is known that lies beyond `position`."""

    found: Sequence[Found]
    position: Position
    finished: bool


@dataclass
class Stream:
    """`look` reads everything since a moment. What it found and we have not handed on yet is kept for whoever asks from there."""

    look: Callable[[datetime], Awaitable[list[Found]]]
    last_date: Callable[[], str]  # Meta's own clock, of its last answer
    patience: float = PATIENCE
    _reading: asyncio.Task[tuple[list[Found], datetime]] | None = None
    _left: list[Found] = field(default_factory=list)
    _of: Position | None = None  # where the reading, or what is left of it, goes on
    _began: datetime | None = None

    async def after(self, position: Position, most: int) -> Part:
        if self._of != position:
            await self.close()
            self._of = position
        if not self._left and not await self._read_on(position):
            return Part((), position, finished=False)
        taken, self._left = self._left[:most], self._left[most:]
        self._of = beyond = position.beyond(taken, self._began or position.at)
        return Part(taken, beyond, finished=not self._left)

    async def _read_on(self, position: Position) -> bool:
        """Whether it came to its end in time."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(position))
        done, _ = await asyncio.wait({self._reading}, timeout=self.patience)
        if not done:
            return False
        reading, self._reading = self._reading, None
        self._left, self._began = reading.result()
        return True

    async def _read(self, position: Position) -> tuple[list[Found], datetime]:
        before = datetime.now(UTC)
        found = await self.look(position.oldest)
        began = self._their_time() - (datetime.now(UTC) - before)
        new = {one.id: one for one in found if position.is_new(one)}
        return sorted(new.values(), key=_oldest_first), began

    def _their_time(self) -> datetime:
        """Clocks differ: what decides is theirs, which also dates what we read."""
        try:
            return parsedate_to_datetime(self.last_date()).astimezone(UTC)
        except (TypeError, ValueError):
            return datetime.now(UTC)

    async def close(self) -> None:
        reading, self._reading, self._left, self._of = self._reading, None, [], None
        if reading is not None:
            reading.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await reading


def _oldest_first(found: Found) -> tuple[bool, datetime, int]:
    return found.when is None, found.when or datetime.now(UTC), found.order
