"""Tags: a person's word on what a case is about. It always wins over the machine's, and teaches it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.flow import Flow
from handlers.acts import Act, admit
from handlers.board import Board, Shown
from handlers.errors import NoSuchCase, NoSuchTag
from handlers.ports import Who
from handlers.shelf import Shelf
from storage import cases, timeline
from storage.cases import Case, CaseTag
from storage.database import Store, Work
from storage.timeline import Entry, case_chain


@dataclass(frozen=True)
class Tags:
    store: Store
    board: Board
    shelf: Shelf

    async def toggle(self, who: Who, case_id: int, tag: str) -> None:
        """Set a tag that is not set, take off one that is: judged on the present state, not on what a stale button showed."""
        async with self.store.begin() as work:
            person = await admit(work, who, Act.TAG)
            case = await self._load(work, case_id, [tag])
            now_set = any(one.tag == tag and one.is_set for one in await cases.tags_of(work, case_id))
            await self._set(work, who, person.id, case, {tag: not now_set})
            await work.commit()

    async def choose(self, who: Who, case_id: int, chosen: Sequence[str]) -> None:
        """Set exactly these tags; a suggested one that was left out is said to be wrong."""
        async with self.store.begin() as work:
            person = await admit(work, who, Act.TAG)
            case = await self._load(work, case_id, chosen)
            before = {one.tag: one.is_set for one in await cases.tags_of(work, case_id)}
            wanted = {tag: tag in chosen for tag in {*before, *chosen}}
            await self._set(work, who, person.id, case, {tag: on for tag, on in wanted.items() if before.get(tag) is not on})
            await work.commit()

    async def _load(self, work: Work, case_id: int, tags: Sequence[str]) -> Case:
        case = await cases.lock(work, case_id)
        if case is None:
            raise NoSuchCase(case=case_id)
        known = (await self.shelf.of(work, case)).tags
        for tag in tags:
            if tag not in known:
                raise NoSuchTag(tag=tag)
        return case

    async def _set(self, work: Work, who: Who, person_id: int, case: Case, wanted: dict[str, bool]) -> None:
        for tag, on in wanted.items():
            await cases.set_tag(work, case.id, tag, person_id, is_set=on)
            await cases.record_click(work, case.id, person_id, tag, truth=on)
        if not wanted:
            return
        severity = severity_of(await self.shelf.of(work, case), await cases.tags_of(work, case.id), case)
        await cases.change(work, case.id, severity=severity)
        await timeline.append(work, [Entry(case_chain(case.id), "tagged", {"tags": wanted}, person_id, who.workspace)])
        await self.board.show(work, [Shown(case.id, case.channel, severity)])


def severity_of(flow: Flow, tags: Sequence[CaseTag], case: Case) -> int:
    """The gravest of what people set, never under the customer's kind; what only the machine thought stays until somebody sets a tag."""
    chosen = [flow.tags[one.tag].severity for one in tags if one.is_set and one.tag in flow.tags]
    floor = flow.kinds.get(case.kind, 0)
    return int(max([floor, *chosen])) if chosen else max(case.severity, floor)
