"""The semantic speed of the triage: reads each mention again, in batches behind the inline one, and refreshes the card if it disagrees.

What a person clicked is never touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flows.flow import Flow
from flows.triage import Suggestion
from handlers.board import Board, Shown
from handlers.escalation.course import Course
from handlers.first_answers import enter_crisis, look_again
from handlers.machine import Learner
from storage import cases, crises, mentions, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.timeline import Entry, case_chain

CURSOR = "second_look"
BATCH = 32


@dataclass(frozen=True)
class SecondLook:
    store: Store
    course: Course
    flow: Flow
    learner: Learner

    @property
    def board(self) -> Board:
        return self.course.board

    async def take(self) -> int:
        """How many mentions were read again. Replicas share one position, so each mention is read by one of them."""
        rows = await self._unread()
        if not rows:
            return 0
        thoughts = await self.learner.reconsider([row.text for row in rows], [row.language for row in rows])
        async with self.store.begin() as work:
            await work.lock_names([CURSOR])
            await crises.current(work, hold_still=True)  # before the cases: a hold moves the same clocks
            if await self._position(work) < rows[0].id:
                for row, thought in zip(rows, thoughts, strict=True):
                    await self._apply(work, row.case_id, thought)
                await mentions.move_cursor(work, CURSOR, str(rows[-1].id))
                await work.commit()
        return len(rows)

    async def _unread(self) -> Sequence[Any]:
        async with self.store.read() as work:
            return await mentions.after(work, await self._position(work), BATCH)

    async def _position(self, work: Work) -> int:
        return int(await mentions.cursor(work, CURSOR) or 0)

    async def _apply(self, work: Work, case_id: int, thought: Suggestion) -> None:
        case = await cases.lock(work, case_id)
        if case is None or case.mention_count > 1 or case.crisis_set_by is not None:
            return
        tags = await cases.tags_of(work, case_id)
        if any(tag.is_set is not None for tag in tags):
            return
        before = {tag.tag: tag.confidence for tag in tags}
        if (case.crisis, set(before)) == (thought.crisis, {tag for tag, _ in thought.tags} if thought.crisis else set()):
            return
        await self._change(work, case, thought)

    async def _change(self, work: Work, case: Case, thought: Suggestion) -> None:
        await cases.replace_suggestions(work, case.id, thought.tags if thought.crisis else ())
        severity = max(thought.severity, self.flow.kinds.get(case.kind, 0))
        channel = self.flow.crisis_channel if thought.crisis else self.flow.ordinary_channel
        if thought.crisis and thought.tags:
            channel = self.flow.tags[thought.tags[0][0]].channel
        if channel != case.channel:
            await self.board.leave_pointer(work, case.id, severity)
        crisis_id = await self._clock(work, case, thought) if thought.crisis else None
        left = await work.now() if case.crisis and not thought.crisis else None
        await cases.change(
            work, case.id, crisis=thought.crisis, crisis_id=crisis_id, severity=severity, channel=channel, left_crisis_at=left
        )
        await self.course.reconsider(work, [case.id])
        payload = {"crisis": thought.crisis, "tags": [tag for tag, _ in thought.tags]}
        await timeline.append(work, [Entry(case_chain(case.id), "reconsidered", payload)])
        await self.board.show(work, [Shown(case.id, channel, severity)])

    async def _clock(self, work: Work, case: Case, thought: Suggestion) -> int | None:
        """The first answer may wait now for as long as a hold lasts, or must not any more; the id of the crisis."""
        crisis_id = await enter_crisis(work, self.flow, case.id)
        await look_again(work, self.flow, case.id, [tag for tag, _ in thought.tags])
        return crisis_id
