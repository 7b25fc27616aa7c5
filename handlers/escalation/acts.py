"""Everything that a person, or time, does with the ladders, in one value: buttons by `press`, forms by `fill`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from handlers.escalation.acknowledging import Acknowledging
from handlers.escalation.climb import Climb
from handlers.escalation.course import Course
from handlers.escalation.desk import EscalationDesk
from handlers.escalation.drills import Drills, Receive
from handlers.escalation.lapses import Lapses
from handlers.filled import Said, needed, one, whole
from handlers.ports import Card, Who, Words
from storage.database import Store

ALL = "acknowledge_all"
PRESSED = ("acknowledge", ALL, "take_over")
FILLED = ("snooze", "reassign")


@dataclass(frozen=True)
class EscalationActs:
    store: Store
    course: Course
    receive: Receive

    @property
    def acknowledging(self) -> Acknowledging:
        return Acknowledging(self.store, self.course)

    @property
    def climb(self) -> Climb:
        return Climb(self.store, self.course, Lapses(self.course))

    @property
    def drills(self) -> Drills:
        return Drills(self.store, self.course, self.receive)

    @property
    def desk(self) -> EscalationDesk:
        return EscalationDesk(self.store, self.course)

    async def press(self, who: Who, act: str, ids: str) -> None:
        """A button without a form: one of PRESSED. `ids` is the case, of *acknowledge all* the notice."""
        does: Mapping[str, Callable[[Who, int], Awaitable[object]]] = {
            "acknowledge": self.acknowledging.acknowledge,
            ALL: self.acknowledging.acknowledge_all,
            "take_over": self.acknowledging.take_over,
        }
        await does[act](who, whole(ids, "number"))

    async def fill(self, who: Who, name: str, ids: str, said: Said) -> Card:
        """Take the answer of a form that `desk.form` gave, one of FILLED."""
        number = whole(ids, "number")
        if name == "snooze":
            await self.acknowledging.snooze(who, number, one(said, "at") or needed(said, "span"))
            return Card(Words("command.snoozed", {"number": number}))
        return Card(
            Words("command.given", {"number": number, "name": await self.acknowledging.reassign(who, number, needed(said, "name"))})
        )
