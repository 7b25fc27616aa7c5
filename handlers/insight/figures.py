"""What a digest tells: numbers, and few words of customers, as they stood when it was composed. Values only; kept as JSON with the digest.

Lengths of time are in seconds, shares run from 0 to 1, every moment is aware. `before` is the period of the same length just before.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from math import isinf
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import PlainSerializer, TypeAdapter

# JSON knows no infinity
_Edge = Annotated[float, PlainSerializer(lambda edge: "inf" if isinf(edge) else edge, when_used="json")]


@dataclass(frozen=True)
class Period:
    """From `since` to before `until`, both at a quarter of an hour; told in `timezone`."""

    since: datetime
    until: datetime
    timezone: str

    @property
    def before(self) -> "Period":
        return replace(self, since=self.since - (self.until - self.since), until=self.since)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class Tally:
    """How many of something, and how many before."""

    name: str
    n: int
    before: int = 0


@dataclass(frozen=True)
class Hour:
    """What came in during the hour that begins then; `tags` are of the cases that began in it."""

    at: datetime
    n: int
    tags: dict[str, int]


@dataclass(frozen=True)
class Mark:
    """Something that happened to the crisis, by its act in the timeline (hold_set …). `detail` is a code of it."""

    at: datetime
    what: str
    detail: str = ""


@dataclass(frozen=True)
class Arrivals:
    """What came in. Mentions by network, language, mood (calm, upset, angry) and hour; cases by tag and severity."""

    mentions: Tally
    cases: Tally
    networks: tuple[Tally, ...]
    languages: tuple[Tally, ...]
    moods: tuple[Tally, ...]
    tags: tuple[Tally, ...]
    severities: tuple[Tally, ...]
    hours: tuple[Hour, ...]
    marks: tuple[Mark, ...] = ()
    hours_before: tuple[int, ...] = ()  # mentions in each hour of the period before, from its first on; empty when it is not known


@dataclass(frozen=True)
class Asked:
    """What customers ask, in the words of one of them, masked; `others` are two more. `n` is how many of the period are estimated to.

    `answered`: an approved statement, or a confirmed fact, speaks of it. `fresh`: nobody asked it in the period before.
    """

    words: str
    language: str
    n: int
    share: float
    tag: str = ""
    others: tuple[str, ...] = ()
    answered: bool = True
    fresh: bool = False


@dataclass(frozen=True)
class Spread:
    """How long something took: of `n` that ended in the period, and how many of those that were due in it were in time."""

    n: int
    median: float | None
    p90: float | None
    due: int = 0
    in_time: int = 0
    bins: tuple[tuple[_Edge, int], ...] = ()  # (up to so many seconds, how many), for the picture; the last is infinite

    @property
    def share(self) -> float | None:
        return self.in_time / self.due if self.due else None


@dataclass(frozen=True)
class Breach:
    """A clock of FLOW that ran out: first_answer, resolution, or a step of a ladder by its number."""

    clock: str
    ladder: str
    step: int | None
    n: int


@dataclass(frozen=True)
class Times:
    first_answer: Spread
    acknowledgement: Spread
    resolution: Spread
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True)
class Approving:
    """`waiting` now, the rest in the period. `reasons` are what people wrote when they said no."""

    waiting: int
    oldest_wait: float | None
    n: int
    median: float | None
    rejected: int
    reasons: tuple[Tally, ...] = ()
    findings: tuple[Tally, ...] = ()  # canned, jargon …: checks that objected to what was put forward


@dataclass(frozen=True)
class Waiting:
    """How things stand at the end of the period."""

    open: int
    unowned: int
    oldest_wait: float | None
    oldest_case: int | None
    ladders: tuple[Tally, ...] = ()


@dataclass(frozen=True)
class Told:
    """A step of a ladder in the period: whom it called, who acknowledged."""

    ladder: str
    step: int
    called: int
    not_told: int
    acknowledged: tuple[Tally, ...] = ()  # by name


@dataclass(frozen=True)
class Promises:
    """What people promised customers (call-backs, grave matters, updates): kept and missed in the period, open now, overdue now."""

    kept: int
    missed: int
    open: int
    overdue: int


@dataclass(frozen=True)
class Clock:
    """A clock of the crisis itself: hold, authority, update, fact. `due_at` None for one that only counts up from `since`."""

    name: str
    since: datetime | None
    due_at: datetime | None
    met_at: datetime | None = None


@dataclass(frozen=True)
class Sent:
    """Answers that left in the period. `links` are (case, address) of the latest."""

    network: str
    n: int
    links: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Gap:
    """A door that did not let through. `reason` is its own code; `until` None while it lasts; `late` came once it was over."""

    door: str
    since: datetime
    until: datetime | None
    reason: str = ""
    late: int = 0


@dataclass(frozen=True)
class Figures:
    period: Period
    crisis: str  # its name, "" when none is open
    arrivals: Arrivals
    asked: tuple[Asked, ...]
    times: Times
    approving: Approving
    waiting: Waiting
    told: tuple[Told, ...]
    promises: Promises
    clocks: tuple[Clock, ...]
    sent: tuple[Sent, ...]
    gaps: tuple[Gap, ...]
    labels: dict[str, dict[str, str]] = field(default_factory=dict)  # of tags, by name and by language, as FLOW had them then
    ladder_labels: dict[str, dict[str, str]] = field(default_factory=dict)  # the same of the ladders that are named

    def counts_only(self) -> "Figures":
        """For places where people from outside read: how much came in and left, and how quickly. No word of anybody, no name, no link, and
        nothing of what goes on inside: what was decided, who was called, what did not work, which deadlines run.
        """
        return replace(
            self,
            crisis="",
            arrivals=replace(self.arrivals, marks=()),
            asked=(),
            times=replace(self.times, breaches=()),
            approving=replace(self.approving, reasons=(), findings=()),
            waiting=replace(self.waiting, oldest_case=None, ladders=()),
            told=(),
            clocks=(),
            sent=tuple(replace(one, links=()) for one in self.sent),
            gaps=(),
        )


@cache
def _adapter() -> TypeAdapter[Figures]:
    """Made when the first figures are kept: it takes a part of what a start may take."""
    return TypeAdapter(Figures)


def as_plain(figures: Figures) -> dict[str, object]:
    """Values of JSON only."""
    plain: dict[str, object] = _adapter().dump_python(figures, mode="json")
    return plain


def from_plain(plain: object) -> Figures:
    return _adapter().validate_python(plain)
