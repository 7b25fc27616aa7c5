"""Everything that a person, or time, does with the ladders, in one value."""

from dataclasses import dataclass

from handlers.escalation.acknowledging import Acknowledging
from handlers.escalation.climb import Climb
from handlers.escalation.course import Course
from handlers.escalation.lapses import Lapses
from storage.database import Store


@dataclass(frozen=True)
class EscalationActs:
    store: Store
    course: Course

    @property
    def acknowledging(self) -> Acknowledging:
        return Acknowledging(self.store, self.course)

    @property
    def climb(self) -> Climb:
        return Climb(self.store, self.course, Lapses(self.course))
