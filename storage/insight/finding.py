"""Finds messages by their words: what customers wrote and what we answered, newest first, in a bounded time.

The words are in an index that the database keeps by itself: FTS5 tables on SQLite, `words_of(text)` on PostgreSQL.
"""

import re
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from storage import queue
from storage.database import Store, Work
from storage.tables import cases, customers, mention_changes, mentions, replies, versions
from storage.types import ReplyState

PATIENCE = 1.2  # seconds for all that is looked through; whoever asks waits for it
FIRST, LEAST, LARGEST, TIMES = 20_000, 400, 320_000, 4  # messages looked through at once: more after a quick look, fewer after a slow one
QUICK, SLOW, MOST = 0.05, 0.25, 0.6  # seconds; what takes PostgreSQL longer than the most is given up
CANCELED = "57014"
# to read a text's words anew takes a hundred times what PostgreSQL's planner thinks: their index is to be asked, also for short stretches
PLANNED = (f"SET LOCAL statement_timeout = {int(MOST * 1000)}", "SET LOCAL cpu_operator_cost = 0.25")
BY_ONE = 2_000  # of somebody's latest messages
PHRASES, PHRASE = 8, 12
SETTLED = 1_000  # ids that may be out of the order in which they came
MERGED = 500  # pages of SQLite's index at once
_WORD = re.compile(r"[^\W_]+")
WORDS = {name: sa.table(name, sa.column("rowid"), sa.column(name)) for name in ("mention_words", "version_words")}
_SIMPLE: sa.ColumnElement[Any] = sa.literal_column("'pg_catalog.simple'::regconfig")


@dataclass(frozen=True)
class Phrase:
    """Words that stand one after the other; of an `open` one the last may go on: factur* finds factura and facturas."""

    words: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True)
class Asked:
    """All of the phrases; "" and None are any. `handle`: of whom the message is, or whom it answers."""

    phrases: tuple[Phrase, ...] = ()
    network: str = ""
    tag: str = ""
    handle: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Hit:
    """One message; `ours`: a reply that was published. `text` is as it reads now."""

    case_id: int
    network: str
    text: str
    at: datetime
    ours: bool


@dataclass(frozen=True)
class Found:
    """The newest ones. `back_to`: when time ran out, until when was looked; None: as far as there is anything."""

    hits: tuple[Hit, ...]
    back_to: datetime | None = None


def folded(text: str) -> str:
    """Letter for letter as the index compares them: no capitals, no accents."""
    return "".join(unicodedata.normalize("NFD", sign)[0].lower()[:1] or sign for sign in text)


def phrase(said: str) -> Phrase | None:
    """None when it holds no word."""
    words = tuple(_WORD.findall(folded(unicodedata.normalize("NFC", said))))[:PHRASE]
    return Phrase(words, said.rstrip().endswith("*")) if words else None


async def find(work: Work, asked: Asked, limit: int, clock: Callable[[], float] = time.monotonic) -> Found:
    """At most `limit`. What was erased is never among them, nor what belongs to a drill."""
    last = clock() + PATIENCE
    theirs = await _messages_of(work, asked.handle) if asked.handle else None
    said, back_to = await _look(work, asked, _Customers(theirs), limit, last, clock)
    ours, ours_back_to = await _look(work, asked, _Ours(), limit, last + PATIENCE / 2, clock)
    every = sorted((*said, *ours), key=lambda hit: hit.at, reverse=True)[:limit]
    stops = [stop for stop in (back_to, ours_back_to) if stop]
    return Found(tuple(every), max(stops) if stops else None)


