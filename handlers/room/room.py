"""What every act on the crisis itself shares: who acts on which crisis, the record of it, and the board that shows how it stands."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flows.flow import Flow
from handlers.acts import Act, admit
from handlers.board import Board
from handlers.errors import NoCrisis
from handlers.parts import admit_to_decide
from handlers.ports import Who, Words
from storage import crises, outbox, people, room_posts, timeline
from storage.crises import Crisis
from storage.database import Store, Work
from storage.outbox import Wish
from storage.people import Person
from storage.timeline import Entry, case_chain
from storage.types import HIGH

STATEMENT = "statement"


@dataclass(frozen=True)
class Acting:
    """Somebody's act on the open crisis, in its own transaction."""

    work: Work
    who: Who
    person: Person
    crisis: Crisis

    def entry(self, act: str, payload: Mapping[str, Any], case_id: int | None = None) -> Entry:
        chain = crisis_chain(self.crisis.id) if case_id is None else case_chain(case_id)
        return Entry(chain, act, payload, self.person.id, self.who.workspace)


@dataclass(frozen=True)
class Room:
    """Where a crisis is led."""

    store: Store
    board: Board
    flow: Flow

    def act(self, who: Who, act: Act) -> AbstractAsyncContextManager[Acting]:
        """One act at a time on the crisis. Raises NoCrisis when none is open."""
        return self._act(who, act, admit)

    def deciding(self, who: Who, act: Act) -> AbstractAsyncContextManager[Acting]:
        """The same for what only some workspaces have a part in; raises DecidedElsewhere on the others."""
        return self._act(who, act, partial(admit_to_decide, board=self.board))

    @asynccontextmanager
    async def _act(self, who: Who, act: Act, admits: Callable[[Work, Who, Act], Awaitable[Person]]) -> AsyncIterator[Acting]:
        async with self.store.begin() as work:
            person = await admits(work, who, act)
            await work.lock_names(["crisis"])
            crisis = await crises.current(work)
            if crisis is None:
                raise NoCrisis
            yield Acting(work, who, person, crisis)

    async def done(self, now: Acting, act: str, payload: Mapping[str, Any]) -> None:
        """Record the act, show it on the board, and commit."""
        await timeline.append(now.work, [now.entry(act, payload)])
        await self.show(now.work, now.crisis.id)
        await now.work.commit()

    async def show(self, work: Work, crisis_id: int) -> None:
        """Queue the crisis's board: a first post, else an update in place. Rendered when it leaves."""
        await self.post(work, "facts", crisis_id)

    async def post(self, work: Work, kind: str, subject_id: int) -> None:
        """Queue a card of the crisis's own, by the id of its row, for the crisis's channel of every workspace.

        A statement only where it can be decided; where it was shown before FLOW said otherwise, it still changes.
        """
        subject = f"{kind}:{subject_id}"
        posted = await room_posts.of(work, subject)
        wishes = []
        for workspace in self.board.channels:
            if kind == STATEMENT and workspace not in posted and workspace not in self.board.deciding:
                continue
            channel_id = posted[workspace][0] if workspace in posted else self.board.channel_id(workspace, self.flow.crisis_channel)
            if channel_id:
                act, lane = "update" if workspace in posted else "post", f"{workspace}:{channel_id}"
                wishes.append(Wish(workspace, lane, act, kind, HIGH, None, f"{kind}:{workspace}:{subject_id}", {"id": subject_id}))
        await outbox.put(work, wishes)

    async def say(self, work: Work, words: Words, severity: int = HIGH, *, tone: str = "plain") -> None:
        """Queue a message for the crisis's channel of every workspace."""
        await self.board.tell(work, self.flow.crisis_channel, words, None, severity, tone=tone)

    async def say_to(self, work: Work, person: Person, words: Words, severity: int = HIGH) -> None:
        await self.board.tell_person(work, {"slack": person.slack_id, "teams": person.teams_id}, words, severity)

    async def say_to_roles(self, work: Work, roles: tuple[str, ...], words: Words, severity: int = HIGH) -> None:
        for person in await people.with_role(work, *roles):
            await self.say_to(work, person, words, severity)


def crisis_chain(crisis_id: int) -> str:
    return f"crisis:{crisis_id}"


def kept(moment: datetime) -> dict[str, str]:
    """A moment as a fact of stored words."""
    return {"at": moment.isoformat()}
