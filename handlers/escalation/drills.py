"""A drill on the real workspace: cases that nobody wrote, made of FLOW's own examples, climb their ladders; nothing of them leaves."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.flow import Flow
from handlers.acts import Act, admit
from handlers.board import Shown
from handlers.errors import DrillRuns, NoDrill
from handlers.escalation.course import Course
from handlers.ports import Customer, Mention, Receipt, Who, Words
from storage import cases, timeline
from storage.database import Store, Work
from storage.timeline import Entry, case_chain
from storage.types import HIGH, Status

DRILL = "drill"  # the source of what nobody wrote; a door's source is the door's own name
LANGUAGE = "en"
Receive = Callable[[Sequence[Mention]], Awaitable[Sequence[Receipt]]]


@dataclass(frozen=True)
class Drills:
    store: Store
    course: Course
    receive: Receive

    async def begin(self, who: Who) -> int:
        """How many cases it has. Raises DrillRuns while another one is under way."""
        flow = self.course.shelf.present
        async with self.store.begin() as work:
            person = await admit(work, who, Act.DRILL)
            await work.lock_names([DRILL])
            if await cases.exercises(work):
                raise DrillRuns
            now = await work.now()
            await self._tell(work, flow, Words("drill.begins", {"by": person.name}))
            await timeline.append(work, [Entry(DRILL, "drill_begun", {}, person.id, who.workspace)])
            await work.commit()
        stamp = int(now.timestamp())
        texts = list(examples(flow))
        await self.receive([_mention(number, text, stamp, now) for number, text in enumerate(texts, 1)])
        return len(texts)

    async def end(self, who: Who) -> int:
        """Closes every case of the drill that is still open; how many. Raises NoDrill when none is under way."""
        async with self.store.begin() as work:
            person = await admit(work, who, Act.DRILL)
            await work.lock_names([DRILL])
            running = await cases.lock_all(work, await cases.exercises(work))
            if not running:
                raise NoDrill
            await self.course.hold(work, running)
            for case in running.values():
                await cases.change(work, case.id, status=Status.CLOSED, closed_at=await work.now())
                await self.course.end(work, case.id, closed=True)
                await timeline.append(work, [Entry(case_chain(case.id), "closed", {"drill": "over"}, person.id, who.workspace)])
            await self.course.board.show(work, [Shown(case.id, case.channel, case.severity) for case in running.values()])
            await self._tell(work, self.course.shelf.present, Words("drill.ends", {"by": person.name, "count": len(running)}))
            await work.commit()
            return len(running)

    async def _tell(self, work: Work, flow: Flow, words: Words) -> None:
        await self.course.board.tell(work, flow.crisis_channel, words, None, HIGH, tone="alarm")


def examples(flow: Flow) -> Iterator[str]:
    """One message for each tag, as customers write."""
    for tag in flow.tags.values():
        texts = tag.vocabulary.examples.get(LANGUAGE, ())
        if texts:
            yield texts[0]


def _mention(number: int, text: str, stamp: int, now: datetime) -> Mention:
    name = f"{DRILL}-{stamp}-{number}"
    customer = Customer(name, f"@{DRILL}{number}", f"{DRILL.title()} {number}")
    return Mention(DRILL, name, name, customer, text, now, source=DRILL)
