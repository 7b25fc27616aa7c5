"""The one way out: claims what waits, most severe first, asks before it repeats, and writes down what the destination answered.

Every send passes `_send`; nothing is marked as sent before the destination's own id is in hand.
"""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from handlers.errors import DoorClosed, Refused, SendError, TryLater, Unconfirmed
from handlers.ports import LEASE, Place, Workspace
from handlers.renderer import Nothing, Renderer, Shown
from storage import buckets, cases, health, outbox
from storage.cases import Post
from storage.database import Store
from storage.outbox import Claimed
from storage.types import SendState

log = structlog.get_logger()
POLL = timedelta(seconds=0.25)
CLOSED_RETRY = timedelta(seconds=30)
MOST_ATTEMPTS = 20


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
        while not stop.is_set():
            self.store.wake.clear()
            busy = False
            try:
                busy = await self._dispatch(under_way)
            except Exception:
                log.exception("sender_round_failed")
                await asyncio.sleep(1)
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.store.wake.wait(), await self._pause())
        if under_way:
            await asyncio.wait(under_way, timeout=LEASE.total_seconds() / 2)

    async def drain(self) -> int:
        """Send whatever may leave at this moment; how many rows were tried. For tests and for the end of a process."""
        tried = 0
        while rows := await self._claim_round():
            await asyncio.gather(*(self._send(row) for row in rows))
            tried += len(rows)
        return tried

    async def _dispatch(self, under_way: set[asyncio.Task[None]]) -> bool:
        rows = await self._claim_round()
        for row in rows:
            task = asyncio.create_task(self._send(row))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        return bool(rows)

    async def _claim_round(self) -> list[Claimed]:
        """At most one row of each lane that has something waiting and a token to spend."""
        async with self.store.read() as work:
            lanes = await outbox.lanes_waiting(work)
            shut = await health.untrusted(work)
        claimed = []
        for lane, act in lanes:
            workspace, _, channel_id = lane.partition(":")
            door = self.workspaces.get(workspace)
            if door is None or workspace in shut:
                continue
            async with self.store.begin() as work:
                row = await outbox.claim(work, lane, act, self.owner, LEASE, door.limits(channel_id, act))
                if row:
                    await work.commit()
                    claimed.append(row)
        return claimed

    async def _pause(self) -> float:
        """Seconds until some lane may have a token again; the poll's length at most."""
        async with self.store.read() as work:
            waits = [
                await buckets.wait(work, self.workspaces[name].limits(channel_id, act))
                for lane, act in await outbox.lanes_waiting(work)
                for name, _, channel_id in [lane.partition(":")]
                if name in self.workspaces
            ]
        return min([POLL, *waits]).total_seconds() + 0.001

    async def _send(self, row: Claimed) -> None:
        door = self.workspaces[row.workspace]
        channel_id = row.lane.partition(":")[2]
        try:
            async with asyncio.timeout(LEASE.total_seconds() / 2):
                shown = await self.renderer.show(row)
                message_id = await self._deliver(door, channel_id, row, shown)
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

    async def _deliver(self, door: Workspace, channel_id: str, row: Claimed, shown: Shown) -> str:
        """The message's id. A row that was tried before may have arrived: the destination is asked first."""
        place = Place(channel_id, shown.thread_id)
        if shown.message_id:
            await door.update(place, shown.message_id, shown.card, shown.language)
            return shown.message_id
        if row.attempt > 1:
            found = await door.find(place, row.token, row.created_at)
            if found:
                return found
        return await door.post(place, shown.card, shown.language, row.token)

    async def _finish(self, row: Claimed, shown: Shown | None, message_id: str | None) -> None:
        async with self.store.begin() as work:
            mine = await outbox.finish(work, row, self.owner, message_id)
            if mine and row.kind == "card" and row.case_id and shown and not shown.message_id and message_id:
                await cases.add_post(work, row.case_id, Post(row.workspace, row.lane.partition(":")[2], message_id, current=True))
            if shown:
                await health.report(work, row.workspace, health.WELL)
                await health.report(work, row.lane, health.WELL)
            await work.commit()

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
                case Refused():
                    await outbox.put_back(work, row, self.owner, SendState.FAILED_FOR_GOOD, error.reason)
                case _ if row.attempt >= MOST_ATTEMPTS:
                    await outbox.put_back(work, row, self.owner, SendState.UNCONFIRMED, error.reason)
                case _:
                    again = timedelta(seconds=min(60, 2 ** (row.attempt - 1)))
                    await outbox.put_back(work, row, self.owner, SendState.FAILED_FOR_NOW, error.reason, again)
                    await health.report(work, row.workspace, health.FAILING, error.reason)
            await work.commit()

    def _lane_bucket(self, row: Claimed) -> str:
        return self.workspaces[row.workspace].limits(row.lane.partition(":")[2], row.act)[0].name
