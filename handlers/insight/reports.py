"""What is taken out of a span of days: its cases one by one. Reading only, and never more than a few hundred cases in memory."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.customer_text import bare, plain
from handlers.errors import Told
from handlers.first_answers import FIRST_ANSWER
from handlers.insight.figures import Period
from handlers.keeping import DatabaseAway
from handlers.ports import CustomerText
from handlers.readiness import Found, Shape
from storage.database import Broken, Store, Work
from storage.insight import reporting
from storage.insight.reporting import Rows

AT_ONCE = 500  # cases
WORDS_MOST = 100  # messages of one case
LONG = 20_000  # characters of one message
SEVERITIES = ("low", "normal", "high", "critical")
DAY = timedelta(days=1)
Line = dict[str, Any]  # values of JSON


class EndsBefore(Told):
    """Facts: first, last."""

    template = "report.ends_before"


class NoDatabase(Told):
    """Facts: place."""

    template = "report.no_database"


class OldDatabase(Told):
    """Facts: place."""

    template = "report.old_database"


@dataclass(frozen=True)
class Span:
    """Whole days by the clock of a time zone, the last one included."""

    first: date
    last: date
    timezone: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise EndsBefore(first=str(self.first), last=str(self.last))

    @property
    def period(self) -> Period:
        return Period(self._begin(self.first), self._begin(self.last + DAY), self.timezone)

    def days(self) -> Iterator[Period]:
        """Of 23 or 25 hours where clocks are set."""
        day = self.first
        while day <= self.last:
            yield Period(self._begin(day), self._begin(day + DAY), self.timezone)
            day += DAY

    def _begin(self, day: date) -> datetime:
        """In UTC, in which moments can be subtracted from each other."""
        return datetime.combine(day, time(), ZoneInfo(self.timezone)).astimezone(UTC)


@dataclass(frozen=True)
class Reports:
    store: Store

    @classmethod
    def upon(cls, store: Store, found: Found) -> "Reports":
        """Nothing is made or migrated for a report: raises NoDatabase, OldDatabase, DatabaseAway."""
        match found.shape:
            case Shape.NEW:
                raise NoDatabase(place=found.place)
            case Shape.OLD:
                raise OldDatabase(place=found.place)
            case Shape.AWAY:
                raise DatabaseAway(reason=found.reason)
        return cls(store)

    async def cases(self, period: Period, *, words: bool = False) -> AsyncIterator[Line]:
        """The cases that began in the period, by number, each as it stands when its page is read.

        `words`: with what customers wrote, masked, and who they are on their network.
        """
        after = 0
        while True:
            async with self._reading() as work:
                rows = await reporting.page(work, period.since, period.until, after, AT_ONCE)
                beside = await _beside(work, [row["id"] for row in rows], words=words)
            for row in rows:
                yield _line(row, beside, words=words)
            if len(rows) < AT_ONCE:
                return
            after = rows[-1]["id"]

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Work]:
        """Raises DatabaseAway."""
        try:
            async with self.store.read() as work:
                yield work
        except Broken as error:
            raise DatabaseAway(reason=str(error.__cause__ or error).splitlines()[0]) from error


@dataclass(frozen=True)
class _Beside:
    """What stands in other tables, by case."""

    tags: Rows
    clocks: Rows
    replies: Rows
    words: Rows


async def _beside(work: Work, ids: Sequence[int], *, words: bool) -> _Beside:
    return _Beside(
        await reporting.tags_of(work, ids),
        await reporting.clocks_of(work, ids, FIRST_ANSWER),
        await reporting.replies_of(work, ids),
        await reporting.words_of(work, ids, WORDS_MOST) if words else {},
    )


def _line(row: Mapping[Any, Any], beside: _Beside, *, words: bool) -> Line:
    case = row["id"]
    line = {
        "case": case,
        **{name: row[name] for name in ("network", "language", "status", "crisis", "private", "owner", "ladder")},
        "severity": SEVERITIES[row["severity"]],
        "tags": [one["tag"] for one in beside.tags.get(case, ())],
        "mentions": row["mention_count"],
        **{name: _moment(row[name]) for name in ("opened_at", "acknowledged_at", "answered_at", "closed_at", "last_mention_at")},
        "first_answer": _first_answer(row, beside.clocks.get(case, ())),
        "replies": [_reply(one) for one in beside.replies.get(case, ())],
        "erased_at": _moment(row["erased_at"]),
    }
    return line | (_said(row, beside.words.get(case, ())) if words else {})


def _first_answer(row: Mapping[Any, Any], clocks: Sequence[Mapping[Any, Any]]) -> Line:
    """`in_time` is null while nobody has answered and the clock still runs, or when FLOW promises nothing."""
    due, answered = clocks[-1]["due_at"] if clocks else None, row["answered_at"]
    seconds = (answered - row["opened_at"]).total_seconds() if answered else None
    return {"seconds": seconds, "due_at": _moment(due), "in_time": answered <= due if due and answered else None}


def _reply(row: Mapping[Any, Any]) -> Line:
    at = {name: _moment(row[name]) for name in ("sent_at", "deleted_at")}
    return {name: row[name] for name in ("network", "language", "state", "url")} | at


def _said(row: Mapping[Any, Any], mentions: Sequence[Mapping[Any, Any]]) -> Line:
    """Of an erased case nothing is told, though its customer may still be known by another."""
    if row["erased_at"]:
        return {"customer": None, "said": []}
    customer = {"kind": row["kind"], "handle": bare(row["handle"]), "name": bare(row["name"])}
    return {"customer": customer, "said": [_mention(one) for one in mentions if one["text"]]}


def _mention(row: Mapping[Any, Any]) -> Line:
    at = {"at": _moment(row["posted_at"]), "deleted_at": _moment(row["deleted_at"])}
    return at | {"private": row["private"], "url": row["url"], "text": plain(CustomerText(row["text"]), LONG)}


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None
