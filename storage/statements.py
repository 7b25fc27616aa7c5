"""Statements: the approved narrative of the crisis, versioned by kind, in several languages, with the facts that it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import people, statements

HOLDING, FULL = "holding", "full"


class StatementStatus(StrEnum):
    """in_approval → approved → replaced; rejected and withdrawn end it."""

    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Statement:
    """One version of its kind (holding, full); it never changes but in status. At most one of a kind is approved."""

    id: int
    crisis_id: int
    kind: str
    version: int
    texts: Mapping[str, str]
    fact_ids: tuple[int, ...]
    status: StatementStatus
    author_id: int
    proposed_at: datetime
    approved_at: datetime | None
    author: str


_c = statements.c
_own = [_c[name] for name in Statement.__dataclass_fields__ if name in _c]
_select = sa.select(*_own, people.c.name.label("author")).join(people, people.c.id == _c.author_id)


def _statement(row: Mapping[Any, Any]) -> Statement:
    return Statement(**{**row, "fact_ids": tuple(row["fact_ids"]), "status": StatementStatus(row["status"])})


async def propose(work: Work, crisis_id: int, kind: str, author_id: int, texts: Mapping[str, str], fact_ids: Sequence[int]) -> Statement:
    """The next version of its kind, in approval."""
    await work.lock_names([f"statement:{crisis_id}:{kind}"])
    last = sa.select(sa.func.coalesce(sa.func.max(_c.version), 0)).where(_c.crisis_id == crisis_id, _c.kind == kind)
    row = {"crisis_id": crisis_id, "kind": kind, "author_id": author_id, "texts": dict(texts), "fact_ids": list(fact_ids)}
    values = {**row, "version": 1 + int(await work.scalar(last)), "status": StatementStatus.IN_APPROVAL, "proposed_at": await work.now()}
    new_id = (await work.execute(sa.insert(statements).values(values).returning(_c.id))).scalar_one()
    return _statement((await work.execute(_select.where(_c.id == new_id))).mappings().one())


async def get(work: Work, statement_id: int) -> Statement | None:
    row = (await work.execute(_select.where(_c.id == statement_id))).mappings().first()
    return _statement(row) if row else None


async def lock(work: Work, statement_id: int) -> Statement | None:
    """The version with its whole kind, held until the end of the transaction: one is approved at a time."""
    found = await get(work, statement_id)
    if found is None:
        return None
    await work.lock_names([f"statement:{found.crisis_id}:{found.kind}"])
    return await get(work, statement_id)


async def latest(work: Work, crisis_id: int, kind: str) -> Statement | None:
    """The approved one."""
    query = _select.where(_c.crisis_id == crisis_id, _c.kind == kind, _c.status == StatementStatus.APPROVED)
    row = (await work.execute(query.order_by(_c.version.desc()).limit(1))).mappings().first()
    return _statement(row) if row else None


async def all_of(work: Work, crisis_id: int) -> list[Statement]:
    """Every version, holding and full, oldest first."""
    return [_statement(row) for row in (await work.execute(_select.where(_c.crisis_id == crisis_id).order_by(_c.id))).mappings()]


async def approve(work: Work, statement: Statement) -> Statement | None:
    """It is what we say from now on; the one that it replaces, if there was one. Lock it first."""
    before = await latest(work, statement.crisis_id, statement.kind)
    if before:
        await _set(work, before.id, StatementStatus.REPLACED)
    changed = {"status": StatementStatus.APPROVED, "approved_at": await work.now()}
    await work.execute(sa.update(statements).where(_c.id == statement.id).values(changed))
    return before


async def reject(work: Work, statement_id: int) -> None:
    await _set(work, statement_id, StatementStatus.REJECTED)


async def withdraw(work: Work, statement_id: int) -> None:
    await _set(work, statement_id, StatementStatus.WITHDRAWN)


async def _set(work: Work, statement_id: int, status: StatementStatus) -> None:
    await work.execute(sa.update(statements).where(_c.id == statement_id).values(status=status))
