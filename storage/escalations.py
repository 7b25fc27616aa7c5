"""Where each case stands on its ladder: climbing, acknowledged, snoozed, unanswered at its end, or over."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import calls, cases, escalations, people
from storage.types import CRITICAL, LOW, Status


class Climbing(StrEnum):
    """climbing → acknowledged → (nothing follows) climbing; snoozed runs out; unanswered is red until somebody has it; over ends it."""

    CLIMBING = "climbing"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    UNANSWERED = "unanswered"
    OVER = "over"


@dataclass(frozen=True)
class Escalation:
    """`step` is the one to be told next; `repeats` counts how often FLOW's own repetition began anew, `climb` every beginning."""

    case_id: int
    state: Climbing = Climbing.CLIMBING
    climb: int = 0
    repeats: int = 0
    step: int = 0
    acknowledged_by: int | None = None
    acknowledged_at: datetime | None = None
    snoozed_until: datetime | None = None
    reminded_at: datetime | None = None
    name: str = ""  # of whoever acknowledged


_c = escalations.c
_own = [_c[name] for name in Escalation.__dataclass_fields__ if name in _c]
_select = sa.select(*_own, sa.func.coalesce(people.c.name, "").label("name")).outerjoin(people, people.c.id == _c.acknowledged_by)


def _escalation(row: Mapping[Any, Any]) -> Escalation:
    return Escalation(**{**row, "state": Climbing(row["state"])})


async def get(work: Work, case_id: int) -> Escalation:
    """One that has not begun to climb stands before its first step."""
    row = (await work.execute(_select.where(_c.case_id == case_id))).mappings().first()
    return _escalation(row) if row else Escalation(case_id)


async def of_cases(work: Work, case_ids: Collection[int]) -> dict[int, Escalation]:
    """Those that have begun."""
    rows = (await work.execute(_select.where(_c.case_id.in_(case_ids)))).mappings()
    return {row["case_id"]: _escalation(row) for row in rows}


async def put(work: Work, case_id: int, **values: Any) -> None:
    """Begin it, or change it."""
    row = {"state": Climbing.CLIMBING, **values, "changed_at": await work.now()}
    new = work.insert(escalations).values(case_id=case_id, **row)
    changed = {name: new.excluded[name] for name in (*values, "changed_at")}
    await work.execute(new.on_conflict_do_update(index_elements=["case_id"], set_=changed))


async def put_all(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for many, each with its case_id; all give the same values."""
    if not rows:
        return
    now = await work.now()
    new = work.insert(escalations)
    changed = {name: new.excluded[name] for name in (*rows[0], "changed_at") if name != "case_id"}
    await work.execute(new.on_conflict_do_update(index_elements=["case_id"], set_=changed), [{**row, "changed_at": now} for row in rows])


FEW = 1000  # so many are sorted faster than the gravest are looked for


async def unanswered(work: Work, limit: int = 10, *, of: int = 0) -> Sequence[int]:
    """Open cases whose ladder ended without anybody, the gravest and longest first; drills apart. `of`: about how many there are."""
    red = (_c.state == Climbing.UNANSWERED) & (cases.c.status != Status.CLOSED) & ~cases.c.exercise
    query = sa.select(_c.case_id).join(cases, cases.c.id == _c.case_id).where(red)
    if of <= FEW:
        return (await work.execute(query.order_by(cases.c.severity.desc(), _c.changed_at).limit(limit))).scalars().all()
    found: list[int] = []
    for severity in range(CRITICAL, LOW - 1, -1):
        if len(found) < limit:
            found += await _longest_open(work, severity, limit - len(found))
    return found


async def _longest_open(work: Work, severity: int, limit: int) -> Sequence[int]:
    """Of one severity, in the order of the index of those that nobody has; where many are red, the first of it are near."""
    red = sa.exists().where(_c.case_id == cases.c.id, _c.state == Climbing.UNANSWERED)
    waits = (cases.c.status != Status.CLOSED) & cases.c.owner_id.is_(None) & ~cases.c.exercise & (cases.c.severity == severity)
    return (await work.execute(sa.select(cases.c.id).where(waits, red).order_by(cases.c.opened_at).limit(limit))).scalars().all()


async def end(work: Work, case_ids: Collection[int]) -> None:
    """Those of these that have begun are over."""
    over = {"state": Climbing.OVER, "changed_at": await work.now()}
    await work.execute(sa.update(escalations).where(_c.case_id.in_(case_ids)).values(over))


async def held_by(work: Work, person_id: int) -> list[int]:
    """Open cases that somebody has acknowledged or put off."""
    theirs = (_c.acknowledged_by == person_id) & _c.state.in_((Climbing.ACKNOWLEDGED, Climbing.SNOOZED))
    query = (
        sa.select(_c.case_id).join(cases, cases.c.id == _c.case_id).where(theirs, cases.c.status.not_in((Status.CLOSED, Status.ANSWERED)))
    )
    return list((await work.execute(query.order_by(_c.case_id))).scalars())


async def let_go(work: Work, case_ids: Collection[int]) -> None:
    """Nobody has these any more."""
    nobody = {"state": Climbing.CLIMBING, "acknowledged_by": None, "acknowledged_at": None, "snoozed_until": None, "reminded_at": None}
    await put_all(work, [{**nobody, "case_id": case_id} for case_id in case_ids])


async def hold_cases_of(work: Work, person_id: int) -> None:
    """The cases that somebody owns, has acknowledged or is called for, until the end of the transaction, in the order of everybody."""
    if work.on_postgresql:
        held = sa.select(_c.case_id).where(_c.acknowledged_by == person_id)
        called = sa.select(calls.c.case_id).where(calls.c.person_id == person_id, calls.c.over_at.is_(None))
        theirs = (cases.c.owner_id == person_id) | cases.c.id.in_(held) | cases.c.id.in_(called)
        await work.execute(sa.select(cases.c.id).where(theirs).order_by(cases.c.id).with_for_update())
