"""The cases that began in a period, in pages that hold nothing open between them: however many there are, few are in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import case_tags, cases, customers, deadlines, mentions, people, replies, versions

SURE = 0.35  # from here on the machine's word counts while nobody has clicked, as in the counts
_OF_CASE = ("id", "network", "language", "severity", "status", "crisis", "private", "ladder", "mention_count")
_MOMENTS = ("opened_at", "acknowledged_at", "answered_at", "closed_at", "last_mention_at", "erased_at")
_OF_REPLY = ("state", "sent_at", "url", "deleted_at")
Rows = Mapping[int, Sequence[Mapping[Any, Any]]]  # of each case


async def page(work: Work, since: datetime, until: datetime, after: int, most: int) -> Sequence[Mapping[Any, Any]]:
    """The next cases by number; `owner` and the customer's `handle`, `name` and `kind` are beside them. Drills are none."""
    c = cases.c
    beside = (people.c.name.label("owner"), customers.c.handle, customers.c.name, customers.c.kind)
    query = sa.select(*(c[name] for name in (*_OF_CASE, *_MOMENTS)), *beside)
    query = query.join(customers, customers.c.id == c.customer_id).outerjoin(people, people.c.id == c.owner_id)
    query = query.where(c.id > after, c.opened_at >= since, c.opened_at < until, ~c.exercise).order_by(c.id).limit(most)
    return (await work.execute(query)).mappings().all()


async def tags_of(work: Work, ids: Sequence[int]) -> Rows:
    """A person's word, or the machine's where it is sure enough and nobody has clicked."""
    c = case_tags.c
    stands = c.is_set.is_(True) | (c.is_set.is_(None) & (c.confidence >= SURE))
    return await _by_case(work, sa.select(c.case_id, c.tag).where(c.case_id.in_(ids), stands).order_by(c.case_id, c.tag))


async def clocks_of(work: Work, ids: Sequence[int], kind: str) -> Rows:
    c = deadlines.c
    return await _by_case(work, sa.select(c.case_id, c.due_at, c.met_at).where(c.case_id.in_(ids), c.kind == kind).order_by(c.id))


async def replies_of(work: Work, ids: Sequence[int]) -> Rows:
    """With the network and the language of what was, or will be, sent."""
    c = replies.c
    query = sa.select(c.case_id, *(c[name] for name in _OF_REPLY), versions.c.network, versions.c.language)
    query = query.join(versions, versions.c.id == c.version_id).where(c.case_id.in_(ids)).order_by(c.id)
    return await _by_case(work, query)


async def words_of(work: Work, ids: Sequence[int], most: int) -> Rows:
    """What customers wrote as it was received, oldest first, so many of each case at most."""
    c = mentions.c
    number = sa.func.row_number().over(partition_by=c.case_id, order_by=c.id).label("number")
    each = sa.select(c.case_id, c.id, c.posted_at, c.text, c.url, c.private, c.deleted_at, number).where(c.case_id.in_(ids)).subquery()
    return await _by_case(work, sa.select(each).where(each.c.number <= most).order_by(each.c.id))


async def _by_case(work: Work, query: sa.Select[Any]) -> Rows:
    found = dict[int, list[Mapping[Any, Any]]]()
    for row in (await work.execute(query)).mappings():
        found.setdefault(row["case_id"], []).append(row)
    return found
