"""The way to a workspace: a row says what to show, it is rendered as things stand, posted once, and updated in place."""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from handlers.errors import CannotAsk, DoorClosed, Gone, SendError
from handlers.escalation.telling import OF_NOTICES, Outcome
from handlers.ports import Bucket, Place, Workspace
from handlers.renderer import Renderer
from handlers.ways import Nothing, Sent, Way
from storage import approvals, buckets, cases, outbox, room_posts
from storage.cases import Post
from storage.database import Work
from storage.outbox import Claimed, Wish
from storage.types import SendState

BLIND = 3  # attempts of a notice where nobody can tell what became of the one before; then it takes the next way
LEARNT = 100  # posts, after which it is known how quick one can be; until then the whole way counts as lateness
OF_THE_ROOM = ("facts", "statement")  # cards of the crisis itself


def ways_to(workspaces: Mapping[str, Workspace], renderer: Renderer, notices: Outcome) -> dict[str, Way]:
    """By name."""
    return {name: Showing(workspace, renderer, notices) for name, workspace in workspaces.items()}


@dataclass
class Trips:
    """How long posts took from the moment they were due until their answer: what is beyond the quickest of late was lateness."""

    _seconds: deque[float] = field(default_factory=lambda: deque(maxlen=400))

    def late(self, seconds: float) -> timedelta:
        quickest = min(*self._seconds, seconds) if len(self._seconds) >= LEARNT else 0.0
        self._seconds.append(seconds)
        return timedelta(seconds=seconds - quickest)


@dataclass(frozen=True)
class Showing:
    """A `Way`."""

    workspace: Workspace
    renderer: Renderer
    notices: Outcome
    _trips: Trips = field(default_factory=Trips)

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:
        return self.workspace.limits(channel_id, act)

    async def send(self, row: Claimed) -> Sent:
        """A row that was tried before may have arrived: the destination is asked first, then shown the present."""
        if row.act == "delete":
            return await self._delete(row)
        shown = await self.renderer.show(row)
        place, message_id = Place(row.channel_id, shown.thread_id), shown.message_id
        if message_id is None and row.attempt > 1:
            message_id = await self._found(place, row)
        if message_id is not None:
            await self.workspace.update(place, message_id, shown.card, shown.language)
            return Sent(message_id, new=shown.message_id is None)
        if shown.only_replaces:
            raise Nothing
        await row.until_due()
        message_id = await self.workspace.post(place, shown.card, shown.language, row.token)
        return Sent(message_id, late=self._trips.late(time.monotonic() - row.leaves_at))

    async def _found(self, place: Place, row: Claimed) -> str | None:
        """What an earlier attempt became. Where nobody can be asked it is shown once more: whoever sees a card twice loses nothing, of a
        card that nobody sees a customer loses.
        """
        try:
            return await self.workspace.find(place, row.token, row.first_tried_at)
        except CannotAsk:
            if row.kind in OF_NOTICES and row.attempt > BLIND:
                raise
            return None

    async def _delete(self, row: Claimed) -> Sent:
        """A row that may have become a message before it was to be deleted knows no id: its token is asked for."""
        place, message_id = Place(row.channel_id, row.facts.get("thread_id")), row.facts.get("message_id")
        if message_id is None and row.attempt > 1:
            message_id = await self.workspace.find(place, row.token, row.first_tried_at)
        if message_id is None:
            raise Nothing
        await self.workspace.delete(place, message_id)
        return Sent(message_id, new=False)

    async def finishing(self, work: Work, row: Claimed, sent: Sent | None) -> None:
        await self.notices.hold(work, row, arrived=sent is not None)
        if sent and row.kind == "card" and row.case_id and sent.new:
            await cases.lock(work, row.case_id)  # whoever queues something for its thread now waits for this, or is seen

    async def sent(self, work: Work, row: Claimed, sent: Sent, kind: str | None) -> None:
        if (limit := self.limits(row.channel_id, row.act)[0]).apart:
            await buckets.move_back(work, limit, row.due_at + sent.late)
        if kind is not None and row.kind in OF_NOTICES:
            await self.notices.arrived(work, row, sent.external_id)  # a card that is changed tells what has joined it, too
        if kind is None or not sent.new:
            return
        if row.kind == "card" and row.case_id:
            await self._stands(work, row, sent.external_id, moved=kind != "card")
        elif row.kind == "approval":
            await approvals.posted(work, row.facts["id"], row.workspace, row.channel_id, sent.external_id)
        elif row.kind in OF_THE_ROOM:
            await room_posts.stands(work, _subject(row), row.workspace, row.channel_id, sent.external_id)

    async def _stands(self, work: Work, row: Claimed, message_id: str, *, moved: bool) -> None:
        """A case's first card arrived: what waited behind it may follow, unless the case has moved meanwhile."""
        case_id = row.case_id or 0
        await cases.add_post(work, case_id, Post(row.workspace, row.channel_id, message_id, current=not moved))
        if not moved:
            await outbox.release(work, case_id, row.workspace, row.lane)

    async def given_up(self, work: Work, row: Claimed, state: SendState, reason: str) -> None:  # noqa: ARG002 - lost either way
        """Somebody waits for a notice; on the others nothing hangs, the backlog shows them."""
        if row.kind in OF_NOTICES:
            await self.notices.lost(work, row, reason)

    async def instead(self, work: Work, row: Claimed, owner: str, error: SendError) -> bool:
        if isinstance(error, Gone):
            await self._gone(work, row, owner)
            return True
        if isinstance(error, DoorClosed):
            await self.notices.held_up(work, row)
        return False

    async def _gone(self, work: Work, row: Claimed, owner: str) -> None:
        """Somebody deleted the message: a card is posted anew, what was for its thread waits behind it, a pointer is needed no more."""
        if row.kind in ("pointer", "erased", "notice") or (row.kind == "call" and row.act == "update"):
            await outbox.finish(work, row, owner, None)
            return
        if await self._forget_own(work, row):
            await outbox.begin_anew(work, row, owner)
            return
        if row.case_id and await cases.lock(work, row.case_id):
            await cases.forget_posts(work, row.case_id, row.workspace)
        if row.kind in OF_THE_ROOM:
            await room_posts.forget(work, _subject(row), row.workspace)
            await outbox.put_back(work, row, owner, SendState.FAILED_FOR_NOW, "gone")
            return
        if row.kind in ("card", "waiting"):
            await outbox.begin_anew(work, row, owner)
            return
        await outbox.put_back(work, row, owner, SendState.BEHIND, "gone")
        card = Wish(row.workspace, row.lane, "post", "card", row.severity, row.case_id, f"card:{row.workspace}:{row.case_id}")
        await outbox.put(work, [card])

    async def _forget_own(self, work: Work, row: Claimed) -> bool:
        """Whether what is gone is the row's own message in a thread, and not the card above it, which stands."""
        if row.kind == "approval":
            return await approvals.forget_post(work, row.facts["id"], row.workspace)
        return row.kind in outbox.IN_THREAD and row.external_id is not None


def _subject(row: Claimed) -> str:
    return f"{row.kind}:{row.facts['id']}"
