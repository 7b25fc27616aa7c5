"""What can be wrong with the house itself, and when that is worth a word: once, when it has stood for a while, and once when it is over."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

# of the database, without which nothing else can be found out
DATABASE_AWAY, DATABASE_OLD, DISK_FULL = "database_away", "database_old", "disk_full"
# of this process alone
TICKS_LATE, CLOCK_OFF, CLOCK_JUMPED, WAS_ASLEEP = "ticks_late", "clock_off", "clock_jumped", "was_asleep"
# of the house, seen by every process alike
TICKS_FAILING, LANES_STALLED, STEPS_OVERDUE, DOORS_CLOSED = "ticks_failing", "lanes_stalled", "steps_overdue", "doors_closed"

DATABASE = frozenset({DATABASE_AWAY, DATABASE_OLD, DISK_FULL})
IN_ROWS = frozenset({LANES_STALLED, STEPS_OVERDUE, DOORS_CLOSED, CLOCK_OFF})  # only who can read finds them
PASSING = frozenset({CLOCK_JUMPED, WAS_ASLEEP})  # they are over when they are seen
SHARED = frozenset({LANES_STALLED, STEPS_OVERDUE, DOORS_CLOSED})  # since when is in the rows, so each process says the same
CODES = (*sorted(DATABASE), TICKS_LATE, TICKS_FAILING, LANES_STALLED, STEPS_OVERDUE, DOORS_CLOSED, CLOCK_OFF, CLOCK_JUMPED, WAS_ASLEEP)

TOLD_AFTER = 3  # looks in a row that found it
OVER_AFTER = 6  # looks in a row that did not
AGAIN_AFTER = 600.0  # seconds: what comes and goes rings no oftener


@dataclass(frozen=True)
class Finding:
    """`subjects` are the ticks, lanes or doors that it is about; `facts` is what its own message needs besides."""

    code: str
    since: datetime
    subjects: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Announcement:
    """Something to be told: that it is so, or with `ended_at` that it is over."""

    finding: Finding
    ended_at: datetime | None = None


@dataclass
class _Standing:
    finding: Finding
    found: int = 0  # looks in a row
    missed: int = 0
    gone_at: datetime | None = None
    told: frozenset[str] | None = None  # the subjects that were told of; None when nobody knows of it
    rang_at: float = float("-inf")


@dataclass
class Ledger:
    """What was found, look by look, on the clock that nobody sets; `note` answers what is to be told now."""

    _standing: dict[str, _Standing] = field(default_factory=dict)

    def note(self, found: Sequence[Finding], at: float, now: datetime, unseen: Collection[str] = ()) -> list[Announcement]:
        """`unseen` are codes that this look could not judge: they neither go on nor end."""
        here = {finding.code: finding for finding in found}
        begun = [self._begun(finding, at) for finding in found]
        gone = set(self._standing) - set(here) - set(unseen)
        ended = [self._ended(self._standing[code], now) for code in sorted(gone)]
        return [one for one in (*begun, *ended) if one]

    def _begun(self, finding: Finding, at: float) -> Announcement | None:
        one = self._standing.setdefault(finding.code, _Standing(finding))
        known = one.told is not None or one.found
        one.finding = replace(finding, since=min(finding.since, one.finding.since)) if known else finding
        one.found, one.missed = one.found + 1, 0
        is_news = one.told is None or not one.told.issuperset(finding.subjects)
        if not is_news or at - one.rang_at < AGAIN_AFTER or (one.found < TOLD_AFTER and finding.code not in PASSING):
            return None
        one.told, one.rang_at = (one.told or frozenset()) | set(finding.subjects), at
        return Announcement(one.finding)

    def _ended(self, one: _Standing, now: datetime) -> Announcement | None:
        one.gone_at = now if one.found else one.gone_at
        one.found, one.missed = 0, one.missed + 1
        if one.told is None or (one.missed < OVER_AFTER and one.finding.code not in PASSING):
            return None
        one.told = None
        return None if one.finding.code in PASSING else Announcement(one.finding, one.gone_at or now)

    def recent(self, at: float) -> set[str]:
        """What has passed already and was told a short while ago."""
        return {code for code, one in self._standing.items() if code in PASSING and at - one.rang_at < AGAIN_AFTER}
