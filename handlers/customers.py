"""Two accounts, one person: what an agent knows that no network says."""

from dataclasses import dataclass

from handlers.acts import Act, admit
from handlers.board import Board, Shown
from handlers.errors import BadInput, NoSuchCase, NoSuchCustomer
from handlers.ports import Who
from storage import cases, customers, timeline
from storage.database import Store
from storage.timeline import Entry, case_chain


@dataclass(frozen=True)
class Customers:
    store: Store
    board: Board

    async def link(self, who: Who, case_id: int, network: str, name: str) -> None:
        """Say that a case's customer is also the account of that handle (or id) on a network; their cards then name each other."""
        async with self.store.begin() as work:
            person = await admit(work, who, Act.LINK_CUSTOMERS)
            case = await cases.lock(work, case_id)
            if case is None:
                raise NoSuchCase(case=case_id)
            other = await customers.find(work, network, name.strip()) if name.strip() else None
            if other is None:
                raise NoSuchCustomer(name=name)
            if other.id == case.customer_id:
                raise BadInput(field="name", problem="same")
            await customers.link(work, case.customer_id, other.id)
            payload = {"customer": case.customer_id, "also": other.id}
            await timeline.append(work, [Entry(case_chain(case_id), "customers_linked", payload, person.id, who.workspace)])
            await self.board.show(work, [Shown(case_id, case.channel, case.severity)])
            await work.commit()
