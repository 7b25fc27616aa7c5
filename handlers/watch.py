"""Notices when the house cannot remember any more (database away, disk full) and says so past the outbox, which needs both."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from handlers.board import Board
from handlers.errors import SendError
from handlers.ports import Card, Place, Words, Workspace
from handlers.vitals import Vitals

log = structlog.get_logger()
TOLD_AFTER = 3  # looks in a row that found the same thing wrong


@dataclass
class Watch:
    """`look` every few seconds. `wrong` is what the last look found, None when all is well.

    Told once per outage by each process, straight to every workspace, and once when it is over: the one message that may be lost harmlessly
    or come twice, since there is nowhere to write down that it was sent.
    """

    vitals: Vitals
    board: Board
    workspaces: Mapping[str, Workspace]
    channel: str
    language: str
    wrong: str | None = None
    _looks: int = 0
    _told: str | None = None
    _untold: set[str] = field(default_factory=set)

    async def look(self) -> None:
        found = await self.vitals.wrong()
        self._looks = self._looks + 1 if found == self.wrong else 1
        self.wrong = found
        if self._looks >= (TOLD_AFTER if found else 1) and found != self._told:
            log.error("house_unwell" if found else "house_well_again", wrong=found)
            self._told, self._untold = found, set(self.workspaces)
        await self._tell()

    async def _tell(self) -> None:
        """A workspace that could not be reached is tried again at the next look."""
        words = Words("door.house_unwell", {"reason": self._told}) if self._told else Words("door.house_well_again")
        card = Card(title=words, tone="alarm" if self._told else "plain")
        for name in sorted(self._untold):
            channel_id = self.board.channel_id(name, self.channel)
            try:
                if channel_id:
                    await self.workspaces[name].post(Place(channel_id), card, self.language, secrets.token_hex(16))
            except SendError as error:
                log.warning("house_unwell_not_told", workspace=name, reason=error.reason)
            else:
                self._untold.discard(name)
