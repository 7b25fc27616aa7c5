"""What people do with a ladder: acknowledge, take over, give to somebody, put off until later. Each judged on how the case stands now."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.acts import Act, admit, on_case
from handlers.board import Shown
from handlers.errors import CaseClosed, CaseOwned, NoSuchPerson, NothingWaits, TooLong
from handlers.escalation.calling import DIRECTLY, Summons
from handlers.escalation.course import Course
from handlers.escalation.informing import inform
from handlers.moments import to_come
from handlers.ports import Who, Words
from storage import calls, cases, escalations, people, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.escalations import Climbing, Escalation
from storage.people import Person
from storage.timeline import Entry, case_chain
from storage.types import Status

SNOOZE_MOST = timedelta(hours=24)
AT_ONCE = 50  # cases in one transaction


@dataclass(frozen=True)
class Acknowledging:
    store: Store
    course: Course

    async def acknowledge(self, who: Who, case_id: int) -> bool:
        """Take responsibility; the owner stays. False while others are still waited for. Raises CaseOwned when somebody else has it."""
        async with self._act(who, Act.ACKNOWLEDGE, case_id) as (work, person, case):
            paused = await self._acknowledge(work, who, person, case)
            await work.commit()
            return paused

    async def _acknowledge(self, work: Work, who: Who, person: Person, case: Case) -> bool:
        standing = await escalations.get(work, case.id)
        if _is_anothers(standing, person):
            raise CaseOwned(case=case.id, owner=standing.name)
        theirs = standing.state is Climbing.ACKNOWLEDGED
        if theirs and not await self.course.settle(work, case, person):
            return True  # they clicked twice
        paused = theirs or await self.course.acknowledge(work, case, person)
        await self._record(work, who, person, case, "acknowledged", {"paused": paused})
        return paused

    async def acknowledge_all(self, who: Who, notice_id: int) -> Sequence[int]:
        """Everything that a notice holds and nobody has yet; the numbers of the cases."""
        async with self.store.read() as work:
            waiting = await calls.open_cases_of_notice(work, notice_id)
        return await self._acknowledge_each(who, waiting)

    async def acknowledge_each(self, who: Who, case_ids: Collection[int]) -> Sequence[int]:
        """Those of these cases that still wait for whoever acts; their numbers."""
        async with self.store.read() as work:
            person = await admit(work, who, Act.ACKNOWLEDGE)
            waiting = await calls.waiting_for(work, person.id, case_ids)
        return await self._acknowledge_each(who, waiting)

    async def _acknowledge_each(self, who: Who, case_ids: Collection[int]) -> Sequence[int]:
        """A few at a time, so that nobody else waits for all of them; each judged on how it stands by then."""
        done: list[int] = []
        ordered = sorted(set(case_ids))
        for start in range(0, max(1, len(ordered)), AT_ONCE):
            async with self.store.begin() as work:
                person = await admit(work, who, Act.ACKNOWLEDGE)
                locked = await cases.lock_all(work, ordered[start : start + AT_ONCE])
                await self.course.hold(work, locked)
                known = await escalations.of_cases(work, locked)
                open_ones = [case for case in locked.values() if case.status is not Status.CLOSED]
                waiting = [case for case in open_ones if not _is_anothers(known.get(case.id), person)]
                for case in waiting:
                    await self._acknowledge(work, who, person, case)
                await work.commit()
                done += [case.id for case in waiting]
        if not done:
            raise NothingWaits
        return sorted(done)

    async def take_over(self, who: Who, case_id: int) -> None:
        """Become the owner, whoever was it; they hear of it."""
        async with self._act(who, Act.CLAIM, case_id) as (work, person, case):
            before = [case.owner_id, (await escalations.get(work, case_id)).acknowledged_by]
            await self._give(work, case, person)
            await self._record(work, who, person, case, "taken_over", {"from": case.owner or ""})
            words = Words("notice.taken_over", {"number": case.id, "name": person.name})
            for other in {one for one in before if one and one != person.id}:
                await self._inform(work, other, words, case)
            await work.commit()

    async def reassign(self, who: Who, case_id: int, name: str) -> str:
        """Give it to a colleague, who is called; their name. Their time to begin runs as after an acknowledgement."""
        async with self._act(who, Act.REASSIGN, case_id) as (work, person, case):
            other = await people.by_name(work, name)
            if other is None:
                raise NoSuchPerson(name=name)
            await self.course.hold(work, [case_id], other.id)
            await self._give(work, case, other)
            standing = await escalations.get(work, case_id)
            if other.id != person.id:
                await self.course.caller.call(work, [Summons(case, [other], DIRECTLY, standing.climb, None)])
            await self._record(work, who, person, case, "reassigned", {"to": other.name})
            await work.commit()
            return other.name

    async def _give(self, work: Work, case: Case, person: Person) -> None:
        status = {"status": Status.ACKNOWLEDGED, "acknowledged_at": await work.now()} if case.status is Status.OPEN else {}
        await cases.change(work, case.id, owner_id=person.id, **status)
        await self.course.has(work, case, person)

    async def snooze(self, who: Who, case_id: int, until: str) -> None:
        """Take responsibility for now: at that moment the ladder goes on. `until` as people type it (30m, 14:00)."""
        async with self._act(who, Act.ACKNOWLEDGE, case_id) as (work, person, case):
            ladder = await self.course.ladder(work, case)
            now, most = await work.now(), ladder.snooze_most if ladder else SNOOZE_MOST
            moment = to_come(until, person.timezone, now)
            if moment - now > most:
                raise TooLong(minutes=int(most.total_seconds() // 60))
            await self.course.pause(work, case, person, Climbing.SNOOZED, moment)
            await self._record(work, who, person, case, "snoozed", {"until": moment.isoformat()})
            await work.commit()

    async def _inform(self, work: Work, person_id: int, words: Words, case: Case) -> None:
        person = await people.by_id(work, person_id)
        if person:
            await inform(work, self.course.caller.bells, person, words, case.severity)

    @asynccontextmanager
    async def _act(self, who: Who, act: Act, case_id: int) -> AsyncIterator[tuple[Work, Person, Case]]:
        async with on_case(self.store, who, act, case_id) as (work, person, case):
            if case.status is Status.CLOSED:
                raise CaseClosed(case=case_id)
            yield work, person, case

    async def _record(self, work: Work, who: Who, person: Person, case: Case, act: str, payload: dict[str, Any]) -> None:
        await timeline.append(work, [Entry(case_chain(case.id), act, payload, person.id, who.workspace)])
        await self.course.board.show(work, [Shown(case.id, case.channel, case.severity)])


def _is_anothers(standing: Escalation | None, person: Person) -> bool:
    return standing is not None and standing.state is Climbing.ACKNOWLEDGED and standing.acknowledged_by != person.id
