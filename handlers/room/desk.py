"""What a person looks at in the room of the crisis: its board, its statements, the call-backs, and their forms. Reading only."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from flows.parts import Part
from handlers.acts import Act, admit
from handlers.errors import NoCrisis, NoSuchFact, NoSuchStatement
from handlers.filled import whole
from handlers.parts import DECIDES, admit_to_decide, offered
from handlers.ports import Card, Form, Who
from handlers.room import cards, forms
from handlers.room.cards import RoomView
from handlers.room.room import Room
from storage import callbacks, crises, facts, people, statements
from storage.crises import Crisis
from storage.database import Work
from storage.statements import Statement, StatementStatus

ASKS = {
    "fact": Act.ADD_FACT,
    "statement": Act.PROPOSE_STATEMENT,
    "reject_statement": Act.APPROVE_STATEMENT,
    "attest": Act.ATTEST,
    "callback": Act.CALL_BACK,
    "except": Act.EXCUSE,
}


@dataclass(frozen=True)
class RoomDesk:
    room: Room

    async def board(self, who: Who) -> Card:
        """Raises NoCrisis."""
        async with self.room.store.read() as work:
            await admit(work, who, Act.SEE)
            return cards.board_card(await cards.load(work, self.room.flow, await _crisis(work)))

    async def view(self, who: Who) -> RoomView | None:
        """Everything that the board shows, as values; None while no crisis is open."""
        async with self.room.store.read() as work:
            await admit(work, who, Act.SEE)
            crisis = await crises.current(work)
            return await cards.load(work, self.room.flow, crisis) if crisis else None

    async def statements(self, who: Who) -> Card:
        """The present ones, and those that wait where they can be decided."""
        async with self.room.store.read() as work:
            await admit(work, who, Act.SEE)
            known = await statements.all_of(work, (await _crisis(work)).id)
            return cards.statements_card(known if self._part(who).approvals else [one for one in known if not _waits(one)])

    async def statement(self, who: Who, statement_id: int) -> Card:
        """One version, with the buttons that this workspace has a part in; one that waits only where it can be decided."""
        async with self.room.store.read() as work:
            await admit(work, who, Act.SEE)
            reading = await cards.read(work, self.room.flow, statement_id)
            if reading is None:
                raise NoSuchStatement(statement=statement_id)
            if _waits(reading.statement):
                await admit_to_decide(work, who, Act.SEE, self.room.board)
            return offered(cards.statement_card(reading), self._part(who))

    async def callbacks(self, who: Who) -> Card:
        async with self.room.store.read() as work:
            await admit(work, who, Act.CALL_BACK)
            return cards.callbacks_card(await callbacks.open_ones(work), await work.now())

    async def form(self, who: Who, name: str, ids: str) -> Form:
        """The form behind a button or a command: one of ASKS. `ids`: the fact ("" for a new one), a kind, a gate, the case."""
        asked: Mapping[str, Callable[[Work, str], Awaitable[Form]]] = {
            "fact": self._fact,
            "statement": self._statement,
            "reject_statement": self._rejection,
            "attest": self._attest,
            "callback": self._callback,
            "except": self._except,
        }
        async with self.room.store.read() as work:
            await (admit_to_decide(work, who, ASKS[name], self.room.board) if name in DECIDES else admit(work, who, ASKS[name]))
            return await asked[name](work, ids)

    def _part(self, who: Who) -> Part:
        return self.room.board.part_of(who.workspace)

    async def _fact(self, work: Work, ids: str) -> Form:
        if not ids:
            return forms.new_fact_form()
        fact = await facts.get(work, whole(ids, "number"))
        if fact is None:
            raise NoSuchFact(fact=ids)
        return forms.fact_form(self.room.flow, fact, await people.everyone(work))

    async def _statement(self, work: Work, kind: str) -> Form:
        crisis = await _crisis(work)
        present = await statements.latest(work, crisis.id, kind)
        return forms.statement_form(self.room.flow, kind, await facts.of_crisis(work, crisis.id), present)

    async def _rejection(self, work: Work, ids: str) -> Form:
        statement = await statements.get(work, whole(ids, "number"))
        if statement is None:
            raise NoSuchStatement(statement=ids)
        return forms.rejection_form(statement)

    async def _attest(self, _: Work, gate: str) -> Form:
        return forms.attest_form(gate)

    async def _callback(self, work: Work, ids: str) -> Form:
        return forms.callback_form(whole(ids, "number"), await people.with_role(work, *self.room.flow.answers.callback_roles))

    async def _except(self, _: Work, ids: str) -> Form:
        return forms.except_form(whole(ids, "number"))


def _waits(statement: Statement) -> bool:
    return statement.status is StatementStatus.IN_APPROVAL


async def _crisis(work: Work) -> Crisis:
    crisis = await crises.current(work)
    if crisis is None:
        raise NoCrisis
    return crisis
