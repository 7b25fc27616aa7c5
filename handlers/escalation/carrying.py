"""Notices that carry calls: what reaches one person by one way within a minute is one notice; in a thread each step has its own."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.board import Board, Following, Shown
from handlers.escalation.bells import CONSOLE, Bell, Bells
from storage import calls, notices, outbox
from storage.cases import Case
from storage.database import Work
from storage.notices import New, Notice, Place
from storage.outbox import Wish

TOGETHER = timedelta(seconds=60)
MAYBE = "unconfirmed"  # the reason of what may have arrived all the same
SOON = timedelta(seconds=2)  # so that a hand that acknowledges several is one word to those outside


@dataclass(frozen=True)
class Ringing:
    """A call that one bell is to carry to its person."""

    call_id: int
    person_id: int
    severity: int
    bell: Bell

    @property
    def place(self) -> Place:
        return Place(self.person_id, None, self.bell.way, self.bell.address)


@dataclass(frozen=True)
class Load:
    """All that goes to one place now: it joins a notice, or leaves in one of its own."""

    place: Place
    rung: Sequence[Ringing]
    joins: Notice | None
    leaves: datetime

    @property
    def severity(self) -> int:
        return max(one.severity for one in self.rung)

    def wish(self, notice_id: int) -> Wish:
        """Late enough for what else comes within its minute; an update of what stands there already."""
        way, again = self.place.way, self.joins is not None and self.joins.told_at is not None
        lane, key, act = f"{way}:{self.place.address}", f"notice:{way}:{notice_id}", "update" if again else "post"
        return Wish(way, lane, act, "notice", self.severity, key=key, facts={"id": notice_id}, not_before=self.leaves)


@dataclass(frozen=True)
class Carrier:
    bells: Bells

    @property
    def board(self) -> Board:
        return self.bells.board

    async def hold(self, work: Work, person_ids: Iterable[int]) -> None:
        """Nobody else opens or joins notices to these people; after the cases and before rows of the outbox, all at once."""
        await work.lock_names([f"notices:{person_id}" for person_id in person_ids])

    async def ring(self, work: Work, rung: Sequence[Ringing]) -> None:
        """A card in a workspace takes in what comes within its minute; what has left by another way is followed by one more after it."""
        if not rung:
            return
        loads = await self._loads(work, rung)
        opened = await notices.open_all(work, [New(load.place, load.severity, load.leaves) for load in loads if load.joins is None])
        ids = {load.place: load.joins.id if load.joins else opened[load.place] for load in loads}
        graver = {load.joins.id: load.severity for load in loads if load.joins and load.joins.severity < load.severity}
        await notices.raise_to(work, graver)
        await notices.join(work, [(ids[one.place], one.call_id) for one in rung])
        await self._on_the_console(work, [(ids[load.place], load) for load in loads if load.place.way == CONSOLE])
        await outbox.put(work, [load.wish(ids[load.place]) for load in loads if load.place.way != CONSOLE])

    async def _loads(self, work: Work, rung: Sequence[Ringing]) -> list[Load]:
        by_place: dict[Place, list[Ringing]] = {}
        for one in rung:
            by_place.setdefault(one.place, []).append(one)
        people = {one.person_id for one in rung}
        await self.hold(work, people)
        now = await work.now()
        # not those that lie further ahead: they were opened while the clock was wrong
        newest = await notices.newest(work, people, now - TOGETHER, now + TOGETHER)
        return [self._load(place, together, newest.get(place), now) for place, together in by_place.items()]

    def _load(self, place: Place, rung: Sequence[Ringing], last: Notice | None, now: datetime) -> Load:
        if last is None:
            return Load(place, rung, None, now)
        if last.told_at is None or self.bells.is_door(place.way):
            return Load(place, rung, last, max(now, last.opened_at))
        return Load(place, rung, None, min(now, last.opened_at) + TOGETHER)

    async def _on_the_console(self, work: Work, loads: Sequence[tuple[int, Load]]) -> None:
        """It is there for whoever looks."""
        if loads:
            await notices.arrived(work, [notice_id for notice_id, _ in loads], CONSOLE)
            await calls.mark_told(work, [one.call_id for _, load in loads for one in load.rung])

    def places(self, channel: str) -> dict[str, str]:
        """Where the threads of cases of a channel stand, by workspace."""
        found = {workspace: self.board.channel_id(workspace, channel) for workspace in self.board.channels}
        return {workspace: channel_id for workspace, channel_id in found.items() if channel_id}

    async def post(self, work: Work, called: Sequence[tuple[Case, Collection[int]]]) -> None:
        """One notice in the thread of each case in each workspace, for all whom its step calls."""
        now = await work.now()
        meant = [
            (Place(None, case.id, workspace, channel_id), case, call_ids)
            for case, call_ids in called
            for workspace, channel_id in self.places(case.channel).items()
        ]
        ids = await notices.open_all(work, [New(place, case.severity, now) for place, case, _ in meant])
        await notices.join(work, [(ids[place], call_id) for place, _, call_ids in meant for call_id in call_ids])
        follow = [Following(Shown(case.id, case.channel, case.severity), "call", ids[place], (place.way,)) for place, case, _ in meant]
        await self.board.follow_all(work, follow)

    async def refresh(self, work: Work, call_ids: Collection[int]) -> None:
        """Whoever was told before learns how it stands now: their cards change, outside ways hear it once more, soon."""
        soon, wishes = await work.now() + SOON, []
        told = await notices.of_calls(work, call_ids)
        await self.hold(work, {notice.person_id for notice in told if notice.person_id})
        for notice in told:
            if notice.way == CONSOLE:
                continue
            if not self.bells.is_door(notice.way) and (notice.told_at or notice.reason == MAYBE):
                wishes.append(_over(notice, soon))
            elif self.bells.is_door(notice.way) and not notice.failed_at:
                wishes.append(_again(notice, "call" if notice.case_id else "notice"))
        await outbox.put(work, wishes)


def _again(notice: Notice, kind: str) -> Wish:
    lane, key = f"{notice.way}:{notice.address}", f"{kind}:{notice.way}:{notice.id}"
    return Wish(notice.way, lane, "update", kind, notice.severity, notice.case_id, key, {"id": notice.id})


def _over(notice: Notice, soon: datetime) -> Wish:
    lane, key = f"{notice.way}:{notice.address}", f"notice_over:{notice.id}"
    return Wish(notice.way, lane, "post", "notice_over", notice.severity, key=key, facts={"id": notice.id}, not_before=soon)
