"""The crisis itself: opening it tells the first stakeholders; at most one is open."""

from dataclasses import dataclass

from flows.flow import Flow
from handlers.acts import Act, admit
from handlers.board import Board
from handlers.errors import BadInput, CrisisOpen, NoCrisis
from handlers.ports import Who, Words
from storage import crises, people, timeline
from storage.crises import Crisis
from storage.database import Store
from storage.timeline import Entry
from storage.types import CRITICAL


@dataclass(frozen=True)
class Crises:
    store: Store
    board: Board
    flow: Flow

    async def open(self, who: Who, name: str) -> Crisis:
        """Raises CrisisOpen with the name of the one that is. Everyone whose role FLOW names first gets a direct message."""
        async with self.store.begin() as work:
            person = await admit(work, who, Act.OPEN_CRISIS)
            await work.lock_names(["crisis"])
            already = await crises.current(work)
            if already:
                raise CrisisOpen(name=already.name)
            if not name.strip():
                raise BadInput(field="name", problem="empty")
            crisis = await crises.open_(work, name.strip()[:200], person.id)
            await self.board.tell(
                work,
                self.flow.crisis_channel,
                Words("crisis.opened", {"name": crisis.name, "by": person.name}),
                None,
                CRITICAL,
                tone="critical",
            )
            for told in await people.with_role(work, *self.flow.first_told):
                words = Words("crisis.you_are_told", {"name": crisis.name, "by": person.name})
                await self.board.tell_person(work, {"slack": told.slack_id, "teams": told.teams_id}, words, CRITICAL)
            await timeline.append(work, [Entry(f"crisis:{crisis.id}", "crisis_opened", {"name": crisis.name}, person.id, who.workspace)])
            await work.commit()
            return crisis

    async def close(self, who: Who) -> Crisis:
        async with self.store.begin() as work:
            person = await admit(work, who, Act.CLOSE_CRISIS)
            await work.lock_names(["crisis"])
            crisis = await crises.current(work)
            if crisis is None:
                raise NoCrisis
            await crises.close(work, crisis.id)
            await timeline.append(work, [Entry(f"crisis:{crisis.id}", "crisis_closed", {}, person.id, who.workspace)])
            await self.board.tell(
                work, self.flow.crisis_channel, Words("crisis.closed", {"name": crisis.name, "by": person.name}), None, CRITICAL
            )
            await work.commit()
            return crisis
