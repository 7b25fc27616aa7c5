"""What time itself does here. The clock calls these; each asks only "what is due?" and does it once, however many processes ask."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flows.flow import Flow
from handlers.board import Board
from handlers.ports import Words
from storage import health, mentions, outbox, timeline
from storage.database import Store, Work
from storage.outbox import Wish
from storage.types import CRITICAL, HIGH

FOLD_ABOVE = 600  # posts in line: ten minutes at one a second
UNFOLD_BELOW = 60
RAW_KEPT = timedelta(days=30)
DELIVERIES_KEPT = timedelta(days=7)
OUTBOX_KEPT = timedelta(hours=24)
FAILING_TOLD_AFTER = timedelta(seconds=20)


@dataclass(frozen=True)
class Ticks:
    store: Store
    board: Board
    flow: Flow

    async def recover(self) -> None:
        """Every few seconds: rows whose sender died are ready again."""
        async with self.store.begin() as work:
            if await outbox.expire_leases(work):
                work.wakes = True
                await work.commit()

    async def fold(self) -> None:
        """Every few seconds: where ten minutes of posts wait, one counting card stands for the low ones; when the line is short they come back."""
        async with self.store.begin() as work:
            await work.lock_names(["fold"])
            for lane, waiting in (await outbox.lanes_to_fold(work)).items():
                workspace = lane.partition(":")[0]
                if waiting > FOLD_ABOVE and await outbox.fold(work, lane):
                    await outbox.put(work, [Wish(workspace, lane, "post", "waiting", HIGH, None, f"waiting:{lane}")])
                elif waiting < UNFOLD_BELOW and await outbox.unfold(work, lane, UNFOLD_BELOW):
                    work.wakes = True
            await work.commit()

    async def alarm(self) -> None:
        """Every few seconds: a closed or failing door is told to every other workspace, once per state."""
        async with self.store.begin() as work:
            now = await work.now()
            for door in await health.untold(work):
                if door.state == health.FAILING and now - door.since < FAILING_TOLD_AFTER:
                    continue
                await self._tell(work, door)
                await health.mark_told(work, door.door)
            await work.commit()

    async def _tell(self, work: Work, door: Any) -> None:
        words = Words("door.closed", {"door": door.door, "reason": door.reason or "", "since": {"at": door.since.isoformat()}})
        await self.board.tell(work, self.flow.crisis_channel, words, f"door:{door.door}", CRITICAL, tone="alarm")

    async def tidy(self) -> None:
        """Every hour: what was kept for a time goes; finished rows are archived."""
        async with self.store.begin() as work:
            now = await work.now()
            await mentions.drop_raw(work, now - RAW_KEPT)
            await mentions.drop_deliveries(work, now - DELIVERIES_KEPT)
            while await outbox.archive(work, now - OUTBOX_KEPT):
                pass
            await work.commit()

    async def seal(self) -> None:
        """After midnight UTC: the timeline's head of the day that ended is kept apart."""
        async with self.store.begin() as work:
            if await timeline.seal_day(work, await work.now() - timedelta(days=1)):
                await work.commit()
