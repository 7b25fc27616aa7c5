"""What is taken out of a span of days: its figures, whole and day by day, and its cases one by one. Reading only."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows.flow import Flow
from handlers.errors import Told
from handlers.insight import table
from handlers.insight.composing import Composer
from handlers.insight.figures import Figures, Period
from handlers.insight.report_lines import Line, beside_of, line_of
from handlers.insight.voices import asked
from handlers.keeping import DatabaseAway
from handlers.readiness import Found, Shape
from storage.database import Broken, Store, Work
from storage.insight import reporting

AT_ONCE = 500  # cases
DAYS_MOST = 366  # of one page or table
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOW = {("approvals", "waiting"), ("promises", "open"), ("promises", "overdue")}  # measures of the present moment, whatever the period


class EndsBefore(Told):
    """Facts: first, last."""

    template = "report.ends_before"


class NoDatabase(Told):
    """Facts: place."""

    template = "report.no_database"


class OldDatabase(Told):
    """Facts: place."""

    template = "report.old_database"


class TooLong(Told):
    """Facts: days, most."""

    template = "report.too_long"


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
class Whole:
    """The figures of a span, and those of each of its days."""

    at: datetime
    figures: Figures
    days: tuple[Figures, ...]

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Lines of TABLE: first of the whole span, then of each day. What is true now and not of a period has no beginning."""
        for row in table.rows(self.figures):
            yield from self._row(self.figures.period, row)
        for one in self.figures.asked:
            yield from self._row(self.figures.period, ("asked", one.words, one.n, None, "mentions"))
        for day in self.days if len(self.days) > 1 else ():
            for row in table.rows(day):
                if row[0] != "hour" and not _is_of_now(row):
                    yield from self._row(day.period, row)

    def _row(self, period: Period, row: table.Row) -> Iterator[tuple[object, ...]]:
        section, name, value, before, unit = row
        if section == "period":
            return
        since, until = ("", self.at) if _is_of_now(row) else (_local(period, period.since), period.until)
        if section == "hour":
            since, until, name = name, datetime.fromisoformat(name) + HOUR, unit
        yield section, table.defused(name), since, _local(period, until), table.defused(value), table.defused(before), unit


TABLE = ("section", "name", "from", "to", "value", "before", "unit")


def _is_of_now(row: table.Row) -> bool:
    return row[0] in ("open", "ladder") or row[:2] in NOW


def _local(period: Period, at: datetime) -> str:
    return at.astimezone(period.zone).isoformat(timespec="minutes")


@dataclass(frozen=True)
class Reports:
    store: Store
    flow: Flow

    @classmethod
    def upon(cls, store: Store, found: Found, flow: Flow) -> "Reports":
        """Nothing is made or migrated for a report: raises NoDatabase, OldDatabase, DatabaseAway."""
        match found.shape:
            case Shape.NEW:
                raise NoDatabase(place=found.place)
            case Shape.OLD:
                raise OldDatabase(place=found.place)
            case Shape.AWAY:
                raise DatabaseAway(reason=found.reason)
        return cls(store, flow)

    async def whole(self, span: Span, *, words: bool = False) -> Whole:
        """`words`: with what customers ask, in the words of some of them, masked. Raises TooLong."""
        days = list(span.days())
        if len(days) > DAYS_MOST:
            raise TooLong(days=len(days), most=DAYS_MOST)
        composer = Composer(self.flow)
        async with self._reading() as work:
            at = await work.now()
            figures = await (replace(composer, asked=asked) if words else composer).compose(work, span.period)
        return Whole(at, figures, tuple([await self._day(composer, day) for day in days]) if len(days) > 1 else (figures,))

    async def _day(self, composer: Composer, day: Period) -> Figures:
        """In a look of its own, so that nothing is held up for a year of them."""
        async with self._reading() as work:
            return await composer.compose(work, day)

    @property
    def ladders(self) -> Mapping[str, Mapping[str, str]]:
        """Their names for people, by language."""
        return {ladder.name: ladder.label for ladder in self.flow.ladders}

    async def cases(self, period: Period, *, words: bool = False) -> AsyncIterator[Line]:
        """The cases that began in the period, by number, each as it stands when its page is read.

        `words`: with what customers wrote, masked, and who they are on their network.
        """
        after = 0
        while True:
            async with self._reading() as work:
                rows = await reporting.page(work, period.since, period.until, after, AT_ONCE)
                beside = await beside_of(work, [row["id"] for row in rows], words=words)
            for row in rows:
                yield line_of(row, beside, words=words)
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
