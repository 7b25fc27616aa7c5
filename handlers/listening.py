"""Hears one network: asks from where it stopped, stores all of it, and only then moves on. Nothing is skipped, whatever ends in between.

One process at a time listens to a source, since some are paid for by the message. What pushes only makes it faster.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from handlers.answers.returned import Returned
from handlers.errors import DoorClosed, SendError, TryLater
from handlers.inbox import Inbox
from handlers.intake import Overloaded
from handlers.networks import Can, Heard, News, Source
from handlers.taking import Taking
from storage import health, listeners, mentions
from storage.database import Store, Work, is_passing

log = structlog.get_logger()
LEASE = timedelta(seconds=90)
ANSWERS_WITHIN = 60.0  # seconds, for one question to a source
OTHERS_TURN = timedelta(seconds=20)  # while another process listens
AGAIN = timedelta(seconds=5)  # after an error that says nothing of when
AGAIN_MOST = timedelta(seconds=60)
LOOKS_EVERY = timedelta(minutes=15)  # how often we ask what our token may do, and how long it lasts
LOOKS_AGAIN = timedelta(minutes=1)  # when that was not answered
ENDS_SOON = timedelta(days=7)
MISSING_SCOPE = "missing_scope"
NEEDED = {Can.HEAR, Can.HEAR_PRIVATE, Can.ANSWER, Can.ANSWER_PRIVATE}  # whoever lacks one of these leaves customers alone
UNSEEN = timedelta(minutes=5)  # of silence nobody was there to hear, before it counts as a gap
STIRRED_MOST = timedelta(seconds=1)  # what pushes makes us ask no oftener, however much it has to say
HUSHES_WITHIN = 1.0  # seconds for a stream to say goodbye
STOPS_WITHIN = 3.0  # seconds; a question still unanswered then is dropped: it is asked again from the same place


@dataclass
class Ear:
    """What one process remembers of one source while it listens."""

    source: Source
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    pushing: asyncio.Task[None] | None = None
    pushed_at: float = float("-inf")
    storing: asyncio.Lock = field(default_factory=asyncio.Lock)  # what is pushed waits for the page that is being read: it speaks of it
    failures: int = 0
    catching_up: bool = False
    looked_at: float = float("-inf")
    lacks: str = ""  # what our token may not do any more, or never could

    @property
    def door(self) -> str:
        return f"{self.source.name}:in"


@dataclass(frozen=True)
class Listening:
    store: Store
    inbox: Inbox
    returned: Returned
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def taking(self) -> Taking:
        return Taking(self.inbox, self.returned)

    async def listen(self, source: Source, stop: asyncio.Event) -> None:
        """Until told to stop. A database that is away is waited for."""
        ear = Ear(source)
        try:
            while not stop.is_set():
                pause = await self._turn(ear)
                await self._rest(ear, stop, pause)
        finally:
            await _hush(ear)
            with suppress(Exception):
                await self._let_go(source.name)

    async def _turn(self, ear: Ear) -> timedelta:
        """How long to wait before the next one."""
        ear.stirred.clear()
        try:
            if not await self._is_ours(ear):
                await _hush(ear)
                return OTHERS_TURN
            self._push(ear)
            more = await self._ask(ear)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task and task.cancelling():
                raise
            return await self._failed(ear, error)  # the vendor's library let one out that nobody asked for
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and tried again
            return await self._failed(ear, error)
        ear.failures = 0
        return timedelta() if more else ear.source.every

    async def _rest(self, ear: Ear, stop: asyncio.Event, pause: timedelta) -> None:
        """What pushes cuts it short, but not while we were told to wait. The lease is renewed: a long pause is no reason to hand over."""
        clock = asyncio.get_running_loop().time
        ends = clock() + pause.total_seconds()
        await _first_of([stop], min(pause, STIRRED_MOST).total_seconds())
        waits = [stop] if ear.failures or ear.pushing is None else [stop, ear.stirred]
        while not any(one.is_set() for one in waits) and (left := ends - clock()) > 0:
            await _first_of(waits, min(left, LEASE.total_seconds() / 3))
            if ear.pushing:
                with suppress(Exception):  # the database is away: the next turn tells
                    await self._is_ours(ear)

    async def _is_ours(self, ear: Ear) -> bool:
        async with self.store.begin() as work:
            ours = await listeners.hold(work, ear.source.name, self.owner, LEASE)
            await work.commit()
        return ours

    async def _ask(self, ear: Ear) -> bool:
        """Whether there is more."""
        async with ear.storing:
            async with self.store.read() as work:
                position = await mentions.cursor(work, ear.door)
            async with asyncio.timeout(ANSWERS_WITHIN):
                heard = await ear.source.since(position)
            new = await self.taking.take(ear.source.name, heard.news)
        moves = heard.cursor != position
        async with self.store.begin() as work:
            if not await listeners.hold(work, ear.source.name, self.owner, LEASE):
                return False  # it took so long that another process listens: that one moves on
            if moves:
                await mentions.move_cursor(work, ear.door, heard.cursor)
            ear.catching_up = await self._was_away(work, ear) or ear.catching_up
            await health.report(work, ear.door, health.WELL)
            if ear.catching_up:
                await health.came_late(work, ear.door, new)
                ear.catching_up = heard.more
            await self._thrift(work, ear, heard)
            await work.commit()
        await self._look(ear)
        return heard.more and moves  # who says "more" and stays where they are would be asked without end

    async def _was_away(self, work: Work, ear: Ear) -> bool:
        """Whether something may have come while nothing was heard. Where nobody was there to write the gap down, it is written now."""
        before = await health.of(work, ear.door)
        if before is None or before.state != health.WELL:
            return before is not None
        silence = await work.now() - before.last_success_at if before.last_success_at else timedelta()
        if silence <= max(UNSEEN, ear.source.every * 5):
            return False
        await health.missed(work, ear.door, before.last_success_at, "nobody_listened")
        return True

    async def _failed(self, ear: Ear, error: BaseException) -> timedelta:
        ear.failures += 1
        backoff: timedelta = min(AGAIN * 2 ** min(ear.failures - 1, 5), AGAIN_MOST)
        after = max(error.after, timedelta(seconds=1)) if isinstance(error, TryLater) else backoff
        expected = isinstance(error, (SendError, TimeoutError, Overloaded)) or is_passing(error)
        (log.warning if expected else log.error)(
            "not_heard",
            network=ear.source.name,
            reason=_reason(error),
            again_in=after.total_seconds(),
            exc_info=None if expected else error,
        )
        with suppress(Exception):  # the database is away: that is told by the watchdog
            async with self.store.begin() as work:
                if await listeners.hold(work, ear.source.name, self.owner, LEASE):
                    await self._was_away(work, ear)
                    state, before = health.CLOSED if isinstance(error, DoorClosed) else health.FAILING, await health.of(work, ear.door)
                    # an outage that gives a new reason each time is one: else it would never be old enough to tell
                    again = before is not None and before.state == state == health.FAILING
                    await health.report(work, ear.door, state, before.reason if before and again else _reason(error))
                    await work.commit()
        return after

    async def _look(self, ear: Ear) -> None:
        """What our token may do, and how long it lasts: an end that is near is an alarm in the workspaces, a week before.

        That it does not answer keeps nothing from being heard; that our token is dead is told, though we may hear without it.
        """
        clock = asyncio.get_running_loop().time()
        if clock - ear.looked_at < LOOKS_EVERY.total_seconds():
            return
        ear.looked_at = clock - (LOOKS_EVERY - LOOKS_AGAIN).total_seconds()
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                standing = await ear.source.standing()
        except DoorClosed as error:
            await self._token(ear, health.CLOSED, error.reason)
        except Exception as error:  # noqa: BLE001 - it is asked again
            log.warning("standing_unknown", network=ear.source.name, reason=_reason(error))
        else:
            ear.looked_at = clock
            ear.lacks = MISSING_SCOPE if NEEDED & set(standing.may_not) else ""
            ends = standing.expires_at is not None and standing.expires_at - await self._now() < ENDS_SOON
            await self._token(ear, health.FAILING if ends else health.WELL, "token_ends" if ends else None)

    async def _now(self) -> datetime:
        async with self.store.read() as work:
            return await work.now()

    async def _token(self, ear: Ear, state: str, reason: str | None) -> None:
        door = f"{ear.source.name}:token"
        async with self.store.begin() as work:
            if state != health.WELL or await health.of(work, door):
                await health.report(work, door, state, reason)
                await work.commit()

    async def _thrift(self, work: Work, ear: Ear, heard: Heard) -> None:
        """What it leaves out to save money, or may not hear or answer at all, is as loud as what is broken."""
        door, reason = f"{ear.source.name}:part", heard.left_out or ear.lacks
        if reason or await health.of(work, door):
            await health.report(work, door, health.FAILING if reason else health.WELL, reason or None)

    def _push(self, ear: Ear) -> None:
        """One that ends at once is begun anew no oftener than what fails is asked."""
        clock = asyncio.get_running_loop().time()
        if ear.pushing is None or (ear.pushing.done() and clock - ear.pushed_at >= AGAIN.total_seconds()):
            ear.pushed_at = clock
            ear.pushing = asyncio.create_task(self._pushed(ear))

    async def _pushed(self, ear: Ear) -> None:
        """Until it ends. Whatever ends it, asking goes on, and a later turn begins it anew."""
        try:
            async with _closing(ear.source.stirs()) as stirs:
                async for news in stirs:
                    if news is None:
                        ear.stirred.set()
                    else:
                        await self._insist(ear, news)
        except Exception as error:  # noqa: BLE001
            log.info("not_pushed", network=ear.source.name, reason=_reason(error))

    async def _insist(self, ear: Ear, news: News) -> None:
        """What is pushed may never be told again: a database that is away is waited for."""
        while True:
            try:
                async with ear.storing:
                    await self.taking.take(ear.source.name, [news])
            except Exception as error:  # noqa: BLE001 - only what passes is raised
                log.warning("pushed_not_stored", network=ear.source.name, reason=_reason(error))
                await asyncio.sleep(AGAIN.total_seconds())
            else:
                return

    async def _let_go(self, source: str) -> None:
        async with self.store.begin() as work:
            await listeners.let_go(work, source, self.owner)
            await work.commit()


def _reason(error: BaseException) -> str:
    if isinstance(error, SendError):
        return error.reason
    return "timeout" if isinstance(error, TimeoutError) else type(error).__name__


@asynccontextmanager
async def _closing(stirs: AsyncIterator[News | None]) -> AsyncIterator[AsyncIterator[News | None]]:
    """A stream that is left is closed now, not when somebody sweeps up."""
    if isinstance(stirs, AsyncGenerator):
        async with aclosing(stirs):
            yield stirs
    else:
        yield stirs


async def _hush(ear: Ear) -> None:
    if ear.pushing:
        ear.pushing.cancel()
        await asyncio.wait([ear.pushing], timeout=HUSHES_WITHIN)
        ear.pushing = None


async def _first_of(events: Sequence[asyncio.Event], seconds: float) -> None:
    waits = [asyncio.create_task(one.wait()) for one in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waits:
            one.cancel()


@asynccontextmanager
async def heard(listening: Listening, sources: Sequence[Source]) -> AsyncIterator[None]:
    """All of these, while the context is open."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(listening.listen(source, stop)) for source in sources]
    try:
        yield
    finally:
        stop.set()
        if tasks:
            _, asking = await asyncio.wait(tasks, timeout=STOPS_WITHIN)
            for one in asking:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
