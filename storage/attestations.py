"""Attestations: what somebody vouches for with their name, so that a gate may open. One that is withdrawn is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import attestations, people

CUSTOMERS_FIRST, POSTS_STOPPED = "customers_first", "posts_stopped"


@dataclass(frozen=True)
class Attestation:
    """`what` holds told, share, at, how for customers_first; `subject` the account for posts_stopped."""

    id: int
    crisis_id: int
    gate: str
    subject: str
    what: Mapping[str, str]
    person_id: int
    at: datetime
    person: str


_c = attestations.c
_own = [_c[name] for name in Attestation.__dataclass_fields__ if name in _c]
_standing = sa.select(*_own, people.c.name.label("person")).join(people, people.c.id == _c.person_id).where(_c.withdrawn_at.is_(None))


async def attest(work: Work, crisis_id: int, gate: str, person_id: int, what: Mapping[str, str], subject: str = "") -> int:
    """A newer word on the same thing stands in place of the older."""
    await work.lock_names([f"attestation:{crisis_id}:{gate}"])
    await withdraw(work, crisis_id, gate, subject)
    row = {"crisis_id": crisis_id, "gate": gate, "subject": subject, "what": dict(what), "person_id": person_id, "at": await work.now()}
    return int((await work.execute(sa.insert(attestations).values(row).returning(_c.id))).scalar_one())


async def withdraw(work: Work, crisis_id: int, gate: str, subject: str = "") -> bool:
    """False when nothing stood."""
    mine = (_c.crisis_id == crisis_id) & (_c.gate == gate) & (_c.subject == subject) & _c.withdrawn_at.is_(None)
    return bool((await work.execute(sa.update(attestations).where(mine).values(withdrawn_at=await work.now()))).rowcount)


async def standing(work: Work, crisis_id: int, gate: str, subject: str = "") -> Attestation | None:
    query = _standing.where(_c.crisis_id == crisis_id, _c.gate == gate, _c.subject == subject).order_by(_c.id.desc()).limit(1)
    row: Any = (await work.execute(query)).mappings().first()
    return Attestation(**row) if row else None


async def all_standing(work: Work, crisis_id: int) -> list[Attestation]:
    rows = (await work.execute(_standing.where(_c.crisis_id == crisis_id).order_by(_c.id))).mappings()
    return [Attestation(**row) for row in rows]
