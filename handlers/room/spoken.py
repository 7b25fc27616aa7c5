"""Does what somebody typed about the crisis itself: a command becomes a use case, its outcome a card or a form."""

from dataclasses import dataclass

from handlers.ports import Card, Form, Who, Words
from handlers.room.acts import RoomActs
from handlers.room.commands import (
    AddFact,
    AskCallback,
    AskFact,
    AssignFact,
    Attest,
    AuthorityTold,
    ConfirmFact,
    EndCallback,
    Excuse,
    GiveUpdate,
    ListCallbacks,
    OfAttestations,
    OfCallbacks,
    OfClocks,
    OfFacts,
    OfHold,
    OfRoom,
    OfStatements,
    PromiseUpdate,
    RetractFact,
    SetAware,
    SetHold,
    ShowBoard,
    ShowStatement,
    ShowStatements,
    UnknownFact,
    WithdrawAttestation,
    WriteStatement,
)
from storage.attestations import POSTS_STOPPED

Outcome = Card | Form


@dataclass(frozen=True)
class RoomSpoken:
    """`obey` raises whatever the use case raises."""

    acts: RoomActs

    async def obey(self, who: Who, command: OfRoom) -> Outcome:
        match command:
            case SetHold() | Excuse():
                return await self._hold(who, command)
            case ShowStatements() | ShowStatement() | WriteStatement():
                return await self._statement(who, command)
            case Attest():
                return await self._attest(who, command)
            case SetAware() | AuthorityTold() | PromiseUpdate() | GiveUpdate():
                return await self._clock(who, command)
            case ListCallbacks() | AskCallback() | EndCallback():
                return await self._callback(who, command)
        return await self._fact(who, command)

    async def _hold(self, who: Who, command: OfHold) -> Outcome:
        if isinstance(command, SetHold):
            crisis = await self.acts.holds.set(who, command.hold)
            return _said("room.hold_is", hold=str(crisis.hold))
        if not command.reason:
            return await self.acts.desk.form(who, "except", str(command.number))
        await self.acts.holds.excuse(who, command.number, command.reason)
        return _said("room.excused_done", number=command.number)

    async def _fact(self, who: Who, command: OfFacts) -> Outcome:
        match command:
            case ShowBoard():
                return await self.acts.desk.board(who)
            case AskFact(fact):
                return await self.acts.desk.form(who, "fact", str(fact))
            case AddFact("", _):
                return await self.acts.desk.form(who, "fact", "")
            case AddFact(text, source):
                return _said("fact.added", number=await self.acts.facts.add(who, text, source))
            case _:
                return await self._settle(who, command)

    async def _settle(self, who: Who, command: ConfirmFact | UnknownFact | RetractFact | AssignFact) -> Card:
        facts = self.acts.facts
        match command:
            case ConfirmFact(fact, answer, source):
                await facts.confirm(who, fact, answer, source)
                return _said("fact.noted", number=fact, outcome="confirmed")
            case UnknownFact(fact):
                await facts.mark_unknown(who, fact)
                return _said("fact.noted", number=fact, outcome="unknown")
            case RetractFact(fact, reason):
                rests = await facts.retract(who, fact, reason)
                return _said("fact.retracted", number=fact, drafts=rests.drafts, replies=rests.replies)
            case AssignFact(fact, owner, at):
                await facts.assign(who, fact, owner, at)
                return _said("fact.noted", number=fact, outcome="assigned")

    async def _statement(self, who: Who, command: OfStatements) -> Outcome:
        match command:
            case ShowStatements():
                return await self.acts.desk.statements(who)
            case ShowStatement(statement):
                return await self.acts.desk.statement(who, statement)
            case WriteStatement(kind):
                return await self.acts.desk.form(who, "statement", kind)

    async def _attest(self, who: Who, command: OfAttestations) -> Outcome:
        if isinstance(command, WithdrawAttestation):
            await self.acts.attestations.withdraw(who, command.gate, command.subject)
            return _said("room.withdrawn")
        if command.gate == POSTS_STOPPED and command.subject:
            await self.acts.attestations.attest_posts_stopped(who, command.subject)
            return _said("room.attested", gate=command.gate)
        return await self.acts.desk.form(who, "attest", command.gate)

    async def _clock(self, who: Who, command: OfClocks) -> Outcome:
        clocks = self.acts.clocks
        match command:
            case SetAware(at):
                return _said("room.aware", at=await clocks.aware(who, at))
            case AuthorityTold():
                await clocks.authority_told(who)
                return _said("room.authority_done")
            case PromiseUpdate(at):
                return _said("room.update", due=await clocks.promise_update(who, at), late=False)
            case GiveUpdate():
                return _said("room.update", due=await clocks.updated(who), late=False)

    async def _callback(self, who: Who, command: OfCallbacks) -> Outcome:
        match command:
            case ListCallbacks():
                return await self.acts.desk.callbacks(who)
            case AskCallback(case_id):
                return await self.acts.desk.form(who, "callback", str(case_id))
            case EndCallback(callback, outcome):
                await self.acts.callbacks.done(who, callback, outcome)
                return _said("callback.done", number=callback)


def _said(name: str, **facts: object) -> Card:
    """One sentence."""
    return Card(title=Words(name, facts))
