"""Handover: a conversation goes on in private. The first words wait for approval like any reply; a named leader owes a call."""

from dataclasses import dataclass

from handlers.acts import Act, admit
from handlers.answers.drafts import Drafts, Proposed, Wording, proposed
from handlers.ports import Who
from handlers.room.callbacks import Callbacks
from storage import crises

HANDOVER = "handover"


@dataclass(frozen=True)
class Handovers:
    drafts: Drafts
    callbacks: Callbacks

    async def hand_over(self, who: Who, case_id: int, wording: Wording, leader: str, reach_at: str = "", due_at: str = "") -> Proposed:
        """The draft of the first words and the call-back are one act: neither is there without the other."""
        async with self.drafts.store.begin() as work:
            person = await admit(work, who, Act.REPLY)
            await crises.current(work, hold_still=True)
            await self.callbacks.arrange(work, person, case_id, leader, reach_at, due_at)
            version = await self.drafts.write(work, who, person, case_id, wording, kind=HANDOVER)
            await work.commit()
            return proposed(version)
