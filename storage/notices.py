"""Notices: one word to one person by one way, about all calls of its minute; or in a case's thread, to all whom a step calls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import notice_calls, notices


@dataclass(frozen=True)
class Notice:
    """`person_id` None: it stands in the thread of `case_id`. `way` is the name of a workspace or of a door of bot/notices."""

    id: int
    person_id: int | None
    case_id: int | None
    way: str
    address: str
    severity: int
    opened_at: datetime
    told_at: datetime | None
    failed_at: datetime | None
    reason: str | None
    external_id: str | None


@dataclass(frozen=True)
class Place:
    """Where a notice goes: to a person by one way, or into the thread of a case in a workspace."""

    person_id: int | None
    case_id: int | None
    way: str
    address: str


@dataclass(frozen=True)
class New:
    """`opened_at`: when it may leave."""

    place: Place
    severity: int
    opened_at: datetime


_c = notices.c
_place = [_c[name] for name in Place.__dataclass_fields__]
_select = sa.select(*[_c[name] for name in Notice.__dataclass_fields__])


def _notice(row: Mapping[Any, Any]) -> Notice:
    return Notice(**row)


async def open_all(work: Work, new: Sequence[New]) -> dict[Place, int]:
    """Their ids; one for each place."""
    if not new:
        return {}
    rows = [{**vars(one.place), "severity": one.severity, "opened_at": one.opened_at} for one in new]
    opened = await work.execute(sa.insert(notices).returning(*_place, _c.id), rows)
    return {Place(row.person_id, row.case_id, row.way, row.address): row.id for row in opened}


async def get(work: Work, notice_id: int) -> Notice | None:
    row = (await work.execute(_select.where(_c.id == notice_id))).mappings().first()
    return _notice(row) if row else None


async def newest(work: Work, person_ids: Collection[int], after: datetime, until: datetime) -> dict[Place, Notice]:
    """The last one at each place of these people that was opened after a moment and not after another, failed ones apart."""
    where = _c.person_id.in_(person_ids) & (_c.opened_at > after) & (_c.opened_at <= until) & _c.failed_at.is_(None)
    found = [_notice(row) for row in (await work.execute(_select.where(where).order_by(_c.opened_at, _c.id))).mappings()]
    return {Place(one.person_id, one.case_id, one.way, one.address): one for one in found}


async def join(work: Work, pairs: Sequence[tuple[int, int]]) -> None:
    """(notice, call) each."""
    if pairs:
        rows = [{"notice_id": notice_id, "call_id": call_id} for notice_id, call_id in pairs]
        await work.execute(work.insert(notice_calls).on_conflict_do_nothing(), rows)


async def raise_to(work: Work, severities: Mapping[int, int]) -> None:
    """Notices that carry something graver now, by their ids."""
    if severities:
        graver = sa.update(notices).where(_c.id == sa.bindparam("notice")).values(severity=sa.bindparam("grave"))
        await work.execute(graver, [{"notice": notice_id, "grave": severity} for notice_id, severity in severities.items()])


async def arrived(work: Work, ids: Collection[int], external_id: str, address: str | None = None) -> None:
    """`address` when it arrived elsewhere than it was meant for: a thread may have moved."""
    first = sa.func.coalesce(_c.told_at, sa.literal(await work.now(), _c.told_at.type))
    values = {"external_id": external_id, "told_at": first, "failed_at": None, **({"address": address} if address else {})}
    await work.execute(sa.update(notices).where(_c.id.in_(ids)).values(values))


async def failed(work: Work, notice_id: int, reason: str) -> bool:
    """It will not arrive any more; False when it had arrived before."""
    gone = sa.update(notices).where(_c.id == notice_id, _c.told_at.is_(None))
    return bool((await work.execute(gone.values(failed_at=await work.now(), reason=reason))).rowcount)


async def of_calls(work: Work, call_ids: Collection[int]) -> Sequence[Notice]:
    """Every notice that carried one of these."""
    query = _select.where(_c.id.in_(sa.select(notice_calls.c.notice_id).where(notice_calls.c.call_id.in_(call_ids))))
    return [_notice(row) for row in (await work.execute(query.order_by(_c.id))).mappings()]
