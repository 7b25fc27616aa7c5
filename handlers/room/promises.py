"""What was promised to customers and is not kept in time: the gravest are named, the others counted, since a storm has thousands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from handlers.escalation.course import RESOLUTION
from handlers.first_answers import FIRST_ANSWER
from handlers.ports import Words
from handlers.room.room import Room, kept
from storage import cases, deadlines, people, timeline
from storage.cases import Case
from storage.database import Work
from storage.deadlines import Deadline
from storage.timeline import Entry, case_chain
from storage.types import CRITICAL, HIGH, Status

LATE = "late"  # the clock of the next word on how many are late
LATE_EVERY = timedelta(minutes=15)
PROMISED = (FIRST_ANSWER, RESOLUTION)
MANY = 1000
_ONE = {FIRST_ANSWER: "due.first_answer", RESOLUTION: "due.resolution"}
_COUNT = {FIRST_ANSWER: "due.first_answers", RESOLUTION: "due.resolutions"}


@dataclass(frozen=True)
class Promises:
    room: Room

    async def fire(self) -> int:
        """How many clocks went by."""
        fired = 0
        while few := await self._many():
            fired += few
        return fired

    async def _many(self) -> int:
        async with self.room.store.begin() as work:
            due = await deadlines.due(work, await work.now(), MANY, kinds=PROMISED)
            await deadlines.mark_told(work, [one.id for one in due])
            for kind in PROMISED:
                await self._tell(work, kind, [one.id for one in due if one.kind == kind])
            if due:
                await work.commit()
            return len(due)

    async def _tell(self, work: Work, kind: str, ids: Sequence[int]) -> None:
        waiting = await deadlines.of_cases(work, ids) if ids else []
        for case_id in [case_id for case_id, severity, _ in waiting if severity >= CRITICAL]:
            case = await cases.get(work, case_id)
            if case and case.status is not Status.CLOSED:
                await self._name(work, kind, case)
        for crisis in sorted({crisis for _, _, crisis in waiting}):
            await self._count(work, kind, crisis=crisis)

    async def _name(self, work: Work, kind: str, case: Case) -> None:
        """To its channel and to its owner."""
        await timeline.append(work, [Entry(case_chain(case.id), "deadline_passed", {"kind": kind})])
        words = Words(_ONE[kind], {"number": case.id, "owner": case.owner or "", "opened": kept(case.opened_at)})
        await self.room.board.tell(work, case.channel, words, None, CRITICAL, tone="critical")
        owner = await people.by_id(work, case.owner_id) if case.owner_id else None
        if owner:
            await self.room.say_to(work, owner, words, CRITICAL)

    async def _count(self, work: Work, kind: str, *, crisis: bool) -> None:
        """Said at once for the first ones, then every quarter of an hour for as long as somebody waits."""
        key = _key(kind, crisis=crisis)
        await work.lock_names([key])
        running = await deadlines.get(work, key)
        if running is None or running.met_at is not None:
            await self._say_count(work, kind, crisis=crisis)

    async def again(self, work: Work, one: Deadline) -> None:
        """The clock of the next word ran out."""
        kind, crisis = next((kind, crisis) for kind in PROMISED for crisis in (True, False) if _key(kind, crisis=crisis) == one.key)
        await self._say_count(work, kind, crisis=crisis)

    async def _say_count(self, work: Work, kind: str, *, crisis: bool) -> None:
        count, longest = await deadlines.late(work, kind, crisis=crisis)
        key = _key(kind, crisis=crisis)
        if not count:
            await deadlines.meet(work, key)
            return
        channel = self.room.flow.crisis_channel if crisis else self.room.flow.ordinary_channel
        words = Words(_COUNT[kind], {"count": count, "minutes": int(longest.total_seconds() // 60)})
        await self.room.board.tell(work, channel, words, None, HIGH, tone="high")
        await deadlines.arm(work, [Deadline(key, LATE, await work.now() + LATE_EVERY)])


def _key(kind: str, *, crisis: bool) -> str:
    """That of first answers has no name of its own, since it was once the only one."""
    about = "crisis" if crisis else "ordinary"
    return f"{LATE}:{about}" if kind == FIRST_ANSWER else f"{LATE}:{kind}:{about}"
