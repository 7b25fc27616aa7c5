"""The one way out: claims what waits, most severe first, hands it to its destination's way, and writes down what was answered.

Every send passes `_send`; nothing is marked as sent before the destination's own id is in hand.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from structlog.contextvars import bound_contextvars

from handlers.errors import CannotAsk, DoorClosed, Refused, SendError, TryLater, Unconfirmed
from handlers.ports import LEASE, Bucket
from handlers.tally import Tally, timed
from handlers.ways import Nothing, Sent, Stopped, Way
from storage import buckets, health, outbox
from storage.database import Store, Work
from storage.outbox import Claimed
from storage.types import SendState

log = structlog.get_logger()
POLL = timedelta(seconds=0.25)
CLOSED_RETRY = timedelta(seconds=30)
MOST_ATTEMPTS = 20
AFTER_FAILURE = 1.0  # seconds until a database that is away is asked again
_OUTCOMES: Mapping[type[SendError], str] = {
    TryLater: "later",
    DoorClosed: "closed",
    Refused: "refused",
    Unconfirmed: "unconfirmed",
    CannotAsk: "unconfirmed",
}


@dataclass(frozen=True)
class Sender:
    """One dispatcher for all lanes of this process; any number of processes share the lanes through the database."""

    store: Store
    ways: Mapping[str, Way]  # by the name of a workspace or network
    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    lease: timedelta = LEASE
    tally: Tally = field(default_factory=Tally)  # by destination and outcome

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; a send under way is finished first. A database that is away is waited for."""
        under_way: set[asyncio.Task[None]] = set()
        async with self.store.listening():
            while not stop.is_set():
                await self._round(under_way)
        if under_way:
            await asyncio.wait(under_way, timeout=self.lease.total_seconds() / 2)

    async def _round(self, under_way: set[asyncio.Task[None]]) -> None:
        """Claim what may leave; when nothing may, wait until something could."""
        self.store.wake.clear()
        try:
            seconds = 0.0 if await self._dispatch(under_way) else await self._pause()
        except Exception:
            log.exception("sender_round_failed")
            await asyncio.sleep(AFTER_FAILURE)
            return
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.store.wake.wait(), seconds)

    async def drain(self) -> int:
        """Send whatever may leave at this moment; how many rows were tried. For tests and for the end of a process."""
        tried = 0
        while rows := [row async for row in self._claims()]:
            await asyncio.gather(*(self._send(row) for row in rows))
            tried += len(rows)
        return tried

    async def _dispatch(self, under_way: set[asyncio.Task[None]]) -> bool:
        busy = False
        async for row in self._claims():
            busy = True
            task = asyncio.create_task(self._send(row))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        return busy

    async def _claims(self) -> AsyncIterator[Claimed]:
        """At most one row of each lane that has something waiting and a token to spend."""
        async with self.store.read() as work:
            lanes = await self._open_lanes(work)
        for lane, act, limits in lanes:
            async with self.store.begin() as work:
                row = await outbox.claim(work, lane, act, self.owner, self.lease, limits)
                if row:
                    await work.commit()
            if row:
                yield row

    async def _open_lanes(self, work: Work) -> list[tuple[str, str, Sequence[Bucket]]]:
        """(lane, act, limits) of what waits for a destination that we have and trust."""
        shut = await health.untrusted(work)
        waiting = [(lane, act, *lane.partition(":")[::2]) for lane, act in await outbox.lanes_waiting(work)]
        return [
            (lane, act, self.ways[name].limits(channel_id, act))
            for lane, act, name, channel_id in waiting
            if name in self.ways and name not in shut
        ]

    async def _pause(self) -> float:
        """Seconds until some lane may have a token again; the poll's length at most."""
        async with self.store.read() as work:
            waits = [await buckets.wait(work, limits) for _, _, limits in await self._open_lanes(work)]
        return min([POLL, *waits]).total_seconds() + 0.001

    async def _send(self, row: Claimed) -> None:
        """Everything that is logged meanwhile carries the row's number and its case's."""
        case = {"case": row.case_id} if row.case_id else {}
        with bound_contextvars(row=row.id, **case):
            with timed() as taken:
                outcome = await self._tried(row)
            if outcome == "sent":
                log.info("sent", lane=row.lane, kind=row.kind, attempt=row.attempt, ms=round(taken[0] * 1000))
        self.tally.note(taken[0], row.workspace, outcome)

    async def _tried(self, row: Claimed) -> str:
        """Where the outcome cannot be written down the lease ends, and the destination is asked."""
        try:
            return await self._try(row)
        except Exception:
            log.exception("send_not_recorded", lane=row.lane)
            return "not_recorded"

    async def _try(self, row: Claimed) -> str:
        try:
            async with asyncio.timeout(self.lease.total_seconds() / 2):
                sent = await self.ways[row.workspace].send(row)
        except Nothing:
            await self._finish(row, None)
            return "pointless"
        except Stopped as stopped:
            await self._give_up(row, SendState.STOPPED, stopped.reason)
            return "stopped"
        except TimeoutError:
            return await self._failed(row, Unconfirmed("timeout"))
        except SendError as error:
            return await self._failed(row, error)
        except Exception as error:
            log.exception("send_failed", kind=row.kind)
            return await self._failed(row, Unconfirmed(type(error).__name__))
        await self._finish(row, sent)
        return "sent"

    async def _finish(self, row: Claimed, sent: Sent | None) -> None:
        way = self.ways[row.workspace]
        async with self.store.begin() as work:
            if sent:
                await way.finishing(work, row, sent)
            kind = await outbox.finish(work, row, self.owner, sent.external_id if sent else None)
            if sent:
                await way.sent(work, row, sent, kind)
                await health.report(work, row.workspace, health.WELL)
                await health.report(work, row.lane, health.WELL)
            await work.commit()

    async def _give_up(self, row: Claimed, state: SendState, reason: str) -> None:
        async with self.store.begin() as work:
            await self.ways[row.workspace].finishing(work, row, None)
            if await outbox.put_back(work, row, self.owner, state, reason):
                await self.ways[row.workspace].given_up(work, row, state, reason)
            await work.commit()

    async def _failed(self, row: Claimed, error: SendError) -> str:
        """Its kind, as it is counted."""
        log.warning("send_not_done", lane=row.lane, kind=row.kind, reason=error.reason, how=type(error).__name__)
        if isinstance(error, Refused):
            await self._give_up(row, SendState.FAILED_FOR_GOOD, error.reason)
        elif isinstance(error, CannotAsk) or (isinstance(error, Unconfirmed) and row.attempt >= MOST_ATTEMPTS):
            await self._give_up(row, SendState.UNCONFIRMED, error.reason)
        else:
            await self._not_now(row, error)
        return _OUTCOMES.get(type(error), "failed")

    async def _not_now(self, row: Claimed, error: SendError) -> None:
        async with self.store.begin() as work:
            now = await work.now()
            if await self.ways[row.workspace].instead(work, row, self.owner, error):
                await work.commit()
                return
            match error:
                case TryLater():
                    await outbox.unclaim(work, row, self.owner, error.after, error.reason)
                    await buckets.pause(work, error.bucket or self._lane_bucket(row), now + error.after)
                case DoorClosed():
                    await outbox.unclaim(work, row, self.owner, CLOSED_RETRY, error.reason)
                    await buckets.pause(work, self._lane_bucket(row), now + CLOSED_RETRY)
                    await health.report(work, row.workspace if error.whole else row.lane, health.CLOSED, error.reason)
                case _:
                    again = min(self.lease, self.lease / 60 * 2 ** (row.attempt - 1))  # a second, two, four … a minute
                    await outbox.put_back(work, row, self.owner, SendState.FAILED_FOR_NOW, error.reason, again)
                    await health.report(work, row.workspace, health.FAILING, error.reason)
            await work.commit()

    def _lane_bucket(self, row: Claimed) -> str:
        return self.ways[row.workspace].limits(row.channel_id, row.act)[0].name
