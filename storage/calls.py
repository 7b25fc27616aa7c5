"""Calls: this person was called for this case, by this step; how far the call came, and which ways are left."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import calls, cases, notice_calls, notices, people
from storage.types import Status


@dataclass(frozen=True)
class Call:
    """`step` None: somebody gave the case to this person. `otherwise`: FLOW's ways that are left, should those in use fail."""

    id: int
    case_id: int
    climb: int
    step: int | None
    person_id: int
    severity: int
    otherwise: tuple[str, ...]
    called_at: datetime
    told_at: datetime | None
    failed_at: datetime | None
    acknowledged_at: datetime | None
    over_at: datetime | None
    name: str

    @property
    def is_untold(self) -> bool:
        """It may still arrive, and somebody waits for that."""
        return self.told_at is None and self.failed_at is None and self.over_at is None


_c = calls.c
AGAIN = 4  # times that one case may have called somebody anew
_unmet = _c.over_at.is_(None) & _c.acknowledged_at.is_(None)
_own = [_c[name] for name in Call.__dataclass_fields__ if name in _c]
_select = sa.select(*_own, people.c.name).join(people, people.c.id == _c.person_id)


def _call(row: Mapping[Any, Any]) -> Call:
    return Call(**{**row, "otherwise": tuple(row["otherwise"])})


async def add(work: Work, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[int, int], int]:
    """(case, person) → the id of a new one, each pair given once. A step that has called somebody before calls them no second time.

    Values: case_id, climb, step, ladder, ended, person_id, severity, otherwise, failed_at.
    """
    if not rows:
        return {}
    now = await work.now()
    new = work.insert(calls).on_conflict_do_nothing().returning(_c.case_id, _c.person_id, _c.id)
    return {(row.case_id, row.person_id): row.id for row in await work.execute(new, [{**row, "called_at": now} for row in rows])}


async def of_case(work: Work, case_id: int) -> list[Call]:
    """All that were ever made for it, in order."""
    return [_call(row) for row in (await work.execute(_select.where(_c.case_id == case_id).order_by(_c.id))).mappings()]


async def by_ids(work: Work, ids: Collection[int]) -> list[Call]:
    return [_call(row) for row in (await work.execute(_select.where(_c.id.in_(ids)).order_by(_c.id))).mappings()]


async def open_cases_of_notice(work: Work, notice_id: int) -> list[int]:
    """The cases of which a notice calls somebody who has not acknowledged, and nobody else has."""
    return list((await work.execute(sa.select(_c.case_id).where(_c.id.in_(_of(notice_id)), _unmet).distinct())).scalars())


_carried = _select.join(notice_calls, notice_calls.c.call_id == _c.id).join(cases, cases.c.id == _c.case_id)
_open = _unmet & (cases.c.status != Status.CLOSED)
_gravest = (_c.severity.desc(), _c.id)


async def open_of_notice(work: Work, notice_id: int, limit: int) -> tuple[int, list[Call]]:
    """What still waits of that which a notice is about: how much it is, and the gravest and longest of it."""
    where = (notice_calls.c.notice_id == notice_id) & _open
    rows = (
        (await work.execute(_carried.add_columns(sa.func.count().over().label("count")).where(where).order_by(*_gravest).limit(limit)))
        .mappings()
        .all()
    )
    return (rows[0]["count"] if rows else 0), [_call({key: row[key] for key in row if key != "count"}) for row in rows]


async def ended_of_notice(work: Work, notice_id: int, limit: int) -> list[Call]:
    """What does not wait any more."""
    where = (notice_calls.c.notice_id == notice_id) & ~_open
    return [_call(row) for row in (await work.execute(_carried.where(where).order_by(*_gravest).limit(limit))).mappings()]


def awaited(person_id: int) -> sa.ColumnElement[bool]:
    """What somebody was called for and nobody has yet."""
    return (_c.person_id == person_id) & _unmet


async def waiting_for(work: Work, person_id: int, case_ids: Collection[int]) -> dict[int, Call]:
    """The first call that waits for somebody, of each of these cases that has one."""
    where = awaited(person_id) & _c.case_id.in_(case_ids)
    rows = (await work.execute(_select.where(where).order_by(_c.id.desc()))).mappings()
    return {row["case_id"]: _call(row) for row in rows}


COUNTED = 1000  # beyond, it is enough to know that there are more


async def count_waiting(work: Work, person_id: int) -> int:
    """How many open cases wait for somebody; COUNTED at the most."""
    query = sa.select(_c.case_id).select_from(calls.join(cases, cases.c.id == _c.case_id)).distinct()
    few = query.where(awaited(person_id), cases.c.status != Status.CLOSED).limit(COUNTED).subquery()
    return int(await work.scalar(sa.select(sa.func.count()).select_from(few)))


async def gravest_waiting(work: Work, person_id: int, limit: int) -> list[int]:
    """Open cases that wait for somebody, the gravest first, then those for which they were called first."""
    query = sa.select(_c.case_id).select_from(calls.join(cases, cases.c.id == _c.case_id))
    called = query.where(awaited(person_id), cases.c.status != Status.CLOSED).order_by(_c.severity.desc(), _c.id)
    rows = (await work.execute(called.limit(limit * AGAIN))).scalars()
    return list(dict.fromkeys(rows))[:limit]


def _of(notice_id: int) -> sa.Select[tuple[int]]:
    return sa.select(notice_calls.c.call_id).where(notice_calls.c.notice_id == notice_id)


