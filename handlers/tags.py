"""Tags: a person's word on what a case is about. It always wins over the machine's, and teaches it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flows.flow import Flow
from handlers.acts import Act, admit_each
from handlers.board import Shown
from handlers.errors import NoSuchCase, NoSuchTag, Told
from handlers.escalation.course import Course
from handlers.first_answers import look_again
from handlers.ports import Who
from handlers.shelf import Shelf
from handlers.together import Together
from storage import cases, crises, tags, timeline
from storage.cases import Case, CaseTag
from storage.database import Store, Work
from storage.people import Person
from storage.timeline import Entry, case_chain


@dataclass(frozen=True)
class Word:
    """What somebody says of a case: change this tag, or let exactly these be set."""

    who: Who
    case_id: int
    named: tuple[str, ...]
    exactly: bool = False

    def changes(self, standing: Mapping[str, CaseTag]) -> dict[str, bool]:
        """Tag → on or off, judged on how the tags stand now."""
        if not self.exactly:
            return {tag: not (tag in standing and standing[tag].is_set) for tag in self.named}
        wanted = {tag: tag in self.named for tag in (*standing, *self.named)}
        return {tag: on for tag, on in wanted.items() if tag not in standing or standing[tag].is_set is not on}


@dataclass
class Sitting:
    """The cases that a batch of words is about, as each word finds and leaves them; `said` and `entries` are what is to be kept."""

    people: Mapping[Who, Person | Told]
    cases: dict[int, Case]
    flows: Mapping[int, Flow]
    tags: dict[int, dict[str, CaseTag]]
    said: list[dict[str, Any]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def hear(self, word: Word) -> Told | None:
        """None when it was done, else why not."""
        person, case = self.people[word.who], self.cases.get(word.case_id)
        if isinstance(person, Told):
            return person
        if case is None:
            return NoSuchCase(case=word.case_id)
        flow, standing = self.flows[case.id], self.tags[case.id]
        unknown = [tag for tag in word.named if tag not in flow.tags]
        if unknown:
            return NoSuchTag(tag=unknown[0])
        changes = word.changes(standing)
        for tag, on in changes.items():
            standing[tag] = CaseTag(tag, standing[tag].confidence if tag in standing else None, on)
            self.said.append({"case_id": case.id, "tag": tag, "person_id": person.id, "is_set": on})
        if changes:
            self.cases[case.id] = replace(case, severity=severity_of(flow, list(standing.values()), case))
            self.entries.append(Entry(case_chain(case.id), "tagged", {"tags": changes}, person.id, word.who.workspace))
        return None

    def changed(self) -> list[Case]:
        return [self.cases[case_id] for case_id in dict.fromkeys(row["case_id"] for row in self.said)]


@dataclass(frozen=True)
class Tags:
    """What several people say at the same moment is kept in one transaction."""

    store: Store
    course: Course
    shelf: Shelf
    _together: Together[Word] = field(default_factory=Together, repr=False, compare=False)

    async def toggle(self, who: Who, case_id: int, tag: str) -> None:
        """Set a tag that is not set, take off one that is: judged on the present state, not on what a stale button showed."""
        await self._together.put(Word(who, case_id, (tag,)), self._settle)

    async def choose(self, who: Who, case_id: int, chosen: Sequence[str]) -> None:
        """Set exactly these tags; a suggested one that was left out is said to be wrong."""
        await self._together.put(Word(who, case_id, tuple(chosen), exactly=True), self._settle)

    async def _settle(self, words: Sequence[Word]) -> list[Told | None]:
        async with self.store.begin() as work:
            sitting = await self._lay_out(work, words)
            outcomes = [sitting.hear(word) for word in words]
            if sitting.said:
                await self._record(work, sitting)
                await work.commit()
        return outcomes

    async def _lay_out(self, work: Work, words: Iterable[Word]) -> Sitting:
        people = await admit_each(work, (word.who for word in words), Act.TAG)
        await crises.current(work, hold_still=True)  # before the cases: a hold moves the same clocks
        allowed = {word.case_id for word in words if isinstance(people[word.who], Person)}
        found = await cases.lock_all(work, allowed)
        flows = {case.id: await self.shelf.of(work, case) for case in found.values()}
        return Sitting(people, found, flows, await tags.of_cases(work, list(found)))

    async def _record(self, work: Work, sitting: Sitting) -> None:
        changed = sitting.changed()
        await tags.keep(work, sitting.said)
        for case in changed:
            await look_again(work, sitting.flows[case.id], case.id, [row["tag"] for row in sitting.said if row["case_id"] == case.id])
        await tags.grade(work, {case.id: case.severity for case in changed})
        await self.course.reconsider(work, [case.id for case in changed])
        await timeline.append(work, sitting.entries)
        await self.course.board.show(work, [Shown(case.id, case.channel, case.severity) for case in changed])


def severity_of(flow: Flow, standing: Sequence[CaseTag], case: Case) -> int:
    """The gravest of what people set, never under the customer's kind; what only the machine thought stays until somebody sets a tag."""
    chosen = [flow.tags[one.tag].severity for one in standing if one.is_set and one.tag in flow.tags]
    floor = flow.kinds.get(case.kind, 0)
    return int(max([floor, *chosen])) if chosen else max(case.severity, floor)
