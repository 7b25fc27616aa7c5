"""Hears one network: asks from where it stopped, stores all of it, and only then moves on. Nothing is skipped, whatever ends in between.

One process at a time listens to a source, since some are paid for by the message. What pushes only makes it faster.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from handlers.answers.returned import Returned
from handlers.errors import DoorClosed, SendError, TryLater
from handlers.inbox import Inbox
from handlers.intake import Overloaded
from handlers.networks import Bounced, Gone, Heard, News, Source, Standing, Unread
from handlers.ports import Mention
from storage import health, listeners, mentions
from storage.database import Store, Work, is_away

log = structlog.get_logger()
LEASE = timedelta(seconds=90)
ANSWERS_WITHIN = 60.0  # seconds, for one question to a source
OTHERS_TURN = timedelta(seconds=20)  # while another process listens
AGAIN = timedelta(seconds=5)  # after an error that says nothing of when
AGAIN_MOST = timedelta(seconds=60)
LOOKS_EVERY = timedelta(minutes=15)  # how often we ask what our token may do, and how long it lasts
ENDS_SOON = timedelta(days=7)
UNSEEN = timedelta(minutes=5)  # of silence nobody was there to hear, before it counts as a gap


@dataclass
class Ear:
    """What one process remembers of one source while it listens."""

    source: Source
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    pushing: asyncio.Task[None] | None = None
    failures: int = 0
    catching_up: bool = False
    looked_at: float = float("-inf")

    @property
    def door(self) -> str:
        return f"{self.source.name}:in"


@dataclass(frozen=True)
class Listening:
    store: Store
    inbox: Inbox
    returned: Returned
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    async def listen(self, source: Source, stop: asyncio.Event) -> None:
        """Until told to stop. A database that is away is waited for."""
        ear = Ear(source)
        try:
            while not stop.is_set():
                pause = await self._turn(ear)
                await _first_of(stop, ear.stirred, pause)
        finally:
            await _hush(ear)
            with suppress(Exception):
                await self._let_go()

    async def _turn(self, ear: Ear) -> timedelta:
        """How long to wait before the next one."""
        ear.stirred.clear()
        try:
            if not await self._is_ours(ear):
                await _hush(ear)
                return OTHERS_TURN
            self._push(ear)
            heard = await self._ask(ear)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and tried again
            return await self._failed(ear, error)
        ear.failures = 0
        return timedelta() if heard.more else ear.source.every

    async def _is_ours(self, ear: Ear) -> bool:
        async with self.store.begin() as work:
            ours = await listeners.hold(work, ear.source.name, self.owner, LEASE)
            before = await health.of(work, ear.door)
            if ours and before and ear.pushing is None:
                ear.catching_up = await self._is_behind(work, ear, before.state, before.last_success_at)
            await work.commit()
        return ours

    async def _is_behind(self, work: Work, ear: Ear, state: str, heard_at: datetime | None) -> bool:
        """Whether something may have come while nothing was heard. Where nobody was there to notice, the gap is noted now."""
        silence = await work.now() - heard_at if heard_at else timedelta()
        silent = heard_at is not None and silence > max(UNSEEN, ear.source.every * 5)
        if heard_at and silent and state == health.WELL:
            await health.missed(work, ear.door, heard_at, "nobody_listened")
        return silent or state != health.WELL

    async def _ask(self, ear: Ear) -> Heard:
        async with self.store.read() as work:
            position = await mentions.cursor(work, ear.door)
        async with asyncio.timeout(ANSWERS_WITHIN):
            heard = await ear.source.since(position)
        new = await self.take(ear.source.name, heard.news)
        async with self.store.begin() as work:
            if not await listeners.hold(work, ear.source.name, self.owner, LEASE):
                return heard  # it took so long that another process listens: that one moves on
            if heard.cursor != position:
                await mentions.move_cursor(work, ear.door, heard.cursor)
            await health.report(work, ear.door, health.WELL)
            if ear.catching_up:
                await health.came_late(work, ear.door, new)
                ear.catching_up = heard.more
            await self._thrift(work, ear, heard)
            await work.commit()
        await self._look(ear)
        return heard

    async def take(self, network: str, news: Sequence[News]) -> int:
        """Store all of it, in its order; how many messages were new to us. Raises what keeps it from being stored."""
        new = 0
        for kind, some in groupby(news, key=type):
            together = list(some)
            if kind is Mention:
                new += sum(await asyncio.gather(*(self._mention(one) for one in together if isinstance(one, Mention))))
            elif kind is Gone:
                await self.inbox.gone(network, [one.external_id for one in together if isinstance(one, Gone)])
            for one in together:
                if isinstance(one, Bounced):
                    await self.returned.take(network, one.external_id, one.reason)
                elif isinstance(one, Unread):
                    await self.inbox.set_aside(network, one.raw, one.because)
        return new

    async def _mention(self, mention: Mention) -> bool:
        """One that cannot be stored, for a reason of its own, is kept aside: it must not keep all that follow it from being heard."""
        try:
            return (await self.inbox.intake.put(mention)).new
        except Exception as error:
            if isinstance(error, Overloaded) or is_away(error):
                raise
            log.exception("mention_not_stored", network=mention.network)
            await self.inbox.set_aside(mention.network, mention.raw or mention.text, type(error).__name__)
            return False

    async def _failed(self, ear: Ear, error: Exception) -> timedelta:
        ear.failures += 1
        ear.catching_up = True
        backoff: timedelta = min(AGAIN * 2 ** min(ear.failures - 1, 5), AGAIN_MOST)
        after = max(error.after, timedelta(seconds=1)) if isinstance(error, TryLater) else backoff
        reason = error.reason if isinstance(error, SendError) else "timeout" if isinstance(error, TimeoutError) else type(error).__name__
        expected = isinstance(error, (SendError, TimeoutError, Overloaded)) or is_away(error)
        (log.warning if expected else log.exception)("not_heard", network=ear.source.name, reason=reason, again_in=after.total_seconds())
        await self._report(ear, health.CLOSED if isinstance(error, DoorClosed) else health.FAILING, reason)
        return after

    async def _report(self, ear: Ear, state: str, reason: str) -> None:
        with suppress(Exception):  # the database is away: that is told by the watchdog
            async with self.store.begin() as work:
                await health.report(work, ear.door, state, reason)
                await work.commit()

    async def _look(self, ear: Ear) -> None:
        """What our token may do, and how long it lasts: an end that is near is an alarm in the workspaces, a week before."""
        clock = asyncio.get_running_loop().time()
        if clock - ear.looked_at < LOOKS_EVERY.total_seconds():
            return
        ear.looked_at = clock
        async with asyncio.timeout(ANSWERS_WITHIN):
            standing = await ear.source.standing()
        await self._token(ear, standing)

    async def _token(self, ear: Ear, standing: Standing) -> None:
        async with self.store.begin() as work:
            ends = standing.expires_at is not None and standing.expires_at - await work.now() < ENDS_SOON
            door = f"{ear.source.name}:token"
            if ends or await health.of(work, door):
                await health.report(work, door, health.FAILING if ends else health.WELL, "token_ends" if ends else None)
                await work.commit()

    async def _thrift(self, work: Work, ear: Ear, heard: Heard) -> None:
        """What it leaves out to save money is as loud as what is broken."""
        door = f"{ear.source.name}:cost"
        if heard.left_out or await health.of(work, door):
            await health.report(work, door, health.FAILING if heard.left_out else health.WELL, heard.left_out or None)

    def _push(self, ear: Ear) -> None:
        if ear.pushing is None or ear.pushing.done():
            ear.pushing = asyncio.create_task(self._pushed(ear))

    async def _pushed(self, ear: Ear) -> None:
        """Until it ends. Whatever ends it, asking goes on, and the next turn begins it anew."""
        try:
            async for news in ear.source.stirs():
                if news is None:
                    ear.stirred.set()
                else:
                    await self.take(ear.source.name, [news])
        except Exception as error:  # noqa: BLE001
            reason = error.reason if isinstance(error, SendError) else type(error).__name__
            log.info("not_pushed", network=ear.source.name, reason=reason)

    async def _let_go(self) -> None:
        async with self.store.begin() as work:
            await listeners.let_go(work, self.owner)
            await work.commit()


async def _hush(ear: Ear) -> None:
    if ear.pushing:
        ear.pushing.cancel()
        await asyncio.wait([ear.pushing])
        ear.pushing = None


async def _first_of(stop: asyncio.Event, stirred: asyncio.Event, pause: timedelta) -> None:
    waits = [asyncio.create_task(one.wait()) for one in (stop, stirred)]
    try:
        await asyncio.wait(waits, timeout=pause.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
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
            await asyncio.wait(tasks)
