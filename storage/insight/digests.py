"""What was composed for whoever subscribed, once for each time it was owed, and what became of it."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.mentions import cursor, move_cursor
from storage.tables import digests, mentions, subscriptions

WORDS = "words of digests"  # which are forgotten when somebody is erased
ASKED_FOR = -1  # in `missed`: somebody wanted it at once, and it stands for no time that was owed
_d = digests.c


@dataclass(frozen=True)
class New:
    """`figures` are values of JSON. `missed` counts earlier slots that it makes up for; ASKED_FOR."""

    subscription_id: int
    slot: datetime
    since: datetime
    until: datetime
    figures: Mapping[str, Any]
    missed: int = 0


@dataclass(frozen=True)
class Digest(New):
    id: int = 0
    composed_at: datetime | None = None
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    reason: str | None = None


_COLUMNS = [_d[name] for name in Digest.__dataclass_fields__]


async def add(work: Work, new: New) -> int | None:
    """Its id; None when somebody else has composed it already."""
    row = {name: getattr(new, name) for name in New.__dataclass_fields__}
    made = work.insert(digests).values(**row, composed_at=await work.now())
    found: int | None = (await work.execute(made.on_conflict_do_nothing().returning(_d.id))).scalar()
    return found


async def get(work: Work, digest_id: int) -> Digest | None:
    row = (await work.execute(sa.select(*_COLUMNS).where(_d.id == digest_id))).first()
    return Digest(**row._asdict()) if row else None


async def latest(work: Work) -> dict[int, datetime]:
    """The last slot of each standing subscription that was composed because it was owed; one look into the index for each."""
    theirs = sa.select(_d.slot).where(_d.subscription_id == subscriptions.c.id, _d.missed != ASKED_FOR)
    last = theirs.order_by(_d.slot.desc()).limit(1).scalar_subquery().label("slot")
    query = sa.select(subscriptions.c.id, last).where(subscriptions.c.ended_at.is_(None))
    return {row.id: row.slot for row in await work.execute(query) if row.slot is not None}


async def of_late(work: Work, limit: int = 50) -> Sequence[Digest]:
    """The latest first."""
    return [Digest(**row._asdict()) for row in await work.execute(sa.select(*_COLUMNS).order_by(_d.id.desc()).limit(limit))]


async def arrived(work: Work, digest_id: int) -> None:
    await work.execute(sa.update(digests).where(_d.id == digest_id).values(sent_at=await work.now(), failed_at=None, reason=None))


async def failed(work: Work, digest_id: int, reason: str) -> None:
    await work.execute(sa.update(digests).where(_d.id == digest_id).values(failed_at=await work.now(), reason=reason[:200]))


async def forget_words(work: Work, since: datetime, until: datetime) -> None:
    """Of what was composed between these moments the numbers stay; what customers and colleagues wrote goes, and where it can be read."""
    await _forget(work, (_d.composed_at >= since) & (_d.composed_at < until))


async def erasure(work: Work) -> str:
    """A sign that differs after every erasure of a customer. Who compares holds WORDS, as whoever erases does."""
    return await cursor(work, WORDS) or ""


async def forget_words_since(work: Work, case_ids: Collection[int]) -> None:
    """The same of whatever was composed since the first message of these cases came in: a quote does not say whose it is."""
    if not case_ids:
        return
    await work.lock_names([WORDS])
    await move_cursor(work, WORDS, secrets.token_hex(8))
    first = await work.scalar(sa.select(sa.func.min(mentions.c.received_at)).where(mentions.c.case_id.in_(case_ids)))
    if first:
        await _forget(work, _d.composed_at >= first)


async def _forget(work: Work, which: sa.ColumnElement[bool]) -> None:
    for number in list((await work.execute(sa.select(_d.id).where(which))).scalars()):
        figures = await work.scalar(sa.select(_d.figures).where(_d.id == number))
        kept = _wordless(figures)
        if kept != figures:
            await work.execute(sa.update(digests).where(_d.id == number).values(figures=kept))


def _wordless(figures: Mapping[str, Any]) -> dict[str, Any]:
    sent = [{**one, "links": []} for one in figures["sent"]]
    return {**figures, "asked": [], "approving": {**figures["approving"], "reasons": []}, "sent": sent}
