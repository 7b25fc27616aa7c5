"""Does what somebody typed about ladders: a command becomes a use case, its outcome a card, a form or a drawing."""

from dataclasses import dataclass

from handlers.escalation.acts import EscalationActs
from handlers.escalation.commands import (
    Acknowledge,
    Drill,
    Give,
    OfLadders,
    ShowFlow,
    ShowOnCall,
    ShowWaiting,
    Snooze,
    TakeOver,
)
from handlers.escalation.replies import on_call_card, waiting_card
from handlers.ports import Card, Drawing, Form, Who
from handlers.replies import told


@dataclass(frozen=True)
class LaddersSpoken:
    """`obey` raises whatever the use case raises."""

    acts: EscalationActs

    async def obey(self, who: Who, command: OfLadders) -> Card | Form | Drawing:
        match command:
            case ShowOnCall():
                return on_call_card(await self.acts.desk.on_call(who))
            case ShowWaiting():
                return waiting_card(await self.acts.desk.waiting(who))
            case ShowFlow():
                return await self.acts.desk.drawing(who, command.ladder)
            case Drill():
                return await self._drill(who, ends=command.ends)
        return await self._of_case(who, command)

    async def _of_case(self, who: Who, command: Acknowledge | TakeOver | Give | Snooze) -> Card | Form:
        match command:
            case Acknowledge():
                paused = await self.acts.acknowledging.acknowledge(who, command.number)
                return told("command.acknowledged", number=command.number, paused=paused)
            case TakeOver():
                await self.acts.acknowledging.take_over(who, command.number)
                return told("command.taken_over", number=command.number)
            case Give(name=""):
                return await self.acts.desk.form(who, "reassign", command.number)
            case Give():
                name = await self.acts.acknowledging.reassign(who, command.number, command.name)
                return told("command.given", number=command.number, name=name)
            case Snooze(until=""):
                return await self.acts.desk.form(who, "snooze", command.number)
        await self.acts.acknowledging.snooze(who, command.number, command.until)
        return told("command.snoozed", number=command.number)

    async def _drill(self, who: Who, *, ends: bool) -> Card:
        if ends:
            return told("command.drill_over", count=await self.acts.drills.end(who))
        return told("command.drill_begun", count=await self.acts.drills.begin(who))
