"""What time itself does here. The clock calls these; each asks only "what is due?" and does it once, however many processes ask."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flows.flow import Flow
from handlers.board import FALLBACK, Board
from handlers.erasure import Erasure
from handlers.escalation.course import LAPSE, STEP
from handlers.ports import Words
from handlers.room.holds import NAG
from handlers.room.promises import LATE
from storage import counts, deadlines, deliveries, folding, health, mentions, outbox, timeline, watch
from storage.database import Store, Work
from storage.insight import digests
from storage.outbox import Wish
from storage.types import CRITICAL, HIGH

RELATIVE = (STEP, LAPSE, LATE, NAG)  # clocks that count from when they were set, and from nothing else
FOLD_ABOVE = 600  # posts in line: ten minutes at one a second
UNFOLD_BELOW = 60
RAW_KEPT = timedelta(days=30)
DELIVERIES_KEPT = timedelta(days=7)
WORDS_KEPT = timedelta(days=7)  # those of customers that a digest quotes; its numbers stay
WORDS_FOUND = timedelta(days=400)  # however long nobody was here
OUTBOX_KEPT = timedelta(hours=24)
FAILING_TOLD_AFTER = timedelta(seconds=20)
DIVERTED_AFTER = timedelta(seconds=40)  # longer than a closed channel is left alone: each row lets it be tried once


@dataclass(frozen=True)
class Ticks:
    store: Store
    board: Board
    flow: Flow
    kept_for: timedelta | None = None  # after how long a closed case's personal data goes; None keeps it

    async def recover(self) -> None:
        """Every few seconds: rows whose sender died are ready again; what was meant for a closed channel goes to the fallback."""
        async with self.store.begin() as work:
            if await outbox.expire_leases(work):
                work.wakes = True
                await work.commit()
        async with self.store.begin() as work:
            await work.lock_names(["divert"])
            shut = {door.door for door in await health.of_doors(work) if door.state == health.CLOSED}
            for door in shut:
                await self._divert(work, door, shut)
            await work.commit()

    async def _divert(self, work: Work, door: str, shut: set[str]) -> None:
        """A workspace that is closed as a whole, or whose fallback is, keeps what waits; a network has no other place to go to."""
        workspace, _, channel_id = door.partition(":")
        places = self.board.channels.get(workspace)
        if places and channel_id and workspace not in shut and f"{workspace}:{places.get(FALLBACK)}" not in shut:
            await self.board.divert(work, workspace, channel_id, await work.now() - DIVERTED_AFTER)

    async def rewind(self) -> None:
        """Every minute: what was set while the clock ran ahead runs, or may leave, from now; or it would wait out the whole error."""
        async with self.store.begin() as work:
            await work.lock_names(["rewind"])
            clocks = await deadlines.rewind(work, RELATIVE)
            if clocks + await watch.rewind(work):
                work.wakes = True
                await work.commit()

    async def fold(self) -> None:
        """Every few seconds: where ten minutes of posts wait, one counting card stands for the low ones, until the line is short."""
        async with self.store.begin() as work:
            await work.lock_names(["fold"])
            for lane, waiting in (await folding.lanes_to_fold(work)).items():
                already, _ = await folding.folded(work, lane)
                if waiting > FOLD_ABOVE and await folding.fold(work, lane):
                    await self._count(work, lane, again=bool(already))
                elif waiting < UNFOLD_BELOW and await folding.unfold(work, lane, UNFOLD_BELOW):
                    await self._count(work, lane, again=True)
            await work.commit()

    async def _count(self, work: Work, lane: str, *, again: bool) -> None:
        """The lane's counting card: a new one at the foot of the channel when a storm begins, then the same one until it is over."""
        before = await folding.standing(work, lane, "waiting") if again else None
        facts = {"message_id": before} if before else {}
        wish = Wish(lane.partition(":")[0], lane, "update" if before else "post", "waiting", HIGH, None, f"waiting:{lane}", facts)
        await outbox.put(work, [wish])

    async def sum_up(self) -> None:
        """Every few seconds: what single statements counted is added up, so that whoever asks reads few rows."""
        async with self.store.begin() as work:
            await counts.fold(work)
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
        await self.board.tell(work, self.flow.crisis_channel, words, f"door:{door.door}", CRITICAL, tone="alarm", besides=door.door)

    async def tidy(self) -> None:
        """Every hour: what was kept for a time goes, the personal data of old cases too; finished rows are archived."""
        async with self.store.begin() as work:
            await work.lock_names(["tidy"])
            now = await work.now()
            await mentions.drop_raw(work, now - RAW_KEPT)
            await digests.forget_words(work, now - WORDS_FOUND, now - WORDS_KEPT)
            await deliveries.drop(work, now - DELIVERIES_KEPT)
            while await outbox.archive(work, now - OUTBOX_KEPT):
                pass
            await work.commit()
        if self.kept_for:
            await Erasure(self.store, self.board).expire(self.kept_for)

    async def seal(self) -> None:
        """After midnight UTC: the timeline's head of each day that ended is kept apart, the days of an outage too."""
        async with self.store.begin() as work:
            days = await timeline.days_to_seal(work)
            for day in days:
                await timeline.seal_day(work, day)
            if days:
                await work.commit()

    async def listen(self, door: str, hears: Callable[[], Awaitable[bool]]) -> None:
        """Every few seconds: whether what people do in a workspace still reaches us; a bot that posts but is deaf looks well and is not."""
        state, reason = (health.WELL, None) if await hears() else (health.CLOSED, "deaf")
        async with self.store.begin() as work:
            await health.report(work, f"{door}:clicks", state, reason)
            await work.commit()
