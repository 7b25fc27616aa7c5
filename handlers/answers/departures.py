"""What is approved sets out, or waits: puts replies in line, takes them back, and keeps those that a hold or another gate stops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.answers.gate import Gate
from handlers.answers.publishing import PUBLISH, keep_back, key_of, publish_wish
from handlers.answers.reach import Reach, reach
from handlers.board import Board
from handlers.errors import NoWayOut, OnItsWay
from handlers.escalation.course import Course
from handlers.networks import Network
from handlers.ports import Words
from handlers.room.facts import Resting
from storage import cases, drafts, outbox, replies, statements
from storage.cases import Case
from storage.crises import Crisis
from storage.database import Work
from storage.drafts import ALIVE, Version
from storage.statements import Statement
from storage.types import HIGH, ReplyState

AT_ONCE = 25  # a person waits for the click that sets a hold; the rest follows in time, and the gate stops whatever comes first


@dataclass(frozen=True)
class Departures:
    networks: Mapping[str, Network]
    gate: Gate
    course: Course

    @property
    def board(self) -> Board:
        return self.course.board

    async def reach(self, work: Work, case: Case) -> Reach | None:
        """By which ways the customer may be answered now; None where the network is not connected."""
        network = self.networks.get(case.network)
        if network is None:
            return None
        told = await replies.told_in_private(work, case.id)
        return reach(network.abilities, await cases.mentions_of(work, case.id), told, await work.now())

    async def door_for(self, work: Work, case: Case, *, private: bool) -> Network:
        """The network that a reply would leave by; raises NoWayOut when it cannot carry it, or does not let us answer."""
        if case.exercise:
            raise NoWayOut(network=case.network, reason="exercise")
        network, able = self.networks.get(case.network), await self.reach(work, case)
        if network is None or able is None:
            raise NoWayOut(network=case.network, reason="not_connected")
        if reason := able.why_not(private=private):
            raise NoWayOut(network=case.network, reason=reason)
        return network

    async def set_out(self, work: Work, case: Case, version: Version, *, sampled: bool = False) -> None:
        """An approved version: in line for its network, or kept with the reason why."""
        network = await self.door_for(work, case, private=version.private)
        reply_id = await replies.put(work, version.draft_id, version.id, version.case_id, sampled=sampled)
        reply = await replies.get(work, reply_id) if reply_id else None
        if reply is None:
            raise OnItsWay
        reason = await self.gate.why_not(work, reply, version, case)
        if reason is None:
            await outbox.put(work, [publish_wish(network, reply.id, case)])
        else:
            await keep_back(work, self.board, reply, case, reason)

    async def take_back(self, work: Work, draft_id: int) -> None:
        """The draft is to be changed or ended: its reply leaves the line. Raises OnItsWay when it may have left already."""
        reply = await replies.of_draft(work, draft_id)
        if reply is None or reply.state in (ReplyState.WITHDRAWN, ReplyState.REFUSED):
            return
        gone = await outbox.retract(work, key_of(PUBLISH, reply.id))
        if not gone or reply.state in (ReplyState.SENT, ReplyState.UNCONFIRMED):
            raise OnItsWay
        await replies.change(work, reply.id, state=ReplyState.WITHDRAWN, reason=None)

    async def hold(self, work: Work, crisis: Crisis) -> None:  # noqa: ARG002 - the gate reads it anew
        """The hold has changed: what it stops leaves the line and waits for a person. The gate stops what is on its way."""
        await self.look_again(work)

    async def lift(self, work: Work, crisis: Crisis) -> None:  # noqa: ARG002 - whichever it was
        """What was kept, or still stood in line, stays here until a person has looked at it again; people are told where they can."""
        await self.look_again(work)
        kept = (await replies.counts(work)).get(ReplyState.HELD, 0)
        if kept:
            channel, words = self.gate.shelf.present.crisis_channel, Words("draft.look_again", {"count": kept})
            await self.board.tell(work, channel, words, None, HIGH, where=self.board.deciding)

    async def on_statements(self, work: Work, statement_ids: Sequence[int]) -> Resting:
        pending = await self._show_outdated(work, statement_ids)
        return Resting(len(pending), len(await replies.sent_resting_on(work, statement_ids)))

    async def on_new_statement(self, work: Work, crisis: Crisis, statement: Statement) -> None:
        older = [one.id for one in await statements.all_of(work, crisis.id) if one.kind == statement.kind and one.id != statement.id]
        await self._show_outdated(work, older)

    async def _show_outdated(self, work: Work, statement_ids: Sequence[int]) -> Sequence[Version]:
        """Approved replies that rest on what is not said any more leave the line; every card that shows one says so."""
        await self.look_again(work)
        pending = await drafts.resting_on(work, statement_ids, *ALIVE)
        for version in pending:
            case = await cases.get(work, version.case_id)
            if case:
                await self.board.ask(work, case, version.id)
        return pending

    async def look_again(self, work: Work) -> None:
        """Some of what waits in line, the oldest first: what may not leave is kept where people see it, before its turn comes."""
        for reply in await replies.in_state(work, ReplyState.WAITING, limit=AT_ONCE):
            version, case = await drafts.get(work, reply.version_id), await cases.get(work, reply.case_id)
            if version is None or case is None:
                continue
            reason = await self.gate.why_not(work, reply, version, case) if version.network in self.networks else "no_network"
            as_it_was = reason is not None and await replies.lock(work, reply.id) == reply  # a sender may have been faster
            if reason and as_it_was and await outbox.retract(work, key_of(PUBLISH, reply.id)):
                await keep_back(work, self.board, reply, case, reason)
