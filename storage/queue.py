"""The queue as a page shows it: one screenful of open cases, each with its first words and its tags."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage import calls, cases
from storage.cases import Case, CaseTag
from storage.database import Work
from storage.tables import calls as made
from storage.tables import case_tags, customers, mention_changes, mentions
from storage.tables import cases as table
from storage.types import Status

LIKELY = 0.3  # a machine's word that a filter by tag believes until somebody clicks


@dataclass(frozen=True)
class Waiting:
    """An open case, what the customer wrote first (as it reads now), and its tags."""

    case: Case
    text: str
    tags: Sequence[CaseTag]


def narrowed(*, language: str = "", tag: str = "", find: str = "") -> list[sa.ColumnElement[bool]]:
    """Conditions beside those of `cases.filters`. `find` is a case's number, or part of a customer's handle or name."""
    return [
        *([table.c.language == language] if language else []),
        *([_tagged(tag)] if tag else []),
        *([_found(find.strip())] if find.strip() else []),
    ]


def awaiting(person_id: int) -> sa.ColumnElement[bool]:
    """Cases that somebody was called for and nobody has yet."""
    return table.c.id.in_(sa.select(made.c.case_id).where(calls.awaited(person_id)))


def among(case_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return table.c.id.in_(case_ids)


def owned_by(person_id: int) -> sa.ColumnElement[bool]:
    """Somebody's open cases, asked for in the words of their index."""
    return (table.c.owner_id == person_id) & (table.c.status != sa.literal_column("'closed'"))


def _tagged(tag: str) -> sa.ColumnElement[bool]:
    c = case_tags.c
    holds = c.is_set | (c.is_set.is_(None) & (c.confidence >= LIKELY))
    return sa.exists().where(c.case_id == table.c.id, c.tag == tag, holds)


def _found(words: str) -> sa.ColumnElement[bool]:
    number = words.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 16:
        return table.c.id == int(number)
    c = customers.c
    named = c.handle.icontains(words, autoescape=True) | c.name.icontains(words, autoescape=True)
    return sa.exists().where(c.id == table.c.customer_id, named)


async def count(work: Work, where: Sequence[sa.ColumnElement[bool]]) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(table.c.status != Status.CLOSED, *where)
    return int(await work.scalar(query))


async def page(work: Work, where: Sequence[sa.ColumnElement[bool]], *, offset: int, limit: int) -> list[Waiting]:
    """Gravest first, then the longest waiting."""
    wanted = sa.select(table.c.id).where(table.c.status != Status.CLOSED, *where)
    wanted = wanted.order_by(table.c.severity.desc(), table.c.opened_at, table.c.id).offset(offset).limit(limit)
    ids = list((await work.execute(wanted)).scalars())
    if not ids:
        return []
    found = {case.id: case for case in await cases.queue(work, where=[table.c.id.in_(ids)], limit=len(ids))}
    texts, tags = await _texts(work, ids), await _tags(work, ids)
    return [Waiting(found[one], texts.get(one, ""), tags.get(one, ())) for one in ids if one in found]


async def _texts(work: Work, ids: Sequence[int]) -> dict[int, str]:
    first = sa.select(sa.func.min(mentions.c.id)).where(mentions.c.case_id.in_(ids)).group_by(mentions.c.case_id)
    edit = (
        sa.select(mention_changes.c.text)
        .where(mention_changes.c.mention_id == mentions.c.id, mention_changes.c.change == "edited")
        .order_by(mention_changes.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = sa.select(mentions.c.case_id, sa.func.coalesce(edit, mentions.c.text).label("text")).where(mentions.c.id.in_(first))
    return {row.case_id: row.text for row in await work.execute(query)}


async def _tags(work: Work, ids: Sequence[int]) -> dict[int, list[CaseTag]]:
    """Case id → its tags, set ones first, then the machine's by confidence."""
    c = case_tags.c
    found: dict[int, list[CaseTag]] = {}
    for row in await work.execute(sa.select(c.case_id, c.tag, c.confidence, c.is_set).where(c.case_id.in_(ids))):
        found.setdefault(row.case_id, []).append(CaseTag(row.tag, row.confidence, row.is_set))
    return {one: sorted(tags, key=lambda t: (not t.is_set, -(t.confidence or 0), t.tag)) for one, tags in found.items()}