class _Customers:
    """What customers wrote. `only`: these messages, where it is known whose."""

    index = "mention_words"
    id, text, at = mentions.c.id, mentions.c.text, mentions.c.received_at
    ours = False

    def __init__(self, only: Sequence[int] | None) -> None:
        self.only = only

    def query(self, _: Asked) -> sa.Select[Any]:
        edit = (
            sa.select(mention_changes.c.text)
            .where(mention_changes.c.mention_id == mentions.c.id, mention_changes.c.change == "edited")
            .order_by(mention_changes.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        now = sa.func.coalesce(edit, mentions.c.text).label("text")
        found = sa.select(cases.c.id.label("case_id"), cases.c.network, now, self.at.label("at"))
        return found.select_from(mentions.join(cases, cases.c.id == mentions.c.case_id)).where(mentions.c.deleted_at.is_(None))


class _Ours:
    """What was published."""

    index = "version_words"
    id, text, at = versions.c.id, versions.c.text, replies.c.sent_at
    ours = True
    only = None

    def query(self, asked: Asked) -> sa.Select[Any]:
        left = (replies.c.version_id == versions.c.id) & (replies.c.draft_id == versions.c.draft_id) & (replies.c.state == ReplyState.SENT)
        found = sa.select(cases.c.id.label("case_id"), cases.c.network, versions.c.text, self.at.label("at"))
        found = found.select_from(versions.join(replies, left).join(cases, cases.c.id == replies.c.case_id))
        return found.where(versions.c.customer_id.in_(_named(asked.handle))) if asked.handle else found


_Kind = _Customers | _Ours


async def _look(
    work: Work, asked: Asked, kind: _Kind, limit: int, last: float, clock: Callable[[], float]
) -> tuple[list[Hit], datetime | None]:
    """From the newest backwards, a stretch at a time, until there are enough or the time is over."""
    hits: list[Hit] = []
    query = kind.query(asked).where(*_conditions(asked, kind)).order_by(kind.id.desc())
    floor, high = await _bounds(work, asked, kind)
    length = high - floor if kind.only is not None else LEAST if work.on_postgresql else FIRST
    while high > floor and len(hits) < limit:
        low, began = max(floor, high - length), clock()
        words = _holding(work, kind, asked.phrases, low, high)
        rows = await _patiently(work, query.where(kind.id > low, kind.id <= high, *words).limit(limit - len(hits)), few=high - low <= LEAST)
        hits += [Hit(row.case_id, row.network, row.text, row.at, kind.ours) for row in rows or ()]
        high = high if rows is None else low
        if high > floor and clock() > last:
            return hits, await _moment(work, kind, high)
        length = _next(length, clock() - began, given_up=rows is None) if length > LEAST else FIRST
    return hits, None


def _next(length: int, took: float, *, given_up: bool) -> int:
    """How many to look through next."""
    if given_up or took > SLOW:
        return max(LEAST, length // TIMES)
    return min(LARGEST, length * TIMES) if took < QUICK else length


async def _bounds(work: Work, asked: Asked, kind: _Kind) -> tuple[int, int]:
    """The ids that come into question: above the first, up to the second."""
    if kind.only is not None:
        return (min(kind.only) - 1, max(kind.only)) if kind.only else (0, 0)
    floor = await _first_since(work, asked) if asked.since and not kind.ours else 0
    return floor, int(await work.scalar(sa.select(sa.func.max(kind.id))) or 0)


async def _patiently(work: Work, query: sa.Select[Any], *, few: bool) -> Sequence[sa.Row[Any]] | None:
    """None when it took too long."""
    if not work.on_postgresql:
        return (await work.execute(query)).all()
    try:
        async with work.connection.begin_nested():
            for setting in PLANNED[: 1 if few else None]:
                await work.execute(sa.text(setting))
            return (await work.execute(query)).all()
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != CANCELED:
            raise
        return None


async def _first_since(work: Work, asked: Asked) -> int:
    """No message since then has this id or a lower one."""
    c = mentions.c
    first = await work.scalar(sa.select(c.id).where(c.received_at >= asked.since).order_by(c.received_at).limit(1))
    return max(0, first - SETTLED) if first is not None else 2**62


async def _moment(work: Work, kind: _Kind, low: int) -> datetime | None:
    """When the first message after this id came, or was written."""
    at = kind.at if isinstance(kind, _Customers) else versions.c.created_at
    found: datetime | None = await work.scalar(sa.select(at).where(kind.id > low).order_by(kind.id).limit(1))
    return found


def _conditions(asked: Asked, kind: _Kind) -> list[sa.ColumnElement[bool]]:
    return [
        kind.text != "",
        cases.c.erased_at.is_(None),
        ~cases.c.exercise,
        *([kind.id.in_(kind.only)] if kind.only is not None else []),
        *([cases.c.network == asked.network] if asked.network else []),
        *queue.narrowed(tag=asked.tag),
        *([kind.at >= asked.since] if asked.since else []),
    ]


def _named(handle: str) -> sa.Select[tuple[int]]:
    bare = handle.lstrip("@").lower()
    return sa.select(customers.c.id).where(sa.func.lower(customers.c.handle).in_((bare, f"@{bare}")), customers.c.erased_at.is_(None))


async def _messages_of(work: Work, handle: str) -> list[int]:
    theirs = sa.select(cases.c.id).where(cases.c.customer_id.in_(_named(handle)), cases.c.erased_at.is_(None))
    query = sa.select(mentions.c.id).where(mentions.c.case_id.in_(theirs)).order_by(mentions.c.id.desc()).limit(BY_ONE)
    return list((await work.execute(query)).scalars())


def _holding(work: Work, kind: _Kind, phrases: Sequence[Phrase], low: int, high: int) -> list[sa.ColumnElement[bool]]:
    if not phrases:
        return []
    if work.on_postgresql:
        table = kind.id.table.alias()  # apart, so that the index is asked first: to read the words of a text anew costs much more
        if high - low <= LEAST:  # words that many use are found without it
            return [sa.func.words_of(kind.text).op("@@")(_tsquery(one)) for one in phrases[:PHRASES]]
        said = [sa.func.words_of(table.c.text).op("@@")(_tsquery(one)) for one in phrases[:PHRASES]]
        apart = sa.select(table.c.id).where(table.c.id > low, table.c.id <= high, *said).cte("holding").prefix_with("MATERIALIZED")
        return [kind.id.in_(sa.select(apart.c.id))]
    words = WORDS[kind.index]
    found = sa.select(words.c.rowid).where(
        words.c[kind.index].op("MATCH")(_match(phrases[:PHRASES])), words.c.rowid > low, words.c.rowid <= high
    )
    return [kind.id.in_(found)]


def _match(phrases: Sequence[Phrase]) -> str:
    """FTS5's own language, of nothing but letters and figures in quotes. https://sqlite.org/fts5.html#full_text_query_syntax"""
    return " ".join(f'"{" ".join(one.words)}"' + (" *" if one.open else "") for one in phrases)


def _tsquery(one: Phrase) -> sa.ColumnElement[Any]:
    """The words go through PostgreSQL's own reading, as those of the texts did, but for the last of an open phrase."""
    if not one.open:
        return sa.func.phraseto_tsquery(_SIMPLE, " ".join(one.words))
    return sa.cast(" <-> ".join(f"'{word}'" for word in one.words) + ":*", TSQUERY)


async def scrub(store: Store) -> None:
    """Let nothing of what was erased stay in the index's file: SQLite before 3.42 leaves it there until it merges what it wrote.

    A little at a time, so that nobody waits; everywhere else there is nothing to do.
    """
    if store.on_postgresql:
        return
    for name in WORDS:
        pages = -MERGED  # below nothing: begin to merge everything into one
        while await _merge(store, name, pages):
            pages = MERGED


async def _merge(store: Store, name: str, pages: int) -> bool:
    """Whether there may be more to do: https://sqlite.org/fts5.html#the_merge_command"""
    async with store.begin() as work:
        before = await work.scalar(sa.select(sa.func.total_changes()))
        await work.execute(sa.text(f"INSERT INTO {name}({name}, rank) VALUES ('merge', :pages)"), [{"pages": pages}])  # noqa: S608 - one of ours
        changed = int(await work.scalar(sa.select(sa.func.total_changes()))) - int(before)
        await work.commit()
    return pages < 0 or changed >= 2
