"""A storm on a simulated clock: the real intake, triage and ladders, on a database of its own, without anybody being told anything."""

import heapq
import tempfile
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from flows.flow import Flow
from flows.working import uncovered
from handlers.errors import Told
from handlers.escalation.acknowledging import Acknowledging
from handlers.escalation.bells import Bells
from handlers.escalation.calling import Caller
from handlers.escalation.climb import Climb
from handlers.escalation.course import LAPSE, STEP, Course
from handlers.escalation.lapses import Lapses
from handlers.escalation.roster import Roster, rhythm_of
from handlers.machine import Machine
from handlers.mentions import Mentions
from handlers.ports import Mention, Who
from handlers.proof import imagined
from handlers.proof.ground import Ground, row_of
from handlers.shelf import Shelf
from storage import deadlines, migrate, people, played
from storage.database import Store
from storage.people import Person

GRID = timedelta(seconds=15)  # messages arrive at its moments, so that much of what follows falls together
AT_ONCE = 200
WAKES = frozenset({"pagerduty", "twilio", "ntfy"})
LOOKS_AHEAD = timedelta(days=14)  # for when somebody who sleeps is at work again


@dataclass
class Hands:
    """The simulated clock."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Plan:
    """`acknowledge`: so long after they hear of it, people acknowledge: at once when a phone wakes them, else when they are at work.

    Without it nobody ever does.
    """

    begin: datetime
    length: timedelta
    acknowledge: timedelta = timedelta()

    @property
    def end(self) -> datetime:
        return self.begin + self.length


@dataclass
class Progress:
    """How far it has come."""

    at: datetime
    played: int = 0
    left_out: int = 0  # messages that come after the end


@dataclass(frozen=True)
class Stage:
    """Everything that the drill plays on."""

    store: Store
    hands: Hands
    flow: Flow
    course: Course
    team: tuple[Person, ...]


@asynccontextmanager
async def stage(flow: Flow, ground: Ground, doors: Collection[str], at: datetime) -> AsyncIterator[Stage]:
    """Its database is a file that is deleted at the end, so memory stays small however large the storm."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-drill-"))
        store = Store(f"sqlite:///{Path(folder) / 'storm.db'}", dial=(hands := Hands(at)))
        stack.push_async_callback(store.close)
        await played.hasten(store)
        await migrate.upgrade(store)
        board, shelf = imagined.board(flow, doors), Shelf(flow)
        course = Course(Caller(Roster(ground.rotas), Bells(board, imagined.couriers(doors))), shelf)
        async with store.begin() as work:
            await played.prepare(work)
            await shelf.keep(work)
            for entry in ground.people:
                await people.put(work, row_of(entry))
            team = tuple(await people.everyone(work))
            await work.commit()
        yield Stage(store, hands, flow, course, team)


@dataclass
class Drill:
    """`play` once. Messages keep their distances in time, the first one comes at the beginning."""

    stage: Stage
    machine: Machine
    plan: Plan
    _answers: list[tuple[datetime, int, int]] = field(default_factory=list)  # moment, notice, person
    _asked: set[tuple[int, int]] = field(default_factory=set)
    _stuck: datetime | None = None  # clocks that were due by then and could not be told are not asked for again

    async def play(self, mentions: Iterable[Mention]) -> AsyncIterator[Progress]:
        """Yields after each moment at which something happened."""
        hands, progress = self.stage.hands, Progress(self.plan.begin)
        climb = Climb(self.stage.store, self.stage.course, Lapses(self.stage.course))
        coming = _Coming(_from(self.plan.begin, mentions))
        while (at := _first(coming.at, await self._clock(), self._next_answer)) is not None and at <= self.plan.end:
            hands.at = max(hands.at, at)
            if batch := coming.until(hands.at):
                await Mentions(self.stage.store, self.stage.course, self.stage.flow, self.machine).receive(batch)
            await self._answer()
            fired = await climb.fire()
            self._stuck = None if batch or fired else hands.at
            await self._tell()
            progress.at, progress.played = hands.at, progress.played + len(batch)
            yield progress
        hands.at = self.plan.end
        progress.at, progress.left_out = self.plan.end, coming.rest()
        yield progress

    async def _clock(self) -> datetime | None:
        async with self.stage.store.read() as work:
            return await played.next_moment(work, (STEP, LAPSE), self._stuck)

    @property
    def _next_answer(self) -> datetime | None:
        return self._answers[0][0] if self._answers else None

    async def _tell(self) -> None:
        now = self.stage.hands.at
        async with self.stage.store.begin() as work:
            await played.tell(work)
            heard = await played.told_at(work, now) if self.plan.acknowledge else ()
            await work.commit()
        for notice_id, person_id, way in heard:
            if (notice_id, person_id) not in self._asked:
                self._asked.add((notice_id, person_id))
                heapq.heappush(self._answers, (self._heard_at(person_id, way) + self.plan.acknowledge, notice_id, person_id))

    def _heard_at(self, person_id: int, way: str) -> datetime:
        """Whoever is asleep and is not rung finds it when their work begins."""
        now = self.stage.hands.at
        person = next(one for one in self.stage.team if one.id == person_id)
        gaps = () if way in WAKES else uncovered([rhythm_of(person)], now, now + LOOKS_AHEAD)
        return gaps[0][1] if gaps and gaps[0][0] <= now else now

    async def _answer(self) -> None:
        while self._answers and self._answers[0][0] <= self.stage.hands.at:
            _, notice_id, person_id = heapq.heappop(self._answers)
            await self._acknowledge(notice_id, person_id)

    async def _acknowledge(self, notice_id: int, person_id: int) -> None:
        """What somebody takes, they see to: no reminder follows."""
        try:
            taken = await Acknowledging(self.stage.store, self.stage.course).acknowledge_all(Who("console", str(person_id)), notice_id)
        except Told:
            return  # others have it, or this person may not
        async with self.stage.store.begin() as work:
            await deadlines.meet(work, *[f"{LAPSE}:{case_id}" for case_id in taken])
            await work.commit()


@dataclass
class _Coming:
    """Mentions still to come, looked at one ahead."""

    mentions: Iterator[Mention]
    _next: Mention | None = None

    def __post_init__(self) -> None:
        self._next = next(self.mentions, None)

    @property
    def at(self) -> datetime | None:
        return self._next.posted_at if self._next else None

    def until(self, at: datetime) -> list[Mention]:
        batch: list[Mention] = []
        while self._next and self._next.posted_at <= at and len(batch) < AT_ONCE:
            batch.append(self._next)
            self._next = next(self.mentions, None)
        return batch

    def rest(self) -> int:
        return bool(self._next) + sum(1 for _ in self.mentions)


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


def _from(begin: datetime, mentions: Iterable[Mention]) -> Iterator[Mention]:
    """None before the one above it in the file."""
    first: datetime | None = None
    at = begin
    for one in mentions:
        first = first or one.posted_at
        at = max(at, begin - (first - one.posted_at) // GRID * GRID)
        yield replace(one, posted_at=at)
