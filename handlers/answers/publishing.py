"""The way to a network: a reply passes the gate, is published once, and what the network answered is its receipt.

An earlier attempt may have arrived: the network is asked before anything is sent again, and where it cannot be asked a person decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.answers.gate import Gate
from handlers.answers.hiding import HIDE, HidingWay
from handlers.board import Board, Shown
from handlers.errors import SendError, TryLater
from handlers.escalation.course import Course
from handlers.networks import Network
from handlers.networks import Reply as Outgoing
from handlers.ports import Bucket, Customer, Words
from handlers.ways import Nothing, Sent, Stopped, Way
from storage import cases, crises, customers, deadlines, drafts, mentions, outbox, replies, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.drafts import Version
from storage.outbox import Claimed, Wish
from storage.replies import Reply
from storage.timeline import Entry, case_chain
from storage.types import HIGH, DraftStatus, ReplyState, SendState, Status

PUBLISH, DELETE = "publish", "delete"


def publish_wish(network: Network, reply_id: int, case: Case) -> Wish:
    """The outbox row of a reply; a second wish for the same one joins it."""
    return _wish(network, PUBLISH, reply_id, case)


def delete_wish(network: Network, reply_id: int, case: Case) -> Wish:
    return _wish(network, DELETE, reply_id, case)


def _wish(network: Network, act: str, reply_id: int, case: Case) -> Wish:
    lane = f"{network.name}:{network.account}"
    return Wish(network.name, lane, act, act, case.severity, case.id, key_of(act, reply_id), {"id": reply_id})


def key_of(act: str, reply_id: int) -> str:
    return f"{act}:{reply_id}"


def ways_out(networks: Mapping[str, Network], store: Store, gate: Gate, course: Course) -> dict[str, Way]:
    """By the network's name."""
    return {name: Publishing(store, network, gate, course) for name, network in networks.items()}


