"""The crisis itself: opening it tells the first stakeholders; at most one is open."""

from dataclasses import dataclass

from flows.flow import Flow
from handlers.acts import Act, admit
from handlers.board import Board
from handlers.errors import BadInput, CrisisOpen, HoldStands, NoCrisis
from handlers.ports import Who, Words
from handlers.room import clocks
from handlers.room.room import Room, crisis_chain
from storage import crises, deadlines, people, timeline
from storage.crises import Crisis
from storage.database import Store
from storage.timeline import Entry
from storage.types import CRITICAL, Hold


@dataclass(frozen=True)
class Crises:
    store: Store
    board: Board
    flow: Flow

    @property
    def room(self) -> Room:
        return Room(self.store, self.board, self.flow)

    async def open(self, who: Who, name: str) -> Crisis:
        """Its clocks run, its first questions have owners, those whom FLOW names are told. Raises CrisisOpen with the one that is."""
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
            await timeline.append(work, [Entry(crisis_chain(crisis.id), "crisis_opened", {"name": crisis.name}, person.id, who.workspace)])
            await clocks.begin(work, self.flow, crisis)
            await self.room.show(work, crisis.id)
            await work.commit()
            return crisis

    async def close(self, who: Who) -> Crisis:
        """Not while anything is held. The authority's clock runs on: closing frees nobody from that duty."""
        async with self.store.begin() as work:
            person = await admit(work, who, Act.CLOSE_CRISIS)
            await work.lock_names(["crisis"])
            crisis = await crises.current(work)
            if crisis is None:
                raise NoCrisis
            if crisis.hold is not Hold.OFF:
                raise HoldStands(hold=str(crisis.hold))
            await crises.close(work, crisis.id)
            await deadlines.meet_all(work, crisis.id, *clocks.OURS)
            await self.room.show(work, crisis.id)
            await timeline.append(work, [Entry(crisis_chain(crisis.id), "crisis_closed", {}, person.id, who.workspace)])
            await self.board.tell(
                work, self.flow.crisis_channel, Words("crisis.closed", {"name": crisis.name, "by": person.name}), None, CRITICAL
            )
            await work.commit()
            return crisis
