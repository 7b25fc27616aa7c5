"""Which workspaces are trusted. An untrusted one is told nothing more, and its clicks are refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.acts import Act, admit
from handlers.errors import BadInput
from handlers.ports import Who
from storage import health, people, timeline
from storage.database import Store
from storage.timeline import Entry


@dataclass(frozen=True)
class Standing:
    """A workspace, and whether it is trusted."""

    name: str
    trusted: bool


@dataclass(frozen=True)
class Done:
    """One act that came through a workspace."""

    at: Any
    act: str
    chain: str
    person: str


@dataclass(frozen=True)
class Workspaces:
    store: Store
    names: Sequence[str]

    async def all(self, who: Who) -> list[Standing]:
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
            shut = await health.untrusted(work)
        return [Standing(name, name not in shut) for name in self.names]

    async def mark(self, who: Who, name: str, *, trusted: bool) -> None:
        """Only from the console: a workspace in strange hands must not vouch for itself."""
        if name not in self.names or who.workspace != "console":
            raise BadInput(field="workspace", problem="unknown_choice")
        async with self.store.begin() as work:
            person = await admit(work, who, Act.MARK_WORKSPACE)
            await health.mark_trust(work, name, person.id, is_trusted=trusted)
            await timeline.append(
                work, [Entry("doors", "workspace_trusted" if trusted else "workspace_untrusted", {"name": name}, person.id, who.workspace)]
            )
            work.wakes = trusted
            await work.commit()

    async def acts_of(self, who: Who, name: str) -> list[Done]:
        """What came through a workspace in the last 24 hours, newest first."""
        async with self.store.read() as work:
            await admit(work, who, Act.MARK_WORKSPACE)
            rows = await timeline.since(work, await work.now() - timedelta(hours=24), name)
            names = await people.names(work, [row.person_id for row in rows if row.person_id])
        return [Done(row.at, row.act, row.chain, names.get(row.person_id, "")) for row in rows]
