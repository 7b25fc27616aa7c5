"""What a drill brought to light: who would be told when, of how much, and where cases would stay unanswered."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flows.flow import Flow
from flows.severity import Severity
from flows.working import uncovered
from handlers.escalation.bells import CONSOLE, DIRECT, EMAIL, THREAD, WEBHOOK
from handlers.escalation.course import ladder_of
from handlers.escalation.roster import is_at_work, rhythm_of
from handlers.pictures import timeline_picture as drawn
from handlers.ports import Label
from handlers.proof.drill import Plan, Stage
from handlers.proof.imagined import WORKSPACES
from storage import played
from storage.people import Person
from storage.played import Rung, Silence

MINUTE = timedelta(minutes=1)
ROWS = 40  # as many as somebody reads
SLOTS = tuple(timedelta(minutes=span) for span in (1, 5, 15, 30, 60, 120, 240, 480, 1440))
PIECES = 200  # of a picture's time: finer than that nobody sees
APART = 0.06  # of a picture's time: what is nearer stands in one dot, where a case counts once
BEFORE = 0.025  # of it stands empty, so that what comes at once is seen


@dataclass
class Telling:
    """All that one person was told within one stretch of time; `times` counts the minutes in which something reached them."""

    at: datetime
    person: str
    cases: set[int] = field(default_factory=set)
    ways: dict[str, None] = field(default_factory=dict)
    ladders: Counter[str] = field(default_factory=Counter)
    severity: int = 0
    minutes: set[int] = field(default_factory=set)
    awake: bool = True
    timezone: str = "UTC"

    def add(self, rung: Rung) -> None:
        if rung.case_id not in self.cases:
            self.ladders[rung.ladder] += 1
        self.cases.add(rung.case_id)
        self.ways[way_of(rung)] = None
        self.severity = max(self.severity, rung.severity)
        self.minutes.add(int(rung.at.timestamp()) // 60)

    @property
    def times(self) -> int:
        return len(self.minutes)


@dataclass(frozen=True)
class Unanswered:
    """Cases of one ladder (None: of no ladder) that nobody has at the end; `late`: so many are past the time for a first answer."""

    ladder: Label | None
    cases: int
    severity: int
    since: datetime
    late: int


@dataclass(frozen=True)
class Outcome:
    tellings: Sequence[Telling]  # coarse enough to be read
    unanswered: Sequence[Unanswered]
    still_climbing: int
    cases: int
    told: int  # times that somebody was
    picture: drawn.Drill
    labels: Mapping[str, Label]


def way_of(rung: Rung) -> str:
    """As FLOW calls it."""
    if rung.thread:
        return THREAD
    if rung.way in WORKSPACES:
        return DIRECT
    return rung.way if rung.way in (EMAIL, CONSOLE) else WEBHOOK


def severity_word(severity: int) -> str:
    return Severity(severity).word


async def outcome(stage: Stage, plan: Plan, title: str, zone: ZoneInfo) -> Outcome:
    async with stage.store.read() as work:
        fine = [one async for one in _tellings(played.rung(work), plan.begin, MINUTE, stage.team)]
        dots = [one async for one in _dots(played.rung(work), plan.length * APART)]
        slot = _slot(fine, plan.begin)
        coarse = fine if slot == MINUTE else [one async for one in _tellings(played.rung(work), plan.begin, slot, stage.team)]
        standing = _Standing(plan)
        async for silence in played.silent(work):
            standing.add(silence)
        arrivals = Counter([_piece(at, plan) async for at in played.arrivals(work)])
        climbing = await played.climbing(work)
    labels = {ladder.name: Label(ladder.label) for ladder in stage.flow.ladders}
    picture = drawn.Drill(
        title,
        (span := drawn.Span(plan.begin - plan.length * BEFORE, plan.end)),
        zone,
        tuple(_row(person, span) for person in stage.team),
        tuple(dots),
        tuple(standing.drawn()),
        tuple(drawn.Arrival(plan.begin + piece * _length(plan), count) for piece, count in sorted(arrivals.items())),
    )
    unanswered = tuple(standing.by_ladder(stage.flow))
    return Outcome(coarse, unanswered, climbing, sum(arrivals.values()), sum(dot.times for dot in dots), picture, labels)


async def _tellings(rungs: AsyncIterator[Rung], begin: datetime, slot: timedelta, team: Iterable[Person]) -> AsyncIterator[Telling]:
    """In order of time and name; no more is held at once than one stretch of time has."""
    known = {person.name: person for person in team}
    open_, number = dict[str, Telling](), -1
    async for rung in rungs:
        if (rung.at - begin) // slot != number:
            for telling in open_.values():
                yield telling
            open_, number = {}, (rung.at - begin) // slot
        if rung.person not in open_:
            person = known[rung.person]
            open_[rung.person] = Telling(rung.at, rung.person, awake=is_at_work(person, rung.at), timezone=person.timezone)
        open_[rung.person].add(rung)
    for telling in open_.values():
        yield telling


async def _dots(rungs: AsyncIterator[Rung], apart: timedelta) -> AsyncIterator[drawn.Telling]:
    """For each person, the first moment and all that follows it closely; no more is held at once."""
    open_: dict[str, Telling] = {}
    async for rung in rungs:
        dot = open_.get(rung.person)
        if dot is None or rung.at - dot.at >= apart:
            if dot:
                yield _dot(dot)
            dot = open_[rung.person] = Telling(rung.at, rung.person)
        dot.add(rung)
    for dot in open_.values():
        yield _dot(dot)


def _dot(one: Telling) -> drawn.Telling:
    ways = tuple(way for way in one.ways if way != CONSOLE)
    return drawn.Telling(one.at, one.person, len(one.cases), severity_word(one.severity), ways, one.times)


def _slot(fine: Sequence[Telling], begin: datetime) -> timedelta:
    """The shortest stretch with which all of it can be read."""
    for slot in SLOTS:
        if len({(one.person, (one.at - begin) // slot) for one in fine}) <= ROWS:
            return slot
    return SLOTS[-1]


def _length(plan: Plan) -> timedelta:
    return plan.length / PIECES


def _piece(at: datetime, plan: Plan) -> int:
    return min(PIECES - 1, max(0, (at - plan.begin) // _length(plan)))


def _row(person: Person, span: drawn.Span) -> drawn.Row:
    """What is not uncovered, is worked."""
    gaps = uncovered([rhythm_of(person)], span.begin, span.end)
    edges = [span.begin, *(moment for gap in gaps for moment in gap), span.end]
    spans = zip(edges[::2], edges[1::2], strict=True)
    return drawn.Row(person.name, tuple(drawn.Span(begin, end) for begin, end in spans if begin < end))


@dataclass
class _Standing:
    """Counts of cases that nobody had, by ladder and by piece of time."""

    plan: Plan
    cases: Counter[str | None] = field(default_factory=Counter)
    late: Counter[str | None] = field(default_factory=Counter)
    severity: dict[str | None, int] = field(default_factory=dict)
    since: dict[str | None, datetime] = field(default_factory=dict)
    pieces: Counter[tuple[int, int, bool]] = field(default_factory=Counter)

    def add(self, one: Silence) -> None:
        end = self.plan.end
        until = min(one.until or end, end)
        turns_late = min(max(one.since, one.due_at or until), until)
        self._draw(one.since, turns_late, late=False)
        self._draw(turns_late, until, late=True)
        if one.until is None or one.until > end:
            self.cases[one.ladder] += 1
            self.late[one.ladder] += one.due_at is not None and one.due_at <= end
            self.severity[one.ladder] = max(one.severity, self.severity.get(one.ladder, 0))
            self.since[one.ladder] = min(one.since, self.since.get(one.ladder, one.since))

    def _draw(self, begin: datetime, until: datetime, *, late: bool) -> None:
        if begin < until:
            first = _piece(begin, self.plan)
            last = PIECES if until >= self.plan.end else max(first + 1, _piece(until, self.plan))
            self.pieces[first, last, late] += 1

    def drawn(self) -> Iterator[drawn.Unanswered]:
        length = _length(self.plan)
        for (first, last, late), count in sorted(self.pieces.items()):
            yield drawn.Unanswered(drawn.Span(self.plan.begin + first * length, self.plan.begin + last * length), count, late)

    def by_ladder(self, flow: Flow) -> Iterator[Unanswered]:
        """The gravest first."""
        for name, count in sorted(self.cases.items(), key=lambda one: (-self.severity[one[0]], self.since[one[0]], one[0] or "")):
            ladder = ladder_of(flow, name)
            label = Label(ladder.label) if ladder else None
            yield Unanswered(label, count, self.severity[name], self.since[name], self.late[name])
