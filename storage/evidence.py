"""What an evidence pack is made of: the rows of one case, or of a crisis with all its cases, read as of one moment, never all at once."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import (
    approvals,
    attestations,
    calls,
    cases,
    crises,
    customers,
    drafts,
    exceptions,
    facts,
    mention_changes,
    mentions,
    notice_calls,
    notices,
    people,
    replies,
    statements,
    timeline,
    versions,
)

AT_ONCE = 1000
BETWEEN = ", "


@dataclass(frozen=True)
class Scope:
    """One case (with the crisis that it belongs to, if any), or a crisis with every case that belongs to it."""

    crisis_id: int | None
    case_id: int | None = None

    @property
    def crisis(self) -> int:
        """0 when there is none."""
        return self.crisis_id or 0

    @property
    def cases(self) -> sa.Select[tuple[int]]:
        mine = cases.c.id == self.case_id if self.case_id is not None else cases.c.crisis_id == self.crisis
        return sa.select(cases.c.id).where(mine)

    @property
    def chains(self) -> sa.ColumnElement[bool]:
        of_case = sa.select(sa.literal("case:") + sa.cast(cases.c.id, sa.Text)).where(cases.c.id.in_(self.cases))
        return timeline.c.chain.in_(of_case) | (timeline.c.chain == f"crisis:{self.crisis}")


async def hold_still(work: Work) -> None:
    """Everything that follows is read as of this moment. To be called before anything else; SQLite always does so."""
    if work.on_postgresql:
        await work.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


async def of_case(work: Work, case_id: int) -> Scope | None:
    row = (await work.execute(sa.select(cases.c.id, cases.c.crisis_id).where(cases.c.id == case_id))).first()
    return Scope(row.crisis_id, row.id) if row else None


async def of_crisis(work: Work, crisis_id: int | None) -> Scope | None:
    """The latest crisis when no number is given."""
    query = sa.select(crises.c.id).order_by(crises.c.id.desc()).limit(1)
    found = await work.scalar(query if crisis_id is None else query.where(crises.c.id == crisis_id))
    return Scope(found) if found else None


async def crisis_name(work: Work, scope: Scope) -> str:
    return str(await work.scalar(sa.select(crises.c.name).where(crises.c.id == scope.crisis)) or "")


async def links(work: Work, scope: Scope, *, in_time: bool = False) -> AsyncIterator[Mapping[Any, Any]]:
    """The links of all chains, each chain in its order; or as they happened. `person` is the name of who acted."""
    order = (timeline.c.id,) if in_time else (timeline.c.chain, timeline.c.seq)
    query = sa.select(timeline, people.c.name.label("person")).outerjoin(people, people.c.id == timeline.c.person_id)
    async for row in _stream(work, query.where(scope.chains).order_by(*order)):
        yield row


async def table(work: Work, name: str, scope: Scope) -> AsyncIterator[Mapping[Any, Any]]:
    """The rows of one of TABLES."""
    async for row in _stream(work, TABLES[name](scope)):
        yield row


def columns(name: str) -> list[str]:
    return [str(column.key) for column in TABLES[name](Scope(0)).selected_columns]


async def _stream(work: Work, query: sa.Select[Any]) -> AsyncIterator[Mapping[Any, Any]]:
    rows = await work.connection.stream(query.execution_options(yield_per=AT_ONCE))
    async for row in rows.mappings():
        yield row


def _mentions(scope: Scope) -> sa.Select[Any]:
    c, change = mentions.c, mention_changes.c
    edit = sa.select(change.text).where(change.mention_id == c.id, change.change == "edited").order_by(change.id.desc()).limit(1)
    query = sa.select(
        c.case_id.label("case"),
        c.id.label("mention"),
        c.network,
        c.external_id,
        customers.c.handle,
        customers.c.name,
        customers.c.kind,
        c.private,
        c.language,
        c.posted_at,
        c.received_at,
        c.text,
        edit.scalar_subquery().label("text_after_edit"),
        c.deleted_at,
        c.hidden_at,
        c.no_answer,
        c.attachments,
        c.url,
    )
    joined = query.join(cases, cases.c.id == c.case_id).join(customers, customers.c.id == cases.c.customer_id)
    return joined.where(c.case_id.in_(scope.cases)).order_by(c.id)


_author, _editor, _deputised = people.alias(), people.alias(), people.alias()


def _replies(scope: Scope) -> sa.Select[Any]:
    c = replies.c
    query = sa.select(
        c.case_id.label("case"),
        c.id.label("reply"),
        c.draft_id.label("draft"),
        versions.c.number.label("version"),
        versions.c.network,
        customers.c.handle.label("to"),
        versions.c.private,
        versions.c.language,
        versions.c.text,
        _author.c.name.label("written_by"),
        _editor.c.name.label("last_edited_by"),
        _approved_by(versions.c.id).label("approved_by"),
        statements.c.kind.label("statement"),
        statements.c.version.label("statement_version"),
        c.state,
        c.reason,
        c.created_at.label("approved_at"),
        c.sent_at,
        c.external_id,
        c.url,
        c.deleted_at,
    )
    joined = query.join(versions, versions.c.id == c.version_id).join(drafts, drafts.c.id == c.draft_id)
    joined = joined.join(customers, customers.c.id == versions.c.customer_id).outerjoin(
        statements, statements.c.id == versions.c.statement_id
    )
    named = joined.join(_author, _author.c.id == drafts.c.author_id).join(_editor, _editor.c.id == versions.c.editor_id)
    return named.where(c.case_id.in_(scope.cases)).order_by(c.id)


def _approved_by(version_id: sa.ColumnElement[int]) -> sa.ScalarSelect[str]:
    """Whoever said yes to exactly this version, people and rules."""
    who = sa.func.aggregate_strings(sa.func.coalesce(people.c.name, approvals.c.rule), BETWEEN)
    given = sa.select(who).select_from(approvals.outerjoin(people, people.c.id == approvals.c.person_id))
    return given.where(approvals.c.version_id == version_id, approvals.c.voided_at.is_(None)).scalar_subquery()


def _versions(scope: Scope) -> sa.Select[Any]:
    c = versions.c
    query = sa.select(
        drafts.c.case_id.label("case"),
        c.draft_id.label("draft"),
        c.number.label("version"),
        drafts.c.kind,
        _author.c.name.label("first_written_by"),
        _editor.c.name.label("written_by"),
        c.created_at.label("at"),
        c.language,
        c.private,
        c.text,
        c.findings,
        statements.c.kind.label("statement"),
        statements.c.version.label("statement_version"),
        c.digest,
        drafts.c.status.label("draft_status"),
        drafts.c.reason.label("draft_reason"),
    )
    joined = query.join(drafts, drafts.c.id == c.draft_id).outerjoin(statements, statements.c.id == c.statement_id)
    named = joined.join(_author, _author.c.id == drafts.c.author_id).join(_editor, _editor.c.id == c.editor_id)
    return named.where(drafts.c.case_id.in_(scope.cases)).order_by(c.id)


def _approvals(scope: Scope) -> sa.Select[Any]:
    c = approvals.c
    query = sa.select(
        drafts.c.case_id.label("case"),
        versions.c.draft_id.label("draft"),
        versions.c.number.label("version"),
        statements.c.kind.label("statement"),
        statements.c.version.label("statement_version"),
        people.c.name.label("person"),
        c.rule,
        c.stage,
        _deputised.c.name.label("in_place_of"),
        c.digest,
        c.at,
        c.voided_at,
    )
    joined = (
        query.select_from(approvals)
        .outerjoin(versions, versions.c.id == c.version_id)
        .outerjoin(drafts, drafts.c.id == versions.c.draft_id)
    )
    joined = joined.outerjoin(statements, statements.c.id == c.statement_id).outerjoin(people, people.c.id == c.person_id)
    named = joined.outerjoin(_deputised, _deputised.c.id == c.stands_in_for)
    return named.where(drafts.c.case_id.in_(scope.cases) | (statements.c.crisis_id == scope.crisis)).order_by(c.id)


def _calls(scope: Scope) -> sa.Select[Any]:
    """Who was told when, and by which ways; a call without a step is that of somebody to whom the case was given."""
    c = calls.c
    query = sa.select(
        c.case_id.label("case"),
        cases.c.exercise,
        (c.climb + 1).label("time_up"),
        (c.step + 1).label("step"),
        people.c.name.label("person"),
        c.called_at,
        c.told_at,
        _told_by(c.id).label("told_by"),
        c.failed_at.label("not_told_at"),
        c.acknowledged_at,
        c.over_at.label("not_waited_for_since"),
    )
    joined = query.join(cases, cases.c.id == c.case_id).join(people, people.c.id == c.person_id)
    return joined.where(c.case_id.in_(scope.cases)).order_by(c.id)


def _told_by(call_id: sa.ColumnElement[int]) -> sa.ScalarSelect[str]:
    """The ways by which a notice of it arrived, not the addresses."""
    n = notices.c
    ways = sa.select(notice_calls.c.call_id, n.way).distinct().join(notices, n.id == notice_calls.c.notice_id)
    arrived = ways.where(n.told_at.is_not(None), notice_calls.c.call_id == call_id).correlate(calls).subquery()
    return sa.select(sa.func.aggregate_strings(arrived.c.way, BETWEEN)).scalar_subquery()


def _facts(scope: Scope) -> sa.Select[Any]:
    c = facts.c
    query = sa.select(
        c.id.label("fact"), c.question, c.text, c.status, c.data_types, c.source, people.c.name.label("owner"), c.added_at, c.changed_at
    )
    return query.outerjoin(people, people.c.id == c.owner_id).where(c.crisis_id == scope.crisis).order_by(c.id)


def _statements(scope: Scope) -> sa.Select[Any]:
    c = statements.c
    author = people.c.name.label("written_by")
    query = sa.select(c.kind, c.version, c.status, c.texts, c.fact_ids.label("facts"), author, c.proposed_at, c.approved_at)
    return query.join(people, people.c.id == c.author_id).where(c.crisis_id == scope.crisis).order_by(c.id)


def _attestations(scope: Scope) -> sa.Select[Any]:
    c = attestations.c
    query = sa.select(c.gate, c.subject, c.what, people.c.name.label("attested_by"), c.at, c.withdrawn_at)
    return query.join(people, people.c.id == c.person_id).where(c.crisis_id == scope.crisis).order_by(c.id)


def _holds(scope: Scope) -> sa.Select[Any]:
    c = timeline.c
    said = [c.payload[name].as_string().label(name) for name in ("hold", "before")]
    query = sa.select(c.at, *said, people.c.name.label("set_by"), c.door).outerjoin(people, people.c.id == c.person_id)
    return query.where(c.chain == f"crisis:{scope.crisis}", c.act == "hold_set").order_by(c.id)


def _exceptions(scope: Scope) -> sa.Select[Any]:
    c = exceptions.c
    query = sa.select(c.case_id.label("case"), c.reason, people.c.name.label("given_by"), c.at).join(people, people.c.id == c.person_id)
    return query.where(c.crisis_id == scope.crisis, c.case_id.in_(scope.cases)).order_by(c.id)


TABLES: Mapping[str, Callable[[Scope], sa.Select[Any]]] = {
    "mentions": _mentions,
    "replies": _replies,
    "versions": _versions,
    "approvals": _approvals,
    "calls": _calls,
    "facts": _facts,
    "statements": _statements,
    "attestations": _attestations,
    "holds": _holds,
    "exceptions": _exceptions,
}
