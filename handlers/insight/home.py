"""What one person sees first: what waits for them, their cases, their approvals, the crisis's clocks. Every workspace shows the same."""

from dataclasses import dataclass

from flows.severity import Severity
from handlers.acts import Act, admit, may
from handlers.answers.quorum import turn_of
from handlers.cards import case_title, standing_words
from handlers.desk import Desk
from handlers.errors import Told, UnknownPerson
from handlers.insight.finding import OPENS, excerpt
from handlers.insight.status import clock_lines, open_lines, standing, title
from handlers.ports import Button, Card, CustomerText, Style, Who, Words
from storage import calls, cases, drafts, escalations, queue
from storage.database import Work
from storage.drafts import Version
from storage.escalations import Climbing, Escalation
from storage.people import Person
from storage.queue import Waiting
from storage.types import DraftStatus

CALLED, MINE, APPROVALS = 10, 10, 5
LOOKED = 20  # drafts in line, of which those are shown that wait for this person
STATUS = "show_status"


@dataclass(frozen=True)
class Home:
    desk: Desk

    async def of(self, who: Who, url: str = "") -> tuple[Card, ...]:
        """From the top down. `url` is the console's, "" where there is none. Raises nothing: a stranger is told whom to ask."""
        try:
            now = standing(await self.desk.status(who), self.desk.shelf.present)
        except Told as told:
            return (_stranger(told),)
        lead = Card(
            title(now), (*clock_lines(now), *open_lines(now)), buttons=(_lead_buttons(url),), tone="alarm" if now.unanswered else "plain"
        )
        async with self.desk.store.read() as work:
            person = await admit(work, who, Act.SEE)
            approvals = await self._approvals(work, who, person)
            return (lead, await self._called(work, person), *approvals, *await self._mine(work, person))

    async def own(self, who: Who) -> tuple[Card, ...]:
        """Their approvals and their cases alone. Raises what keeps somebody from seeing cases."""
        async with self.desk.store.read() as work:
            person = await admit(work, who, Act.SEE)
            return (*await self._approvals(work, who, person), *await self._mine(work, person))

    async def _called(self, work: Work, person: Person) -> Card:
        """What they were called for and nobody has yet, the gravest first."""
        count = await calls.count_waiting(work, person.id)
        gravest = await calls.gravest_waiting(work, person.id, CALLED) if count else []
        found = await queue.page(work, [queue.among(gravest)], offset=0, limit=CALLED) if gravest else []
        if not found:
            return Card(Words("call.nothing_waits"))
        made = await calls.waiting_for(work, person.id, {one.case.id for one in found})
        lines = tuple(
            Words("call.waits", {"number": case.id, "severity": Severity(case.severity).word, "at": made[case.id].called_at})
            for case in (one.case for one in found)
            if case.id in made
        )
        is_all = count < calls.COUNTED
        more = (Words("notice.more", {"count": count - len(found)}),) if is_all and count > len(found) else ()
        buttons = tuple(Button("acknowledge", Words("button.acknowledge", {"number": one.case.id}), str(one.case.id)) for one in found)
        title = Words("call.waiting_title", {"count": count}) if is_all else Words("home.very_many", {"count": count})
        return Card(title, (*lines, *more), buttons=(buttons,), tone="alarm")

    async def _approvals(self, work: Work, who: Who, person: Person) -> tuple[Card, ...]:
        """Drafts that wait for their yes, the longest waiting first; only where they can say it."""
        if not (may(person, Act.APPROVE) and self.desk.shelf.present.part_of(who.workspace).approvals):
            return ()
        mine: list[Version] = []
        for version in await drafts.in_state(work, DraftStatus.IN_APPROVAL, limit=LOOKED):
            if len(mine) < APPROVALS and await self._is_theirs(work, version, person):
                mine.append(version)
        if not mine:
            return ()
        lines = tuple(Words("home.approval", {"number": one.case_id, "author": one.author, "at": one.created_at}) for one in mine)
        opens = tuple(Button("show_draft", Words("button.show_draft", {"number": one.case_id}), f"{one.case_id}:{one.id}") for one in mine)
        return (Card(Words("home.approvals"), lines, buttons=(opens,)),)

    async def _is_theirs(self, work: Work, version: Version, person: Person) -> bool:
        """Whether their yes would count now."""
        case = await cases.get(work, version.case_id) if version.author_id != person.id else None
        return case is not None and await turn_of(work, await self.desk.shelf.of(work, case), case, version, person) is not None

    async def _mine(self, work: Work, person: Person) -> tuple[Card, ...]:
        """Their open cases, the gravest first: a line on all, then each."""
        where = [queue.owned_by(person.id)]
        count = await queue.count(work, where)
        found = await queue.page(work, where, offset=0, limit=MINE)
        standings = await escalations.of_cases(work, {one.case.id for one in found})
        head = Card(Words("home.mine", {"count": count, "shown": len(found)}) if found else Words("home.nothing_mine"))
        return (head, *(_case(one, standings.get(one.case.id)) for one in found))


def _case(one: Waiting, stands: Escalation | None) -> Card:
    """As short as it can be recognised; masked as on its card."""
    case, number = one.case, str(one.case.id)
    state = Words("case.state", {"severity": Severity(case.severity).word, "status": str(case.status), "owner": case.owner or ""})
    since = Words("case.since", {"at": case.opened_at, "mentions": case.mention_count})
    ladder = (standing_words(stands),) if stands and stands.state is not Climbing.OVER else ()
    body = (CustomerText(excerpt(one.text)),) if one.text else ()
    opens, reply = Button(OPENS, Words("home.open"), number), Button("reply", Words("button.reply"), number, Style.PRIMARY)
    return Card(
        case_title(case),
        body,
        (state, since, *ladder),
        ((opens, reply, Button("close", Words("button.close"), number)),),
        Severity(case.severity).word,
    )


def _lead_buttons(url: str) -> tuple[Button, ...]:
    leads = Button("open_console", Words("home.console"), url=f"{url}/") if url else None
    return (Button(STATUS, Words("home.status")), *([leads] if leads else []))


def _stranger(told: Told) -> Card:
    """Whoever is not let in reads why, and whom to ask."""
    words = Words("home.stranger", told.facts) if isinstance(told, UnknownPerson) else told.words
    return Card(Words("home.welcome"), (words,))
