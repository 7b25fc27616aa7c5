"""How new cases begin: which ladder each climbs, and all of its clocks, in one statement for as many as come at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flows.flow import Flow
from flows.ladder import Ladder, Matter, ladder_for
from flows.working import after
from handlers.escalation.course import RESOLUTION, STEP, first_answer_within
from handlers.escalation.running_on import Rhythms, rhythms
from handlers.first_answers import FIRST_ANSWER
from storage import deadlines
from storage.database import Work


@dataclass(frozen=True)
class Begun:
    """A case that has just been opened. `paused`: a hold lets the clock of its first answer stand still."""

    case_id: int
    ladder: Ladder | None
    severity: int
    paused: bool


def chosen(flow: Flow, matter: Matter) -> Ladder | None:
    return ladder_for(flow.ladders, matter)


async def begin(work: Work, flow: Flow, begun: Iterable[Begun]) -> None:
    """Arms the first answer, the resolution and the first step of each."""
    moments = Moments(await work.now(), await rhythms(work, flow))
    rows: list[deadlines.New] = []
    for one in begun:
        within = first_answer_within(flow, one.ladder, one.severity)
        rows.append((FIRST_ANSWER, one.case_id, one.severity, moments.due(one.ladder, within), one.paused))
        if one.ladder and one.ladder.resolution:
            rows.append((RESOLUTION, one.case_id, one.severity, moments.due(one.ladder, one.ladder.resolution), False))
        if one.ladder and one.ladder.steps:
            rows.append((STEP, one.case_id, one.severity, moments.now + one.ladder.steps[0].after, False))
    await deadlines.arm_new(work, rows)


@dataclass(frozen=True)
class Moments:
    """When a time that begins now is over; the same question is worked out once."""

    now: datetime
    rhythms: Rhythms
    _known: dict[tuple[str, timedelta], datetime] = field(default_factory=dict)

    def due(self, ladder: Ladder | None, within: timedelta) -> datetime:
        if ladder is None or not ladder.working:
            return self.now + within
        key = (ladder.name, within)
        if key not in self._known:
            self._known[key] = after(self.now, within, self.rhythms[ladder.name])
        return self._known[key]
