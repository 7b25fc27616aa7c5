"""What a person looks at: one case, the queue, cases alike, how things stand. Reading only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from handlers import cards
from handlers.acts import Act, admit, may
from handlers.cards import View
from handlers.costs import Cost, costs
from handlers.errors import NoSuchCase
from handlers.ports import Card, Form, Who
from handlers.shelf import Shelf
from storage import cases, crises, deadlines, drafts, escalations, health, status, timeline
from storage import counts as counted
from storage.cases import Case
from storage.crises import Crisis
from storage.database import Store
from storage.deadlines import Deadline
from storage.escalations import Climbing
from storage.status import Backlog, Counts
from storage.types import DraftStatus


@dataclass(frozen=True)
class Status:
    """How things stand; `doors` are rows of the health table, `clocks` are the crisis's own, by key, those that run."""

    at: datetime
    crisis: Crisis | None
    counts: Counts
    backlog: Sequence[Backlog]
    doors: Sequence[Any]
    clocks: Mapping[str, Deadline] = field(default_factory=dict)
    ladders: Mapping[str, int] = field(default_factory=dict)  # open cases by how their ladder stands
    unanswered: Sequence[int] = ()  # those about which everybody was told and nobody answered, gravest first
    approvals: int = 0  # drafts that wait for a yes
    timezone: str = "UTC"  # of whoever asked
    costs: Sequence[Cost] = ()  # for those who may see them

    @property
    def oldest_wait(self) -> timedelta | None:
        oldest = self.counts.oldest_unowned_at
        return self.at - oldest if oldest else None


@dataclass(frozen=True)
class Thread:
    """A case with everything that was said about it, oldest first; without notes where FLOW lets nobody read them."""

    view: View
    card: Card
    notes: Sequence[Any]
    person_languages: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    store: Store
    shelf: Shelf
    ceilings: Mapping[str, Decimal] = field(default_factory=dict)  # what networks may cost a month, in dollars, by name

    async def thread(self, who: Who, case_id: int, *, whole: bool = False) -> Thread:
        """`whole` shows what is masked: call `Cases.reveal` first."""
        async with self.store.read() as work:
            person = await admit(work, who, Act.REVEAL if whole else Act.SEE)
            view = await cards.load(work, self.shelf, case_id)
            if view is None:
                raise NoSuchCase(case=case_id)
            notes = await cases.notes_of(work, case_id) if self.shelf.present.part_of(who.workspace).notes else ()
            return Thread(view, cards.case_card(view, whole=whole), notes, person.languages)

    async def queue(
        self, who: Who, *, crisis: bool | None = None, mine: bool = False, unowned: bool = False, tag: str = "", limit: int = 50
    ) -> list[Case]:
        """Open cases, gravest first, then the longest waiting."""
        async with self.store.read() as work:
            person = await admit(work, who, Act.SEE)
            where = cases.filters(crisis=crisis, owner_id=person.id if mine else None, unowned=unowned, tag=tag)
            return await cases.queue(work, where=where, limit=limit)

    async def like_this(self, who: Who, case_id: int) -> list[Case]:
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
            case = await cases.get(work, case_id)
            if case is None:
                raise NoSuchCase(case=case_id)
            return await cases.like_this(work, case)

    async def form(self, who: Who, name: str, case_id: int) -> Form:
        """The form behind a button of a card: more_tags, note, kind, link."""
        acts = {"more_tags": Act.TAG, "note": Act.NOTE, "kind": Act.SET_KIND, "link": Act.LINK_CUSTOMERS}
        async with self.store.read() as work:
            await admit(work, who, acts[name])
            view = await cards.load(work, self.shelf, case_id)
            if view is None:
                raise NoSuchCase(case=case_id)
            forms = {
                "more_tags": lambda: cards.tags_form(view),
                "note": lambda: cards.note_form(case_id),
                "kind": lambda: cards.kind_form(view.case),
                "link": lambda: cards.link_form(view.case),
            }
            return forms[name]()

    async def status(self, who: Who) -> Status:
        """Tells no counts to whoever holds no role."""
        async with self.store.read() as work:
            person = await admit(work, who, Act.SEE)
            crisis = await crises.current(work)
            clocks = {one.key: one for one in await deadlines.standing(work, crisis.id)} if crisis else {}
            counts, backlog, doors = await status.read(work), await status.backlog(work), await health.of_doors(work)
            ladders = await counted.ladders(work)
            red = await escalations.unanswered(work, of=ladders.get(Climbing.UNANSWERED, 0))
            approvals = await drafts.count(work, DraftStatus.IN_APPROVAL)
            paid = await costs(work, self.ceilings) if may(person, Act.SEE_COSTS) else ()
            return Status(await work.now(), crisis, counts, backlog, doors, clocks, ladders, red, approvals, person.timezone, paid)

    async def open_to(self, who: Who) -> None:
        """Raises what keeps somebody from seeing cases, if anything does."""
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)

    async def newest(self) -> str:
        """A sign that differs after every change: what a live page listens for."""
        async with self.store.read() as work:
            return f"{await timeline.newest(work)}-{await drafts.newest_writing(work)}"
