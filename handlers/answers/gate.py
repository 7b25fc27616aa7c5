"""The one gate before the networks: gathers how things stand at this moment and lets flows/gate.py decide."""

from dataclasses import dataclass

from flows.crisis_words import about_crisis
from flows.flow import Flow
from flows.gate import Leaving, why_not
from handlers.answers.quorum import is_approved
from handlers.answers.reach import closes_at, is_over
from handlers.shelf import Shelf
from storage import attestations, cases, crises, exceptions, facts, replies, statements
from storage.cases import Case
from storage.crises import Crisis
from storage.database import Work
from storage.drafts import Version
from storage.replies import Reply
from storage.types import DraftStatus, Hold, ReplyState, Status


@dataclass(frozen=True)
class Gate:
    shelf: Shelf

    async def why_not(self, work: Work, reply: Reply, version: Version, case: Case) -> str | None:
        """None when it may leave now. Case and draft are held by the caller; the crisis's hold is kept still until the transaction ends."""
        flow = await self.shelf.of(work, case)
        return why_not(await self._leaving(work, flow, reply, version, case))

    async def _leaving(self, work: Work, flow: Flow, reply: Reply, version: Version, case: Case) -> Leaving:
        crisis = await crises.current(work, hold_still=True)
        kind, stands = await statement_under(work, version)
        said = await cases.mentions_of(work, case.id)
        spoken = [version.text, *(one.newest_text or one.text for one in said)]
        lifted_over = crisis is not None and crisis.hold_lifted_at is not None and reply.created_at < crisis.hold_lifted_at
        return Leaving(
            present=version.is_present and version.id == reply.version_id and version.status is DraftStatus.APPROVED,
            unchanged=version.is_unchanged(),
            same_recipient=(version.customer_id, version.network) == (case.customer_id, case.network),
            approved=await is_approved(work, flow, case, version),
            case_open=case.status != Status.CLOSED,
            sent_before=reply.sent_at is not None or reply.state in (ReplyState.SENT, ReplyState.UNCONFIRMED),
            hold=crisis.hold if crisis else Hold.OFF,
            held_case=is_held_case(case, crisis) or (lifted_over and case.left_crisis_at is not None),
            speaks_of_crisis=crisis is not None and any(about_crisis(flow, text) for text in spoken),
            excused=bool(crisis and crisis.hold_since and await exceptions.holds_for(work, case.id, crisis.hold_since)),
            statement=kind,
            statement_stands=stands,
            asserts_more="unsupported" in version.checks,
            private=version.private,
            handover=version.kind == "handover",
            customers_first=not flow.rules.customers_first or crisis is None or await _attested(work, crisis),
            answered_meanwhile=version.kind == "answer"
            and await replies.answered_since(work, reply, version.created_at, case.last_mention_at),
            mention_deleted=any(one.external_id == version.in_reply_to and one.deleted_at for one in said),
            stood_through_hold=lifted_over,
            private_over=is_over(closes_at(said), await work.now()),
            exercise=case.exercise,
        )


def is_held_case(case: Case, crisis: Crisis | None) -> bool:
    """Whether a case is, or was at any time during this hold, about the crisis: clicking Ordinary is no way round."""
    if case.crisis or crisis is None or crisis.hold_since is None:
        return case.crisis
    return case.left_crisis_at is not None and case.left_crisis_at >= crisis.hold_since


async def statement_under(work: Work, version: Version) -> tuple[str, bool]:
    """The kind of statement that a version rests on, and whether it still stands: the present one, with no fact retracted."""
    if version.statement_id is None:
        return "", True
    rests = await statements.get(work, version.statement_id)
    if rests is None:
        return "", False
    crisis = await crises.current(work)
    if crisis is not None and crisis.id != rests.crisis_id:
        return rests.kind, False  # another crisis has its own words
    latest = await statements.latest(work, rests.crisis_id, rests.kind)
    gone = await facts.retracted(work, rests.fact_ids)
    return rests.kind, latest is not None and latest.id == rests.id and not gone


async def _attested(work: Work, crisis: Crisis) -> bool:
    return await attestations.standing(work, crisis.id, "customers_first") is not None
