"""Goes round every few seconds, whatever else stands still: looks, remembers what it found, and has it told."""

from dataclasses import dataclass, field

import structlog

from handlers.watch.crier import Crier
from handlers.watch.findings import DATABASE, Announcement, Ledger
from handlers.watch.looks import Looks, Seen

log = structlog.get_logger()


@dataclass
class Watch:
    """`look` is called by something else than the ticks, since those may be what stopped."""

    looks: Looks
    crier: Crier
    seen: Seen = field(default_factory=Seen)
    _ledger: Ledger = field(default_factory=Ledger)

    async def look(self) -> None:
        self.seen = await self.looks.look()
        now = self.looks.clocks()
        for told in self._ledger.note(self.seen.found, now.awake, now.wall, self.seen.unseen):
            _write_down(told)
            self.crier.take(told, self.looks.team, now.awake)
        await self.crier.cry(now.awake, {one.code for one in self.seen.found})
        self.looks.rest()

    def unfit(self) -> list[str]:
        """Why nobody should be sent to this process: what is wrong with itself, not with what it shares with the others."""
        late = [] if self.looks.is_calm else self.looks.ticking.late()
        return sorted({one.code for one in self.seen.found if one.code in DATABASE} | {f"tick_late:{name}" for name in late})

    def found(self) -> list[str]:
        """The codes of the last look, and of what passed a short while ago."""
        return sorted({one.code for one in self.seen.found} | self._ledger.recent(self.looks.clocks().awake))


def _write_down(told: Announcement) -> None:
    finding = told.finding
    since = f"{finding.since:%Y-%m-%dT%H:%M:%S}Z"
    if told.ended_at:
        log.info("house_well_again", code=finding.code, since=since)
    else:
        log.error("house_unwell", code=finding.code, about=finding.subjects, since=since)
