"""What is looked up about ladders: who is on duty now and next, what waits for me, whom a case has called; and its forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.flow import ROLES
from flows.rota import Shift
from flows.severity import Severity
from handlers.acts import Act, admit
from handlers.cards import standing_words
from handlers.errors import BadInput, NoSuchCase
from handlers.escalation import forms
from handlers.escalation.acknowledging import SNOOZE_MOST
from handlers.escalation.course import STEP, Course, ladder_of
from handlers.escalation.roster import is_at_work
from handlers.pictures.flow_picture import drawn
from handlers.ports import CustomerText, Drawing, Form, Label, Who, Words
from storage import calls, cases, deadlines, escalations, people, queue, rotas
from storage.calls import Call
from storage.cases import Case
from storage.database import Store, Work
from storage.escalations import Escalation
from storage.rotas import Kept


@dataclass(frozen=True)
class DutyLine:
    """Who has a rota now, and from when on somebody else: either may be nobody."""

    rota: str
    now: str | None
    then: Shift | None
    read_at: datetime | None = None  # when its calendar was last read well
    reason: str = ""  # why it cannot be read anew


@dataclass(frozen=True)
class OnCall:
    """`at_work`: role → those of it who are at work at this moment."""

    at: datetime
    duties: Sequence[DutyLine]
    at_work: dict[str, Sequence[str]]


@dataclass(frozen=True)
class Waiting:
    """Something that this person was called for and nobody has yet; `text` is what the customer wrote first."""

    call: Call
    case: Case
    ladder: Label
    text: CustomerText

    @property
    def severity(self) -> str:
        return Severity(self.case.severity).word


@dataclass(frozen=True)
class OnLadder:
    """How a case stands on its ladder. `next_at`: when the next step is told; None when none is to come."""

    ladder: Label | None
    standing: Escalation
    calls: Sequence[Call]
    next_at: datetime | None

    @property
    def words(self) -> Words:
        return standing_words(self.standing)


@dataclass(frozen=True)
class Awaited:
    """How many cases wait for this person, and how many of a drill are open."""

    mine: int
    exercises: int


@dataclass(frozen=True)
class EscalationDesk:
    store: Store
    course: Course

    @property
    def ladders(self) -> dict[str, Label]:
        """Those of the present FLOW, in its order."""
        return {one.name: Label(one.label) for one in self.course.shelf.present.ladders}

    async def on_call(self, who: Who) -> OnCall:
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
            team, now, kept = await people.everyone(work), await work.now(), await rotas.of_all(work)
        duties = [self._duty(name, kept.get(name), now) for name in sorted({*self.course.caller.roster.rotas, *kept})]
        awake = {role: [person.name for person in team if role in person.roles and is_at_work(person, now)] for role in ROLES}
        held = {role for person in team for role in person.roles}
        return OnCall(now, duties, {role: names for role, names in awake.items() if role in held})

    def _duty(self, name: str, kept: Kept | None, at: datetime) -> DutyLine:
        roster = self.course.caller.roster
        same = roster.on_duty(name, at), roster.then(name, at)
        return DutyLine(name, *same, kept.read_at, kept.reason or "") if kept else DutyLine(name, *same)

    async def waiting(self, who: Who, most: int = 100) -> list[Waiting]:
        """Each case once, gravest first: among those equally severe by the order of FLOW's ladders."""
        async with self.store.read() as work:
            person = await admit(work, who, Act.SEE)
            found = await queue.page(work, [queue.awaiting(person.id)], offset=0, limit=100)
            found.sort(key=lambda one: (-one.case.severity, self._place(one.case)))
            made = await calls.waiting_for(work, person.id, {one.case.id for one in found})
            return [
                Waiting(made[one.case.id], one.case, await self._label(work, one.case) or Label({"en": ""}), CustomerText(one.text))
                for one in found[:most]
            ]

    def _place(self, case: Case) -> int:
        """In FLOW the gravest ladder stands on top."""
        names = list(self.ladders)
        return names.index(case.ladder) if case.ladder in names else len(names)

    async def awaited(self, who: Who) -> Awaited:
        async with self.store.read() as work:
            person = await admit(work, who, Act.SEE)
            return Awaited(await calls.count_waiting(work, person.id), len(await cases.exercises(work)))

    async def of_case(self, who: Who, case_id: int) -> OnLadder:
        """How its ladder stands, and everybody whom it called."""
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
            case = await cases.get(work, case_id)
            if case is None:
                raise NoSuchCase(case=case_id)
            clock = await deadlines.get(work, f"{STEP}:{case_id}")
            runs = clock is not None and clock.met_at is None and clock.told_at is None
            standing, made = await escalations.get(work, case_id), await calls.of_case(work, case_id)
            return OnLadder(await self._label(work, case), standing, made, clock.due_at if clock and runs else None)

    async def _label(self, work: Work, case: Case) -> Label | None:
        ladder = ladder_of(await self.course.shelf.of(work, case), case.ladder)
        return Label(ladder.label) if ladder else None

    async def drawing(self, who: Who, ladder: str = "") -> Drawing:
        """FLOW as it is now, or one of its ladders. Raises BadInput for one that it does not have."""
        flow = self.course.shelf.present
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
        if ladder and ladder not in {one.name for one in flow.ladders}:
            raise BadInput(field="ladder", problem="unknown_choice")
        picture = drawn(flow, ladder or None)
        described = Words("picture.flow_described", {"count": len(picture.ladders)})
        return Drawing(picture.ladders[0].title if ladder else picture.title, described, picture)

    async def form(self, who: Who, act: str, case_id: int) -> Form:
        """For `snooze` and `reassign`."""
        async with self.store.read() as work:
            await admit(work, who, Act.REASSIGN if act == "reassign" else Act.ACKNOWLEDGE)
            case = await cases.get(work, case_id)
            if case is None:
                raise NoSuchCase(case=case_id)
            if act == "reassign":
                now = await work.now()
                return forms.reassign_form(case_id, [(one, is_at_work(one, now)) for one in await people.everyone(work)])
            ladder = await self.course.ladder(work, case)
        most = ladder.snooze_most if ladder else SNOOZE_MOST
        return forms.snooze_form(case_id, int(most.total_seconds() // 60))