async def hold_cases_of_notice(work: Work, notice_id: int, *, arrived: bool) -> None:
    """Those whose calls change by its arrival, or else by its loss; until the end of the transaction, in the order of everybody."""
    if work.on_postgresql:
        changes = _c.told_at.is_(None) if arrived else _c.told_at.is_(None) | _c.over_at.is_(None)
        theirs = sa.select(_c.case_id).where(_c.id.in_(_of(notice_id)), changes)
        await work.execute(sa.select(cases.c.id).where(cases.c.id.in_(theirs)).order_by(cases.c.id).with_for_update())


async def people_of_notice(work: Work, notice_id: int) -> list[int]:
    return list((await work.execute(sa.select(_c.person_id).where(_c.id.in_(_of(notice_id))).distinct())).scalars())


async def people_of(work: Work, case_ids: Collection[int]) -> list[int]:
    """Whoever was ever called for these."""
    return list((await work.execute(sa.select(_c.person_id).where(_c.case_id.in_(case_ids)).distinct())).scalars())


async def unheard(work: Work, notice_id: int) -> list[int]:
    """Ids of the calls of a notice that somebody still waits for and of which no way of the person's own has told."""
    told = sa.select(notice_calls.c.call_id).join(notices, notices.c.id == notice_calls.c.notice_id)
    heard = told.where(notice_calls.c.call_id == _c.id, notices.c.person_id.is_not(None), notices.c.told_at.is_not(None)).correlate(calls)
    told_so = _c.told_at.is_not(None) & heard.exists()  # a notice that has arrived may have taken in a call that has not
    query = sa.select(_c.id).where(_c.id.in_(_of(notice_id)), _c.over_at.is_(None), ~told_so)
    return list((await work.execute(query.order_by(_c.severity.desc(), _c.id))).scalars())


async def ringing(work: Work, ids: Collection[int], ways: Collection[str]) -> list[tuple[int, str, str]]:
    """(call, way, address) of what has neither arrived by one of these ways nor failed, of these calls."""
    n = notices.c
    query = sa.select(notice_calls.c.call_id, n.way, n.address).join(notices, n.id == notice_calls.c.notice_id)
    where = n.way.in_(ways) & n.person_id.is_not(None) & n.told_at.is_(None) & n.failed_at.is_(None)
    return [(row.call_id, row.way, row.address) for row in await work.execute(query.where(notice_calls.c.call_id.in_(ids), where))]


async def mark_told_by(work: Work, notice_id: int) -> None:
    """A notice arrived: the first one of some of its calls."""
    first = sa.update(calls).where(_c.id.in_(_of(notice_id)), _c.told_at.is_(None))
    await work.execute(first.values(told_at=await work.now(), failed_at=None))


async def mark_told(work: Work, ids: Collection[int]) -> None:
    """The first notice of each arrived."""
    await work.execute(sa.update(calls).where(_c.id.in_(ids), _c.told_at.is_(None)).values(told_at=await work.now(), failed_at=None))


async def mark_failed(work: Work, ids: Collection[int]) -> None:
    """No way is left: not told."""
    await work.execute(sa.update(calls).where(_c.id.in_(ids), _c.told_at.is_(None)).values(failed_at=await work.now()))


async def mark_acknowledged(work: Work, case_id: int, person_id: int) -> int:
    """By the one who was called; how many calls that was."""
    where = (_c.case_id == case_id) & (_c.person_id == person_id) & _c.acknowledged_at.is_(None) & _c.over_at.is_(None)
    return (await work.execute(sa.update(calls).where(where).values(acknowledged_at=await work.now()))).rowcount


async def end(work: Work, case_id: int) -> list[int]:
    """Nobody waits for these any more; the ids of those that were open."""
    return await end_of_cases(work, [case_id])


async def end_of_cases(work: Work, case_ids: Collection[int]) -> list[int]:
    where = _c.case_id.in_(case_ids) & _c.over_at.is_(None)
    return list((await work.execute(sa.update(calls).where(where).values(over_at=await work.now()).returning(_c.id))).scalars())


async def end_of_person(work: Work, person_id: int) -> list[tuple[int, int]]:
    """Nobody waits for somebody any more: (id, case id) of the calls that were open."""
    where = (_c.person_id == person_id) & _c.over_at.is_(None)
    ended = sa.update(calls).where(where).values(over_at=await work.now()).returning(_c.id, _c.case_id)
    return [(row.id, row.case_id) for row in await work.execute(ended)]


async def use_next_ways(work: Work, left: Mapping[int, Sequence[str]]) -> None:
    """What is left to each of these after it."""
    if left:
        use = sa.update(calls).where(_c.id == sa.bindparam("call")).values(otherwise=sa.bindparam("ways"))
        await work.execute(use, [{"call": call_id, "ways": list(ways)} for call_id, ways in left.items()])


async def hopeful(work: Work, ids: Collection[int]) -> set[int]:
    """Those of which a notice has arrived or may still do so."""
    query = sa.select(notice_calls.c.call_id).join(notices, notice_calls.c.notice_id == notices.c.id)
    return set((await work.execute(query.where(notice_calls.c.call_id.in_(ids), notices.c.failed_at.is_(None)))).scalars())


async def overdue(work: Work, before: datetime, limit: int = 1000) -> list[int]:
    """Ids of those called before a moment, told by no way so far, with ways left to be tried; gravest first."""
    where = _c.told_at.is_(None) & _c.failed_at.is_(None) & _c.over_at.is_(None) & (_c.called_at <= before)
    left = sa.cast(_c.otherwise, sa.Text) != "[]"
    return list((await work.execute(sa.select(_c.id).where(where, left).order_by(_c.severity.desc(), _c.id).limit(limit))).scalars())


async def cases_of(work: Work, ids: Collection[int]) -> list[int]:
    """The cases of these calls, in the order in which they are locked."""
    return list((await work.execute(sa.select(_c.case_id).where(_c.id.in_(ids)).distinct().order_by(_c.case_id))).scalars())
