"""What else somebody wrote to us about: the other cases of a customer, and of the same person's other accounts."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.database import Work
from storage.tables import cases, customers, mentions
from storage.types import Status


@dataclass(frozen=True)
class PastCase:
    """`text` is what the customer wrote first."""

    id: int
    network: str
    status: Status
    severity: int
    opened_at: datetime
    answered_at: datetime | None
    text: str


async def of_person(work: Work, case_id: int, limit: int = 20) -> list[PastCase]:
    """All cases of the person behind a case but that one, the newest first."""
    mine, other = customers.alias(), customers.alias()
    root = sa.func.coalesce(mine.c.linked_to, mine.c.id)
    same = sa.select(other.c.id).join(mine, sa.func.coalesce(other.c.linked_to, other.c.id) == root)
    same = same.join(cases, cases.c.customer_id == mine.c.id).where(cases.c.id == case_id)
    theirs = cases.alias()
    first = sa.select(mentions.c.text).where(mentions.c.case_id == theirs.c.id).order_by(mentions.c.id).limit(1).scalar_subquery()
    own = [theirs.c[name] for name in PastCase.__dataclass_fields__ if name in theirs.c]
    query = sa.select(*own, sa.func.coalesce(first, "").label("text")).where(theirs.c.customer_id.in_(same), theirs.c.id != case_id)
    rows = (await work.execute(query.order_by(theirs.c.id.desc()).limit(limit))).mappings()
    return [PastCase(**{**row, "status": Status(row["status"])}) for row in rows]
