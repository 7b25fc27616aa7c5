"""The one way out: claims what waits, most severe first, asks before it repeats, and writes down what the destination answered.

Every send passes `_send`; nothing is marked as sent before the destination's own id is in hand.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from handlers.errors import DoorClosed, Gone, Refused, SendError, TryLater, Unconfirmed
from handlers.ports import LEASE, Bucket, Place, Workspace
from handlers.renderer import Nothing, Renderer, Shown
from storage import buckets, cases, health, outbox
from storage.cases import Post
from storage.database import Store, Work
from storage.outbox import Claimed, Wish
from storage.types import SendState

log = structlog.get_logger()
POLL = timedelta(seconds=0.25)
CLOSED_RETRY = timedelta(seconds=30)
MOST_ATTEMPTS = 20
AFTER_FAILURE = 1.0  # seconds until a database that is away is asked again


@dataclass(frozen=True)
class Sender:
    """One dispatcher for all lanes of this process; any number of processes share the lanes through the database."""

    store: Store
    renderer: Renderer
    workspaces: Mapping[str, Workspace]
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; a send under way is finished first. A database that is away is waited for."""
        under_way: set[asyncio.Task[None]] = set()
        async with self.store.listening():
            while not stop.is_set():
                await self._round(under_way)
        if under_way:
            await asyncio.wait(under_way, timeout=LEASE.total_seconds() / 2)

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
                row = await outbox.claim(work, lane, act, self.owner, LEASE, limits)
                if row:
                    await work.commit()
            if row:
                yield row

    async def _open_lanes(self, work: Work) -> list[tuple[str, str, Sequence[Bucket]]]:
        """(lane, act, limits) of what waits for a workspace that we have and trust."""
        shut = await health.untrusted(work)
        waiting = [(lane, act, *lane.partition(":")[::2]) for lane, act in await outbox.lanes_waiting(work)]
        return [
            (lane, act, self.workspaces[name].limits(channel_id, act))
            for lane, act, name, channel_id in waiting
            if name in self.workspaces and name not in shut
        ]

    async def _pause(self) -> float:
        """Seconds until some lane may have a token again; the poll's length at most."""
        async with self.store.read() as work:
            waits = [await buckets.wait(work, limits) for _, _, limits in await self._open_lanes(work)]
        return min([POLL, *waits]).total_seconds() + 0.001

    async def _send(self, row: Claimed) -> None:
        """Where the outcome cannot be written down the lease ends, and the destination is asked."""
        try:
            await self._try(row)
        except Exception:
            log.exception("send_not_recorded", row=row.id, lane=row.lane)

    async def _try(self, row: Claimed) -> None:
        try:
            async with asyncio.timeout(LEASE.total_seconds() / 2):
                shown = await self.renderer.show(row)
                message_id = await self._deliver(row, shown)
        except Nothing:
            await self._finish(row, None, None)
        except TimeoutError:
            await self._failed(row, Unconfirmed("timeout"))
        except SendError as error:
            await self._failed(row, error)
        except Exception as error:
            log.exception("send_failed", row=row.id, kind=row.kind)
            await self._failed(row, Unconfirmed(type(error).__name__))
        else:
            await self._finish(row, shown, message_id)

    async def _deliver(self, row: Claimed, shown: Shown) -> str:
        """The message's id. A row that was tried before may have arrived: the destination is asked first, then shown the present."""
        door, place, message_id = self.workspaces[row.workspace], Place(row.channel_id, shown.thread_id), shown.message_id
        if message_id is None and row.attempt > 1:
            message_id = await door.find(place, row.token, row.first_tried_at)
        if message_id is not None:
            await door.update(place, message_id, shown.card, shown.language)
            return message_id
        if shown.only_replaces:
            raise Nothing
        return await door.post(place, shown.card, shown.language, row.token)

    async def _finish(self, row: Claimed, shown: Shown | None, message_id: str | None) -> None:
        async with self.store.begin() as work:
            new_card = row.kind == "card" and row.case_id and shown and not shown.message_id and message_id
            if new_card:
                await cases.lock(work, row.case_id or 0)  # whoever queues something for its thread now waits for this, or is seen
            kind = await outbox.finish(work, row, self.owner, message_id)
            if kind and new_card:
                await self._stands(work, row, str(message_id), moved=kind != "card")
            if shown:
                await health.report(work, row.workspace, health.WELL)
                await health.report(work, row.lane, health.WELL)
            await work.commit()

    async def _stands(self, work: Work, row: Claimed, message_id: str, *, moved: bool) -> None:
        """A case's first card arrived: what waited behind it may follow, unless the case has moved meanwhile."""
        case_id = row.case_id or 0
        await cases.add_post(work, case_id, Post(row.workspace, row.channel_id, message_id, current=not moved))
        if not moved:
            await outbox.release(work, case_id, row.workspace, row.lane)

    async def _failed(self, row: Claimed, error: SendError) -> None:
        log.warning("send_not_done", row=row.id, lane=row.lane, kind=row.kind, reason=error.reason, how=type(error).__name__)
        async with self.store.begin() as work:
            now = await work.now()
            match error:
                case TryLater():
                    await outbox.unclaim(work, row, self.owner, error.after, error.reason)
                    await buckets.pause(work, error.bucket or self._lane_bucket(row), now + error.after)
                case DoorClosed():
                    await outbox.unclaim(work, row, self.owner, CLOSED_RETRY, error.reason)
                    await buckets.pause(work, self._lane_bucket(row), now + CLOSED_RETRY)
                    await health.report(work, row.workspace if error.whole else row.lane, health.CLOSED, error.reason)
                case Gone():
                    await self._gone(work, row)
                case Refused():
                    await outbox.put_back(work, row, self.owner, SendState.FAILED_FOR_GOOD, error.reason)
                case _ if row.attempt >= MOST_ATTEMPTS:
                    await outbox.put_back(work, row, self.owner, SendState.UNCONFIRMED, error.reason)
                case _:
                    again = timedelta(seconds=min(60, 2 ** (row.attempt - 1)))
                    await outbox.put_back(work, row, self.owner, SendState.FAILED_FOR_NOW, error.reason, again)
                    await health.report(work, row.workspace, health.FAILING, error.reason)
            await work.commit()

    async def _gone(self, work: Work, row: Claimed) -> None:
        """Somebody deleted the message: a card is posted anew, what was for its thread waits behind it, a pointer is needed no more."""
        if row.kind == "pointer":
            await outbox.finish(work, row, self.owner, None)
            return
        if row.case_id and await cases.lock(work, row.case_id):
            await cases.forget_posts(work, row.case_id, row.workspace)
        if row.kind in ("card", "waiting"):
            await outbox.begin_anew(work, row, self.owner)
            return
        await outbox.put_back(work, row, self.owner, SendState.BEHIND, "gone")
        card = Wish(row.workspace, row.lane, "post", "card", row.severity, row.case_id, f"card:{row.workspace}:{row.case_id}")
        await outbox.put(work, [card])

    def _lane_bucket(self, row: Claimed) -> str:
        return self.workspaces[row.workspace].limits(row.channel_id, row.act)[0].name
