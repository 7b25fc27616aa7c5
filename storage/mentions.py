"""What customers wrote, as received: stored once per (network, external id), never edited; what the network changes is kept beside it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import cursors, mention_changes, mentions, raw_payloads


async def known(work: Work, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, int]]:
    """(network, external id) → (mention id, case id) of those that we have."""
    c, by_network = mentions.c, dict[str, list[str]]()
    for network, external_id in keys:
        by_network.setdefault(network, []).append(external_id)
    # not a list of pairs: for those SQLite reads the whole index
    asked = [(c.network == network) & c.external_id.in_(ids) for network, ids in by_network.items()]
    query = sa.select(c.network, c.external_id, c.id, c.case_id).where(sa.or_(sa.false(), *asked))
    return {(row.network, row.external_id): (row.id, row.case_id) for row in await work.execute(query)}


def trace(network: str, external_id: str) -> str:
    """What stands for an erased mention's id: it tells that the network speaks of it again, and nothing else."""
    return "erased:" + hashlib.sha256(f"{network}\x1f{external_id}".encode()).hexdigest()


async def erased(work: Work, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, int]]:
    """Those of which only the trace is left, as `known` tells them."""
    traces = {(network, trace(network, external_id)): (network, external_id) for network, external_id in keys}
    return {traces[key]: found for key, found in (await known(work, traces)).items()}


async def get(work: Work, mention_id: int) -> sa.Row[Any] | None:
    return (await work.execute(sa.select(mentions).where(mentions.c.id == mention_id))).first()


async def first_of(work: Work, case_id: int) -> int | None:
    """The one with which a case began."""
    found: int | None = await work.scalar(sa.select(sa.func.min(mentions.c.id)).where(mentions.c.case_id == case_id))
    return found


async def hidden(work: Work, mention_id: int) -> None:
    await work.execute(sa.update(mentions).where(mentions.c.id == mention_id).values(hidden_at=await work.now()))


async def context(work: Work, network: str, external_id: str) -> str:
    """What the network wants back to answer a mention."""
    c = mentions.c
    return str(await work.scalar(sa.select(c.context).where(c.network == network, c.external_id == external_id)) or "")


async def latest_of(work: Work, case_id: int) -> str:
    """What a reply answers: the id, on its network, of the latest mention that may be answered and that the customer has not deleted.

    "" when none is left.
    """
    c = mentions.c
    query = sa.select(c.external_id).where(c.case_id == case_id)
    query = query.order_by(c.deleted_at.is_not(None), c.no_answer.is_not(None), c.posted_at.desc(), c.id.desc())
    return str(await work.scalar(query.limit(1)) or "")


async def add(work: Work, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """(network, external id) → new mention id."""
    c = mentions.c
    added = await work.execute(sa.insert(mentions).returning(c.network, c.external_id, c.id), rows)
    return {(row.network, row.external_id): row.id for row in added}


async def change(work: Work, mention_id: int, what: str, text: str | None) -> bool:
    """Record an edit or a deletion on the network; False when it was known."""
    now = await work.now()
    latest = (
        sa.select(mention_changes.c.change, mention_changes.c.text)
        .where(mention_changes.c.mention_id == mention_id)
        .order_by(mention_changes.c.id.desc())
        .limit(1)
    )
    before = (await work.execute(latest)).first()
    original = await work.scalar(sa.select(mentions.c.text).where(mentions.c.id == mention_id))
    if (before is None and what == "edited" and text == original) or (before is not None and (before.change, before.text) == (what, text)):
        return False
    row = {"mention_id": mention_id, "change": what, "text": text, "seen_at": now}
    await work.execute(sa.insert(mention_changes).values(row))
    if what == "deleted":
        await work.execute(sa.update(mentions).where(mentions.c.id == mention_id).values(deleted_at=now))
    return True


async def keep_raw(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of source, body, mention_id, refused_because."""
    if rows:
        now = await work.now()
        await work.execute(sa.insert(raw_payloads), [{**row, "received_at": now} for row in rows])


async def drop_raw(work: Work, before: datetime) -> int:
    return (await work.execute(sa.delete(raw_payloads).where(raw_payloads.c.received_at < before))).rowcount


async def cursor(work: Work, source: str) -> str | None:
    """Where reading a source stopped."""
    found: str | None = await work.scalar(sa.select(cursors.c.position).where(cursors.c.source == source))
    return found


async def move_cursor(work: Work, source: str, position: str) -> None:
    values = {"position": position, "at": await work.now()}
    new = work.insert(cursors).values(source=source, **values)
    await work.execute(new.on_conflict_do_update(index_elements=["source"], set_=values))


async def recent_texts(work: Work, limit: int) -> list[tuple[str, int]]:
    """(text, cluster) of the latest mentions, oldest first."""
    query = sa.select(mentions.c.text, mentions.c.cluster).where(mentions.c.text != "").order_by(mentions.c.id.desc()).limit(limit)
    return [(row.text, row.cluster) for row in (await work.execute(query)).all()][::-1]


async def after(work: Work, mention_id: int, limit: int) -> Sequence[sa.Row[Any]]:
    """The next mentions (id, case_id, text, language) in the order in which they were stored."""
    c = mentions.c
    query = sa.select(c.id, c.case_id, c.text, c.language).where(c.id > mention_id, c.text != "").order_by(c.id).limit(limit)
    return (await work.execute(query)).all()
