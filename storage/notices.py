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


_c = notices.c
_select = sa.select(*[_c[name] for name in Notice.__dataclass_fields__])


def _notice(row: Mapping[Any, Any]) -> Notice:
    return Notice(**row)


async def open_one(work: Work, **values: Any) -> int:
    """`values`: person_id or case_id, way, address, severity, perhaps opened_at: when it may leave."""
    row = {"opened_at": await work.now(), **values}
    return int((await work.execute(sa.insert(notices).values(row).returning(_c.id))).scalar_one())


async def get(work: Work, notice_id: int) -> Notice | None:
    row = (await work.execute(_select.where(_c.id == notice_id))).mappings().first()
    return _notice(row) if row else None


async def newest(work: Work, person_id: int, way: str, address: str) -> Notice | None:
    """The last one to somebody by a way, failed ones apart."""
    where = (_c.person_id == person_id) & (_c.way == way) & (_c.address == address) & _c.failed_at.is_(None)
    row = (await work.execute(_select.where(where).order_by(_c.opened_at.desc(), _c.id.desc()).limit(1))).mappings().first()
    return _notice(row) if row else None


async def join(work: Work, notice_id: int, call_ids: Collection[int]) -> None:
    if call_ids:
        rows = [{"notice_id": notice_id, "call_id": call_id} for call_id in call_ids]
        await work.execute(work.insert(notice_calls).on_conflict_do_nothing(), rows)


async def raise_to(work: Work, notice_id: int, severity: int) -> None:
    """It has joined something graver."""
    await work.execute(sa.update(notices).where(_c.id == notice_id, _c.severity < severity).values(severity=severity))


async def arrived(work: Work, notice_id: int, external_id: str, address: str | None = None) -> None:
    """`address` when it arrived elsewhere than it was meant for: a thread may have moved."""
    first = sa.func.coalesce(_c.told_at, sa.literal(await work.now(), _c.told_at.type))
    values = {"external_id": external_id, "told_at": first, "failed_at": None, **({"address": address} if address else {})}
    await work.execute(sa.update(notices).where(_c.id == notice_id).values(values))


async def failed(work: Work, notice_id: int, reason: str) -> bool:
    """It will not arrive any more; False when it had arrived before."""
    gone = sa.update(notices).where(_c.id == notice_id, _c.told_at.is_(None))
    return bool((await work.execute(gone.values(failed_at=await work.now(), reason=reason))).rowcount)


async def of_calls(work: Work, call_ids: Collection[int]) -> Sequence[Notice]:
    """Every notice that carried one of these."""
    query = _select.where(_c.id.in_(sa.select(notice_calls.c.notice_id).where(notice_calls.c.call_id.in_(call_ids))))
    return [_notice(row) for row in (await work.execute(query.order_by(_c.id))).mappings()]
