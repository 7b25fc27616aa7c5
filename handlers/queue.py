"""The open cases as a page shows them: narrowed, counted, a screenful at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.flow import Flow
from flows.severity import Severity
from handlers.acts import Act, admit
from handlers.cards import tag_label
from handlers.ports import CustomerText, Label, Who
from storage import calls, cases, escalations, queue
from storage.database import Store, Work
from storage.escalations import Climbing, Escalation
from storage.queue import Waiting

SCREENFUL = 40
TAGS_SHOWN = 3
WHOSE = ("", "mine", "unowned")
PLAIN = ("crisis", "exercise", "private", "handle", "network", "kind", "language", "opened_at")


@dataclass(frozen=True)
class Narrowing:
    """What to show: `crisis` None is both teams, `whose` one of WHOSE, `find` a number or part of a customer's name; "" is all."""

    crisis: bool | None = None
    whose: str = ""
    tag: str = ""
    language: str = ""
    find: str = ""


@dataclass(frozen=True)
class Row:
    """One open case at a glance; `tags` are (label, whether a person set it).

    `called`: its ladder waits for whoever looks; `unanswered`: it ended without anybody; `on_it`: who has acknowledged or put it off.
    """

    number: int
    severity: str
    crisis: bool
    exercise: bool
    private: bool
    handle: str
    name: str
    network: str
    kind: str
    language: str
    owner: str
    mine: bool
    mentions: int
    opened_at: datetime
    text: CustomerText
    tags: tuple[tuple[Label, bool], ...]
    called: bool
    unanswered: bool
    on_it: str


@dataclass(frozen=True)
class Screenful:
    """`page` counts from 1; `at` is the moment that waiting times are told by."""

    at: datetime
    rows: Sequence[Row]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Queue:
    store: Store
    flow: Flow

    @property
    def tags(self) -> Mapping[str, Label]:
        """What the queue can be narrowed to, in FLOW's order."""
        return {name: Label(tag.label) for name, tag in self.flow.tags.items()}

    async def screenful(self, who: Who, by: Narrowing, page: int = 1) -> Screenful:
        """A page past the end is the last one."""
        async with self.store.read() as work:
            person = await admit(work, who, Act.SEE)
            where = self._where(by, person.id)
            total = await queue.count(work, where)
            pages = max(1, -(-total // SCREENFUL))
            page = min(max(1, page), pages)
            found = await queue.page(work, where, offset=(page - 1) * SCREENFUL, limit=SCREENFUL)
            return Screenful(await work.now(), await self._rows(work, found, person.id), total, page, pages)

    async def _rows(self, work: Work, found: Sequence[Waiting], person_id: int) -> list[Row]:
        ids = {one.case.id for one in found}
        called, standing = await calls.waiting_for(work, person_id, ids), await escalations.of_cases(work, ids)
        return [self._row(one, person_id, standing.get(one.case.id), called=one.case.id in called) for one in found]

    def _where(self, by: Narrowing, person_id: int) -> list[Any]:
        mine, unowned = by.whose == "mine", by.whose == "unowned"
        simple = cases.filters(crisis=by.crisis, owner_id=person_id if mine else None, unowned=unowned, tag="")
        return [*simple, *queue.narrowed(language=by.language, tag=by.tag, find=by.find)]

    def _row(self, one: Waiting, person_id: int, standing: Escalation | None, *, called: bool) -> Row:
        case, state = one.case, standing.state if standing else None
        plain = {name: getattr(case, name) for name in PLAIN}
        shown = [tag for tag in one.tags if tag.is_set or (tag.is_set is None and (tag.confidence or 0) >= queue.LIKELY)][:TAGS_SHOWN]
        return Row(
            number=case.id,
            severity=Severity(case.severity).word,
            name=case.customer_name,
            owner=case.owner or "",
            mine=case.owner_id == person_id,
            mentions=case.mention_count,
            text=CustomerText(one.text),
            tags=tuple((tag_label(self.flow, tag.tag), bool(tag.is_set)) for tag in shown),
            called=called,
            unanswered=state is Climbing.UNANSWERED,
            on_it=standing.name if standing and state in (Climbing.ACKNOWLEDGED, Climbing.SNOOZED) else "",
            **plain,
        )
