"""What each look asks: the time, the database, the ticks, and the rows that should be moving."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from handlers.escalation.course import LAPSE, STEP
from handlers.ports import Bucket, Words
from handlers.room.due import KINDS
from handlers.room.promises import PROMISED
from handlers.vitals import Vitals
from handlers.watch import hands
from handlers.watch.findings import (
    DATABASE_AWAY,
    DOORS_CLOSED,
    IN_ROWS,
    LANES_STALLED,
    STEPS_OVERDUE,
    TICKS_FAILING,
    TICKS_LATE,
    Finding,
)
from handlers.watch.hands import Clocks, Hands
from storage import buckets, deadlines, health, people
from storage import watch as rows
from storage.database import Work
from storage.people import Person
from storage.watch import Head

log = structlog.get_logger()
LATE = timedelta(seconds=60)  # for a step that is due, and for a row that could leave
FAILING = timedelta(seconds=20)  # until then a door may just have hiccupped
QUIET = timedelta(seconds=5)  # whoever asked for that much of it is waited for: it does not stand still
CALM = 90.0  # seconds in which everything catches up after the database or the machine was away: longer than the slowest tick's turn
ANSWER = 10.0  # seconds for the database
MANY = 100
FEW = 5  # names in one sentence
FIRED = (STEP, LAPSE, *PROMISED, *KINDS)


class Ticking(Protocol):
    """The names of ticks that have not ended for too long, and of those that end but not well."""

    def late(self) -> list[str]: ...

    def failing(self) -> list[str]: ...


class Limited(Protocol):
    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]: ...


@dataclass(frozen=True)
class Team:
    """Who is told, as the rows last said; `untrusted` workspaces are told nothing."""

    owners: Sequence[Person] = ()
    untrusted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seen:
    """`unseen` are codes that could not be judged this time."""

    found: tuple[Finding, ...] = ()
    unseen: frozenset[str] = frozenset()


@dataclass
class Looks:
    vitals: Vitals
    ticking: Ticking
    ways: Mapping[str, Limited]  # by the name of a workspace, network or courier
    clocks: Clocks = hands.read
    team: Team = field(default_factory=Team)
    _began: Hands | None = None
    _ended: Hands | None = None
    _calm_until: float = field(default=float("-inf"))
    _is_blind: bool = False  # the rows could not be read, though the database is there

    async def look(self) -> Seen:
        now = self.clocks()
        time = self._time(now)
        wrong = await self._wrong()
        if wrong or time:
            self._calm_until = self.clocks().awake + CALM
        if wrong:
            return Seen((*time, Finding(wrong, now.wall)), IN_ROWS | {TICKS_LATE, TICKS_FAILING})
        found, unseen = await self._rows()
        if self.is_calm:
            return Seen(
                (*time, *(one for one in found if one.code == DOORS_CLOSED)),
                unseen | {TICKS_LATE, TICKS_FAILING, *IN_ROWS} - {DOORS_CLOSED},
            )
        return Seen((*time, *self._ticks(now.wall), *found), unseen)

    @property
    def is_calm(self) -> bool:
        """Whether what was held up is catching up still."""
        return self.clocks().awake < self._calm_until

    def rest(self) -> None:
        """From here on nothing is asked until the next look."""
        self._ended = self.clocks()

    def _time(self, now: Hands) -> list[Finding]:
        jumped = hands.jump(self._began, now) if self._began else None
        asleep = hands.sleep(self._ended, now) if self._ended else None
        self._began = now
        return [one for one in (jumped, asleep) if one]

    def _ticks(self, now: datetime) -> list[Finding]:
        late, failing = sorted(self.ticking.late()), sorted([*self.ticking.failing(), *(["watch"] if self._is_blind else [])])
        found = [(TICKS_LATE, late), (TICKS_FAILING, [name for name in failing if name not in late])]
        return [Finding(code, now, tuple(names), _named(names)) for code, names in found if names]

    async def _wrong(self) -> str | None:
        """A database that says nothing for so long is away too."""
        try:
            async with asyncio.timeout(ANSWER):
                return await self.vitals.wrong()
        except TimeoutError:
            return DATABASE_AWAY

    async def _rows(self) -> tuple[list[Finding], frozenset[str]]:
        try:
            async with asyncio.timeout(ANSWER), self.vitals.store.read() as work:
                self.team = Team(await people.with_role(work, "admin"), frozenset(await health.untrusted(work)))
                shut = [door for door in await health.of_doors(work) if door.state != health.WELL]
                now = await work.now()
                doors = [door for door in shut if door.state == health.CLOSED or door.since <= now - FAILING]
                stalled = await self._stalled(work, now, {door.door for door in shut} | self.team.untrusted)
                found = [self._doors(doors), _lanes(stalled), await _steps(work, now), await self._clock(work)]
        except Exception:
            log.exception("watch_blind")  # the next look says whether it is the database
            self._is_blind = True
            return [], IN_ROWS
        self._is_blind = False
        return [one for one in found if one], frozenset()

    def _doors(self, shut: Sequence[Any]) -> Finding | None:
        known = [door for door in shut if _name(door.door) in self.ways]
        if not known:
            return None
        said = tuple(Words("watch.door", {"door": row.door, "state": row.state, "reason": row.reason or ""}) for row in known[:FEW])
        facts = {"doors": said, "more": len(known) - len(said)}
        return Finding(DOORS_CLOSED, min(row.since for row in known), tuple(row.door for row in known), facts)

    async def _stalled(self, work: Work, now: datetime, shut: set[str]) -> list[Head]:
        known = [head for head in await rows.heads(work, now - LATE) if _name(head.lane) in self.ways]
        return [head for head in known if not {head.lane, _name(head.lane)} & shut and not await self._moves(work, head, now)]

    async def _moves(self, work: Work, head: Head, now: datetime) -> bool:
        """Something of this lane was tried a short while ago, or its turn has not come: the destination asked for quiet."""
        limits = self.ways[_name(head.lane)].limits(head.lane.partition(":")[2], head.act)
        tried_at = await rows.last_try(work, limits[0])
        return (tried_at is not None and tried_at > now - LATE) or await buckets.wait(work, limits) > QUIET

    async def _clock(self, work: Work) -> Finding | None:
        before = self.clocks().wall
        theirs = await rows.clock(work)
        return hands.difference(before, theirs, self.clocks().wall) if theirs else None


def _name(door: str) -> str:
    return door.partition(":")[0]


def _named(names: Sequence[str]) -> dict[str, object]:
    return {"names": tuple(names[:FEW]), "more": max(0, len(names) - FEW)}


def _lanes(stalled: Sequence[Head]) -> Finding | None:
    names = sorted({head.lane for head in stalled})
    return Finding(LANES_STALLED, min(head.ready_at for head in stalled), tuple(names), _named(names)) if names else None


async def _steps(work: Work, now: datetime) -> Finding | None:
    """Any process sees them, whichever should have told: one that died alone is seen by the others."""
    late = await deadlines.peek(work, now - LATE, MANY, kinds=FIRED)
    facts = {"count": len(late), "more": len(late) == MANY}
    return Finding(STEPS_OVERDUE, min(one.due_at for one in late), facts=facts) if late else None
