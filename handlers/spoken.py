"""Does what somebody typed after /crisis, for every door alike: a command becomes a use case, its outcome a card or a form."""

from dataclasses import dataclass
from typing import Any

from handlers import cards
from handlers.answers.acts import AnswerActs
from handlers.answers.commands import OfAnswers
from handlers.answers.spoken import AnswersSpoken
from handlers.cases import Cases
from handlers.commands import (
    AddPerson,
    ChangePerson,
    CloseCase,
    CloseCrisis,
    Command,
    Help,
    ListPeople,
    LogContact,
    OfCase,
    OfCrisis,
    OfPeople,
    OpenCrisis,
    RemovePerson,
    ShowCase,
    ShowStatus,
    TakeNext,
)
from handlers.desk import Desk
from handlers.escalation.acts import EscalationActs
from handlers.escalation.commands import OfLadders
from handlers.escalation.spoken import LaddersSpoken
from handlers.insight.acts import InsightActs
from handlers.insight.commands import OfDigests
from handlers.insight.finding import Finding, found_card
from handlers.insight.seeking import Find
from handlers.insight.spoken import DigestsSpoken
from handlers.insight.status import pictured, standing
from handlers.ports import Card, Drawing, Form, Pictured, Who
from handlers.replies import help_card, people_card, told
from handlers.room.acts import RoomActs
from handlers.room.commands import OfRoom
from handlers.room.spoken import RoomSpoken
from handlers.staff import Staff


@dataclass(frozen=True)
class Spoken:
    """`obey` raises whatever the use case raises: a person is then told why nothing was done."""

    cases: Cases
    desk: Desk
    staff: Staff
    room: RoomActs
    answers: AnswerActs
    escalation: EscalationActs
    finding: Finding
    insight: InsightActs

    async def obey(self, who: Who, command: Command) -> Card | Form | Drawing | Pictured:
        if isinstance(command, OfLadders):
            return await LaddersSpoken(self.escalation).obey(who, command)
        if isinstance(command, ShowStatus | Find | OfDigests):
            return await self._look(who, command)
        match command:
            case Help():
                return help_card(command)
            case LogContact():
                return cards.log_form()
            case OpenCrisis() | CloseCrisis():
                return await self._crisis(who, command)
        return await self._of_things(who, command)

    async def _look(self, who: Who, command: ShowStatus | Find | OfDigests) -> Card | Pictured:
        if isinstance(command, OfDigests):
            return await DigestsSpoken(self.insight).obey(who, command)
        if isinstance(command, Find):
            return found_card(await self.finding.find(who, command.words), self.finding.flow)
        return pictured(standing(await self.desk.status(who), self.desk.shelf.present))

    async def _of_things(self, who: Who, command: OfCase | OfPeople | OfRoom | OfAnswers) -> Card | Form:
        if isinstance(command, OfAnswers):
            return await AnswersSpoken(self.answers).obey(who, command)
        match command:
            case TakeNext() | ShowCase() | CloseCase():
                return await self._case(who, command)
            case ListPeople() | AddPerson() | RemovePerson():
                return await self._people(who, command)
        return await RoomSpoken(self.room).obey(who, command)

    async def _crisis(self, who: Who, command: OfCrisis) -> Card:
        if isinstance(command, OpenCrisis):
            return told("command.crisis_opened", name=(await self.room.crises.open(who, command.name)).name)
        return told("command.crisis_closed", name=(await self.room.crises.close(who)).name)

    async def _case(self, who: Who, command: OfCase) -> Card:
        """A case that has no thread is worked from the answer itself: it carries the card with its buttons."""
        if isinstance(command, CloseCase):
            await self.cases.close(who, command.number)
            return told("command.closed", number=command.number)
        number = command.number if isinstance(command, ShowCase) else await self.cases.next(who, crisis=command.crisis)
        return (await self.desk.thread(who, number)).card

    async def _people(self, who: Who, command: OfPeople) -> Card:
        match command:
            case ListPeople():
                return people_card(await self.staff.list(who))
            case RemovePerson():
                await self.staff.remove(who, command.name)
                return told("command.person_removed", name=command.name)
            case ChangePerson():
                changed = await self.staff.change(who, command.name, _values(who, command))
                return told("command.person_changed", name=changed.name)
        added = await self.staff.add(who, command.name, _values(who, command))
        return told("command.person_added", name=added.name)


def _values(who: Who, command: AddPerson) -> dict[str, Any]:
    """Only what was said."""
    said = {"roles": command.roles, "email": command.email, "languages": command.languages, f"{who.workspace}_id": command.account}
    return {field: value for field, value in said.items() if value}
