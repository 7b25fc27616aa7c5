"""What X tells us: mentions, private messages, quotes of ours and the crisis's own words, by asking; and what its stream pushes."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bot.networks.x import positions, questions, standing
from bot.networks.x.client import X
from bot.networks.x.costs import OVER_BUDGET, Forecast
from bot.networks.x.faults import FAILURES, is_barred, reading
from bot.networks.x.money import Meter
from bot.networks.x.positions import Position
from bot.networks.x.queries import quotes, searches
from bot.networks.x.questions import NAMED, PRIVATE, QUOTED, Page
from bot.networks.x.stream import Stream
from handlers.errors import DoorClosed, Refused, SendError, TryLater
from handlers.networks import FIRST_LOOK, Can, Heard, News, Standing
from handlers.ports import Mention

log = structlog.get_logger()

NEWS_MOST = 200
SLOWLY, BARRED = timedelta(minutes=5), timedelta(hours=1)
Ask = Callable[[Position, datetime], Awaitable[Page]]


@dataclass(frozen=True)
class Paces:
    """How often each kind is asked at most. X answers 300 questions about mentions in 15 minutes, 450 searches, 15 about messages."""

    every: timedelta = timedelta(seconds=30)
    searches: timedelta = timedelta(seconds=25)
    messages: timedelta = timedelta(seconds=65)


@dataclass
class XSource:
    """A `Source`. `thrift` says what is saved on: "", search_stopped, over_budget.

    From nine tenths of the ceiling nothing is searched or streamed any more. Reading who named us and who wrote in private, and answering
    them, never stops: whoever waits for an answer did not choose our budget. Above the ceiling it is asked every five minutes.
    """

    x: X = field(repr=False)
    meter: Meter = field(repr=False)
    words: Sequence[str] = ()
    paces: Paces = Paces()
    thrift: str = ""
    name: str = "x"
    _quiet: dict[str, float] = field(default_factory=dict, repr=False)  # kind → when it may be asked again
    _barred: set[str] = field(default_factory=set, repr=False)
    _stream: Stream | None = field(default=None, repr=False)

    @property
    def every(self) -> timedelta:
        return SLOWLY if self.thrift == OVER_BUDGET else self.paces.every

    async def forecast(self, now: datetime) -> Forecast:
        return await self.meter.forecast(now)

    async def since(self, cursor: str | None) -> Heard:
        self.x.check()
        now = datetime.now(UTC)
        await self._save()
        kinds = await self._kinds()
        begun = positions.read(cursor)
        at = {kind: begun.get(kind) or questions.begin(now, FIRST_LOOK) for kind in kinds} | self._kept(begun, kinds)
        news: list[News] = []
        left, failed = False, None
        for kind in _in_order(kinds, at):
            if at[kind].rests(self._pace(kind), now) or self._is_quiet(kind):
                continue
            if len(news) > NEWS_MOST - questions.PAGE:
                left = True
                continue
            try:
                page = await self._asked(kind, kinds[kind], at[kind], now)
            except SendError as error:
                failed = failed or error
                if isinstance(error, DoorClosed):
                    break
                continue
            if page is not None:
                at[kind] = page.position
                left = left or page.position.pages_left
                news += page.news
        if failed and not news:
            raise failed
        more = left or failed is not None  # what failed is asked again, and then says so
        return Heard(_once(news), positions.written(at), more=more, left_out=self.thrift)

    async def _save(self) -> None:
        thrift = await self.meter.thrift()
        if thrift != self.thrift:
            log.warning("x_saves" if thrift else "x_saves_no_more", thrift=thrift)
        self.thrift = thrift

    async def stirs(self) -> AsyncIterator[News | None]:
        self._stream = self._stream or Stream(self.x, self.meter, self.words, self._handle)
        async with aclosing(self._stream.stirs()) as stirring:
            async for news in stirring:
                yield news

    async def standing(self) -> Standing:
        found = await standing.ask(self.x, self.meter)
        barred = {Can.HEAR_PRIVATE} if PRIVATE in self._barred else set()
        barred |= {Can.SEARCH} if self._barred - {PRIVATE} else set()
        return standing.without(found, barred)

    async def _kinds(self) -> dict[str, Ask]:
        """What is asked now, mentions first."""
        x = self.x
        found: dict[str, Ask] = {
            NAMED: lambda at, now: questions.named(x, at, now),
            PRIVATE: lambda at, now: questions.private(x, at, now),
        }
        if self.thrift:
            return found
        found[QUOTED] = self._quoted
        for query in searches(self.words, x.account):
            found[questions.searched(query)] = lambda at, now, query=query: questions.searching(x, query, at, now)  # type: ignore[misc]
        return found

    async def _quoted(self, at: Position, now: datetime) -> Page:
        return await questions.searching(self.x, quotes(await self._handle(), self.x.account), at, now)

    async def _handle(self) -> str:
        return await standing.handle(self.x, self.meter)

    async def _asked(self, kind: str, ask: Ask, at: Position, now: datetime) -> Page | None:
        """None where X will not have this kind asked for a while; the others go on."""
        try:
            page = await ask(at, now)
        except FAILURES as error:
            if kind != NAMED and self._is_put_off(kind, error):
                return None
            raise reading(error) from None
        self._barred.discard(kind)
        await self.meter.reads(page.what, page.paid, page.each)
        return page

    def _is_put_off(self, kind: str, error: Exception) -> bool:
        """What X will not tell us at all, or not now, keeps nothing else from being heard; `standing` tells of the former."""
        refused = reading(error)
        if is_barred(error) or isinstance(refused, Refused):
            log.warning("x_will_not_tell", kind=kind, reason=refused.reason)
            self._barred.add(kind)
            self._quiet[kind] = time.monotonic() + BARRED.total_seconds()
            return True
        if isinstance(refused, TryLater) and getattr(error, "status", 0) == 429:
            self._quiet[kind] = time.monotonic() + refused.after.total_seconds()
            return True
        return False

    def _pace(self, kind: str) -> timedelta:
        if kind == NAMED:
            return timedelta()
        pace = self.paces.messages if kind == PRIVATE else self.paces.searches
        return max(pace, SLOWLY) if self.thrift == OVER_BUDGET else pace

    def _is_quiet(self, kind: str) -> bool:
        return self._quiet.get(kind, 0) > time.monotonic()

    def _kept(self, begun: dict[str, Position], kinds: dict[str, Ask]) -> dict[str, Position]:
        """While we save, what is searched for keeps its place, and is caught up with once we may again."""
        known = {QUOTED, *(questions.searched(query) for query in searches(self.words, self.x.account))}
        return {kind: one for kind, one in begun.items() if kind in known and kind not in kinds}


def _in_order(kinds: dict[str, Ask], at: dict[str, Position]) -> list[str]:
    """Mentions first, then whoever has waited longest."""
    return sorted(kinds, key=lambda kind: (kind != NAMED, at[kind].asked_at))


def _once(news: list[News]) -> list[News]:
    """The oldest first; what several questions brought is told once. What cannot be read comes first: nobody knows from when it is."""
    told: dict[str, News] = {}
    for one in news:
        key = f"{one.external_id} {one.event} {one.context}" if isinstance(one, Mention) else str(id(one))
        told.setdefault(key, one)
    return sorted(told.values(), key=lambda one: one.posted_at.timestamp() if isinstance(one, Mention) else 0)
