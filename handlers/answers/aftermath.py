"""What people do with a reply once it is approved: send what was kept, settle what nobody can tell, correct it, delete it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from handlers.acts import Act
from handlers.answers.drafts import Drafts, Proposed, Wording
from handlers.answers.publishing import delete_wish
from handlers.board import Shown
from handlers.errors import BadInput, NoSuchReply, NoWayOut, OwnDraft, ReplyElsewhere
from handlers.parts import admit_to_decide
from handlers.ports import Who
from storage import cases, crises, deadlines, drafts, outbox, replies, timeline
from storage.cases import Case
from storage.database import Work
from storage.drafts import Version
from storage.people import Person
from storage.replies import Reply
from storage.timeline import Entry, case_chain
from storage.types import DraftStatus, ReplyState, Status

URL_MOST = 2000  # characters


@dataclass(frozen=True)
class Aftermath:
    drafts: Drafts

    async def release(self, who: Who, reply_id: int) -> ReplyState:
        """A person has looked at a kept reply again: it sets out, unless a gate still keeps it; where it stands now."""
        async with self._on_reply(who, Act.RELEASE, reply_id, ReplyState.HELD) as (work, person, reply, version, case):
            await self._record(work, case, "reply_released", {"reply": reply.id}, person, who)
            await self.drafts.departures.set_out(work, case, version)
            await work.commit()
            now = await replies.get(work, reply_id)
        return now.state if now else ReplyState.WITHDRAWN

    async def release_all(self, who: Who, reply_ids: Sequence[int]) -> Mapping[ReplyState, int]:
        """Those of a list that were looked at; how many stand how."""
        counts: dict[ReplyState, int] = {}
        for reply_id in dict.fromkeys(reply_ids):
            state = await self.release(who, reply_id)
            counts[state] = counts.get(state, 0) + 1
        return counts

    async def arrived(self, who: Who, reply_id: int, url: str = "") -> None:
        """Somebody has seen it on the network; `url`, where there is one, becomes a link for everybody."""
        url = _address(url)
        async with self._on_reply(who, Act.RELEASE, reply_id, ReplyState.UNCONFIRMED) as (work, person, reply, version, case):
            seen: dict[str, Any] = {
                "state": ReplyState.SENT,
                "reason": None,
                "sent_at": await work.now(),
                "url": url or None,
            }
            await replies.change(work, reply_id, **seen)
            await drafts.set_status(work, version.draft_id, DraftStatus.PUBLISHED)
            if case.status is not Status.CLOSED:
                await cases.change(work, case.id, status=Status.ANSWERED, answered_at=case.answered_at or await work.now())
            await self.drafts.departures.course.end(work, case.id, closed=False)
            await deadlines.meet(work, f"first_answer:{case.id}")
            payload = {"reply": reply.id, "version": version.number, "digest": version.digest, "text": version.text}
            await self._record(work, case, "reply_seen", payload, person, who)
            await work.commit()

    async def send_again(self, who: Who, reply_id: int) -> None:
        """Somebody has looked: it is not on the network. The one way in which an unconfirmed reply leaves again."""
        async with self._on_reply(who, Act.RELEASE, reply_id, ReplyState.UNCONFIRMED) as (work, person, reply, version, case):
            await self._record(work, case, "reply_not_seen", {"reply": reply.id}, person, who)
            await replies.change(work, reply_id, state=ReplyState.HELD)
            await self.drafts.departures.set_out(work, case, version)
            await work.commit()

    async def correct(self, who: Who, reply_id: int, wording: Wording) -> Proposed:
        """A new draft to the same person that sets an earlier reply right; approved like any other."""
        async with self.drafts.store.read() as work:
            reply = await replies.get(work, reply_id)
        if reply is None:
            raise NoSuchReply
        return await self.drafts.propose(who, reply.case_id, wording, kind="correction", corrects=reply_id)

    async def delete(self, who: Who, reply_id: int) -> None:
        """Take it back on its network; raises NoWayOut where that cannot be done."""
        async with self._on_reply(who, Act.DELETE_REPLY, reply_id, ReplyState.SENT) as (work, person, reply, version, case):
            network = self.drafts.departures.networks.get(version.network)
            if network is None or not network.abilities.delete or reply.external_id is None:
                raise NoWayOut(network=version.network, reason="delete" if network else "not_connected")
            await outbox.put(work, [delete_wish(network, reply.id, case)])
            await self._record(work, case, "reply_to_delete", {"reply": reply.id}, person, who)
            await work.commit()

    async def looked_at(self, who: Who, reply_id: int) -> None:
        """A sample of what a rule approved was read by a person: by somebody else than its author."""
        async with self._on_reply(who, Act.APPROVE, reply_id, *ReplyState) as (work, person, reply, version, case):
            if version.author_id == person.id:
                raise OwnDraft
            await replies.change(work, reply_id, looked_at_by=person.id)
            await self._record(work, case, "sample_read", {"reply": reply.id}, person, who)
            await work.commit()

    @asynccontextmanager
    async def _on_reply(
        self, who: Who, act: Act, reply_id: int, *states: ReplyState
    ) -> AsyncIterator[tuple[Work, Person, Reply, Version, Case]]:
        """A reply that stands as its button says, with its draft and case, held. Raises ReplyElsewhere when it does not any more."""
        async with self.drafts.store.begin() as work:
            person = await admit_to_decide(work, who, act, self.drafts.departures.board)
            await crises.current(work, hold_still=True)
            found = await replies.get(work, reply_id)
            version = await drafts.lock(work, found.version_id) if found else None
            reply = await replies.lock(work, reply_id)
            case = await cases.get(work, found.case_id) if found else None
            if reply is None or version is None or case is None:
                raise NoSuchReply
            if reply.state not in states:
                raise ReplyElsewhere(state="deleted" if reply.deleted_at else str(reply.state))
            yield work, person, reply, version, case

    async def _record(self, work: Work, case: Case, act: str, payload: Mapping[str, Any], person: Person, who: Who) -> None:
        await timeline.append(work, [Entry(case_chain(case.id), act, payload, person.id, who.workspace)])
        board = self.drafts.departures.board
        await board.show(work, [Shown(case.id, case.channel, case.severity)])
        now = await replies.get(work, payload["reply"])
        if now:
            await board.ask(work, case, now.version_id)
            await board.follow(work, Shown(case.id, case.channel, case.severity), "receipt", now.id)


def _address(typed: str) -> str:
    """An address of the web, or nothing."""
    address = typed.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        raise BadInput(field="url", problem="wrong") from None
    of_the_web = parts.scheme in ("http", "https") and bool(parts.netloc) and len(address) <= URL_MOST
    if address and not (of_the_web and address.isprintable() and " " not in address):
        raise BadInput(field="url", problem="wrong")
    return address