@dataclass(frozen=True)
class Publishing:
    """A `Way`."""

    store: Store
    network: Network
    gate: Gate
    course: Course

    @property
    def board(self) -> Board:
        return self.course.board

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:  # noqa: ARG002 - one account, one lane
        return self.network.limits(act)

    async def send(self, row: Claimed) -> Sent:
        if row.kind == HIDE:
            return await self.hiding.send(row)
        return await (self._delete(row) if row.kind == DELETE else self._publish(row))

    @property
    def hiding(self) -> HidingWay:
        return HidingWay(self.store, self.network, self.board)

    async def _publish(self, row: Claimed) -> Sent:
        outgoing = await self._outgoing(row)
        if row.attempt > 1:
            found = await self.network.find(outgoing, row.first_tried_at)
            if found:
                return Sent(found.external_id, found.url)
        await self._pass_gate(row)
        published = await self.network.publish(outgoing)
        return Sent(published.external_id, published.url)

    async def _outgoing(self, row: Claimed) -> Outgoing:
        async with self.store.read() as work:
            _, version, case = await _whole(work, row.facts["id"])
            customer = await customers.get(work, version.customer_id)
            context = await mentions.context(work, version.network, version.in_reply_to)
        return Outgoing(
            token=row.token,
            text=version.text,
            language=version.language,
            private=version.private,
            in_reply_to=version.in_reply_to,
            conversation_id=case.conversation_id,
            customer=Customer(customer.external_id, customer.handle, customer.name, customer.kind, customer.reach),
            context=context,
        )

    async def _pass_gate(self, row: Claimed) -> None:
        """Raises Stopped. Decided in a transaction in which neither the draft nor the hold can change.

        Raises TryLater when the lease is over: another sender may have it in hand, or have sent it.
        """
        async with self.store.begin() as work:
            if not await outbox.is_held(work, row):
                raise TryLater("lease_lost", timedelta())
            await crises.current(work, hold_still=True)
            _, version, _ = await _whole(work, row.facts["id"])
            locked = await drafts.lock(work, version.id)
            reply = await replies.lock(work, row.facts["id"])
            case = await cases.get(work, version.case_id)
            if locked is None or reply is None or case is None:
                raise Nothing
            reason = await self.gate.why_not(work, reply, locked, case)
        if reason:
            raise Stopped(reason)

    async def _delete(self, row: Claimed) -> Sent:
        async with self.store.read() as work:
            reply, _, _ = await _whole(work, row.facts["id"])
        if reply.external_id is None or reply.deleted_at:
            raise Nothing
        await self.network.delete(reply.external_id)
        return Sent(reply.external_id)

    async def finishing(self, work: Work, row: Claimed, sent: Sent | None) -> None:  # noqa: ARG002
        await crises.current(work, hold_still=True)  # before the case: a hold moves the clock that an answer ends
        await cases.lock(work, row.case_id or 0)

    async def sent(self, work: Work, row: Claimed, sent: Sent, kind: str | None) -> None:  # noqa: ARG002 - it has happened, whoever holds the lease
        if row.kind == HIDE:
            await self.hiding.sent(work, row)
            return
        reply, version, case = await _whole(work, row.facts["id"])
        now = await work.now()
        if row.kind == DELETE:
            await replies.change(work, reply.id, deleted_at=now)
            await self._record(work, case, "reply_deleted", {"reply": reply.id, "external_id": reply.external_id})
            await self.board.follow(work, Shown(case.id, case.channel, case.severity), "receipt", reply.id)
            return
        if reply.state is ReplyState.SENT:
            return
        where: dict[str, Any] = {"external_id": sent.external_id, "url": sent.url}
        await replies.change(work, reply.id, state=ReplyState.SENT, reason=None, sent_at=now, **where)
        await drafts.set_status(work, version.draft_id, DraftStatus.PUBLISHED)
        await self._answered(work, case)
        said = {"version": version.number, "digest": version.digest, "text": version.text, **where}
        await self._record(work, case, "published", {"reply": reply.id, "draft": version.draft_id, **said})
        await self.board.follow(work, Shown(case.id, case.channel, case.severity), "receipt", reply.id)
        await self.board.ask(work, case, version.id)

    async def _answered(self, work: Work, case: Case) -> None:
        now = await work.now()
        status = {} if case.status is Status.CLOSED else {"status": Status.ANSWERED}
        first = {} if case.answered_at else {"answered_at": now}
        if status or first:
            await cases.change(work, case.id, **status, **first)
        await self.course.end(work, case.id, closed=False)
        await deadlines.meet(work, f"first_answer:{case.id}")

    async def given_up(self, work: Work, row: Claimed, state: SendState, reason: str) -> None:
        """Refused gives the draft back, a gate keeps the reply for a person, and what nobody can tell goes onto the list of unconfirmed."""
        if row.kind == HIDE:
            await self.hiding.given_up(work, row, reason)
            return
        reply, version, case = await _whole(work, row.facts["id"])
        if row.kind == DELETE:
            await self._record(work, case, "reply_not_deleted", {"reply": reply.id, "reason": reason})
            await self.board.tell(work, case.channel, Words("draft.not_deleted", {"number": case.id, "reason": reason}), None, HIGH)
            return
        if reply.state is ReplyState.SENT:
            return
        if state is SendState.STOPPED:
            await keep_back(work, self.board, reply, case, reason)
            return
        if state is SendState.FAILED_FOR_GOOD:
            await replies.change(work, reply.id, state=ReplyState.REFUSED, reason=reason)
            await drafts.set_status(work, version.draft_id, DraftStatus.WRITTEN, reason)
        else:
            await replies.change(work, reply.id, state=ReplyState.UNCONFIRMED, reason=reason)
        act = "reply_refused" if state is SendState.FAILED_FOR_GOOD else "reply_unconfirmed"
        await self._record(work, case, act, {"reply": reply.id, "reason": reason})
        await self.board.follow(work, Shown(case.id, case.channel, case.severity), "receipt", reply.id)
        await self.board.ask(work, case, version.id)

    async def instead(self, work: Work, row: Claimed, owner: str, error: SendError) -> bool:  # noqa: ARG002
        return False

    async def _record(self, work: Work, case: Case, act: str, payload: Mapping[str, Any]) -> None:
        await timeline.append(work, [Entry(case_chain(case.id), act, payload, door=self.network.name)])
        now = await cases.get(work, case.id) or case
        await self.board.show(work, [Shown(case.id, now.channel, now.severity)])


async def _whole(work: Work, reply_id: int) -> tuple[Reply, Version, Case]:
    """Raises Nothing when it was erased meanwhile."""
    reply = await replies.get(work, reply_id)
    version = await drafts.get(work, reply.version_id) if reply else None
    case = await cases.get(work, reply.case_id) if reply else None
    if reply is None or version is None or case is None:
        raise Nothing
    return reply, version, case


async def keep_back(work: Work, board: Board, reply: Reply, case: Case, reason: str) -> None:
    """A gate keeps a reply here until a person looks again. Where FLOW asks for one more yes by now, its draft waits for that."""
    lacks_a_yes = reason == "not_approved"
    await replies.change(work, reply.id, state=ReplyState.WITHDRAWN if lacks_a_yes else ReplyState.HELD, reason=reason)
    if lacks_a_yes:
        await drafts.set_status(work, reply.draft_id, DraftStatus.IN_APPROVAL, reason)
    await timeline.append(work, [Entry(case_chain(case.id), "reply_held", {"reply": reply.id, "reason": reason})])
    await board.show(work, [Shown(case.id, case.channel, case.severity)])
    await board.ask(work, case, reply.version_id)
