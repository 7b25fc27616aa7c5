"""A drill as a picture shows it: when each colleague would be told of how much, and where cases would stay unanswered. Pure values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SEVERITIES = ("low", "normal", "high", "critical")


def _in_utc(value: object, **moments: datetime) -> None:
    """Two moments of one zone are subtracted by the clock on the wall, which is an hour wrong when clocks change between them."""
    for name, moment in moments.items():
        object.__setattr__(value, name, moment.astimezone(UTC))


@dataclass(frozen=True)
class Span:
    """From `begin` until before `end`."""

    begin: datetime
    end: datetime

    def __post_init__(self) -> None:
        _in_utc(self, begin=self.begin, end=self.end)


@dataclass(frozen=True)
class Row:
    """A colleague; `at_work` are their working hours within the drill, a whole-day span for those who always are."""

    name: str
    at_work: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Telling:
    """At this moment this person would be told of so many cases, the gravest of which has this severity, in these ways.

    `times` is more than one where what follows closely is gathered in it.
    """

    at: datetime
    person: str
    cases: int = 1
    severity: str = "normal"
    ways: tuple[str, ...] = ()
    times: int = 1

    def __post_init__(self) -> None:
        _in_utc(self, at=self.at)


@dataclass(frozen=True)
class Unanswered:
    """For this long so many cases had told everybody in vain. `late`: and were past their first answer's deadline as well."""

    span: Span
    cases: int
    late: bool = False


@dataclass(frozen=True)
class Arrival:
    """So many cases opened at this moment."""

    at: datetime
    cases: int

    def __post_init__(self) -> None:
        _in_utc(self, at=self.at)


@dataclass(frozen=True)
class Drill:
    """`title` names what was played. Times are shown by the clock of `zone`; rows stand in their order."""

    title: str
    span: Span
    zone: ZoneInfo
    people: tuple[Row, ...]
    tellings: tuple[Telling, ...]
    unanswered: tuple[Unanswered, ...] = ()
    arrivals: tuple[Arrival, ...] = ()

    @property
    def cases(self) -> int:
        return sum(arrival.cases for arrival in self.arrivals)

    @property
    def unanswered_most(self) -> int:
        """The most that stood unanswered at one time."""
        moments = sorted({one.span.begin for one in self.unanswered})
        return max((self._waiting(at) for at in moments), default=0)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The people, and whoever else was told."""
        named = {row.name for row in self.people}
        others = dict.fromkeys(one.person for one in self.tellings if one.person not in named)
        return (*self.people, *(Row(name) for name in others))

    def _waiting(self, at: datetime) -> int:
        return sum(one.cases for one in self.unanswered if one.span.begin <= at < one.span.end)

    def told(self, person: str) -> tuple[Telling, ...]:
        return tuple(one for one in self.tellings if one.person == person)


def gravest_of(severities: Iterable[str]) -> str:
    return max(severities, key=SEVERITIES.index, default="low")
