"""Approvals of a statement: one person's yes to exactly these texts on exactly these facts. None is ever deleted."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.database import Work
from storage.statements import Statement
from storage.tables import approvals, people


@dataclass(frozen=True)
class StatementApproval:
    """`digest` is of what was read."""

    person_id: int
    stage: str
    digest: str
    stands_in_for: int | None
    at: datetime
    person: str


def digest_of(statement: Statement) -> str:
    """SHA-256 over what an approval binds to: kind, version, every text, and the facts under them."""
    bound = [statement.crisis_id, statement.kind, statement.version, dict(statement.texts), list(statement.fact_ids)]
    return hashlib.sha256(json.dumps(bound, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


async def add(work: Work, statement: Statement, person_id: int, stage: str, stands_in_for: int | None = None) -> bool:
    """False when their yes to it stands already; one that was voided is said anew."""
    said = {"stage": stage, "stands_in_for": stands_in_for, "digest": digest_of(statement), "at": await work.now()}
    new = work.insert(approvals).values(**said, statement_id=statement.id, person_id=person_id)
    again = new.on_conflict_do_update(
        index_elements=["statement_id", "person_id"], set_={**said, "voided_at": None}, where=approvals.c.voided_at.is_not(None)
    )
    return bool((await work.execute(again)).rowcount)


async def of(work: Work, statement: Statement) -> list[StatementApproval]:
    """Those of what the statement says now, oldest first."""
    c = approvals.c
    columns = [c[name] for name in StatementApproval.__dataclass_fields__ if name in c]
    query = sa.select(*columns, people.c.name.label("person")).join(people, people.c.id == c.person_id)
    query = query.where(c.statement_id == statement.id, c.voided_at.is_(None), c.digest == digest_of(statement)).order_by(c.id)
    return [StatementApproval(**row) for row in (await work.execute(query)).mappings()]
