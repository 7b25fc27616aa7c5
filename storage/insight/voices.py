"""An even sample of what customers wrote in a period, in a time that does not grow with how much it was."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage import counts
from storage.database import Work
from storage.tables import case_tags, cases, mention_changes, mention_counts, mentions

QUARTER = timedelta(minutes=15)
SURE = 0.35  # from here on the machine's word counts while nobody has clicked
PROBES = 200  # moments from which neighbours are read


@dataclass(frozen=True)
class Sampled:
    """One message as its customer left it; `tags` is the machine's word of it with its confidence, best first.

    A `private` one stands for what was said, and is repeated nowhere.
    """

    id: int
    text: str
    language: str
    tags: tuple[tuple[str, float], ...]
    question: bool
    private: bool


@dataclass(frozen=True)
class Sample:
    """Messages in order of their coming; each stands for `weight` of the period's."""

    said: tuple[Sampled, ...]
    weight: float


_c = mentions.c
# no drill, nothing erased, nothing that its customer took back
_shown = (_c.text != "") & _c.deleted_at.is_(None) & ~cases.c.exercise & cases.c.erased_at.is_(None)
_select = sa.select(_c.id, _c.text, _c.language, _c.suggestion, _c.private).join(cases, cases.c.id == _c.case_id).where(_shown)


async def sample(work: Work, since: datetime, until: datetime, most: int) -> Sample:
    """At most so many of those that came in from `since` to before `until`, each with the same chance."""
    by_quarter = sorted((row[0], row[1]) for row in await counts.within(work, mention_counts, since, until, "quarter"))
    total = sum(n for _, n in by_quarter)
    rows = await _spread(work, since, until, most) if total > most else {}
    if 2 * len(rows) < most:  # few came, or the ids do not follow the time
        moments = list(_moments(by_quarter, total)) if total > most else [since]
        rows |= await _probed(work, moments, until, most - len(rows))
    said = await _as_left(work, rows)
    return Sample(tuple(said), max(total, len(said)) / max(len(said), 1))


async def _spread(work: Work, since: datetime, until: datetime, most: int) -> dict[int, Mapping[Any, Any]]:
    """Those of evenly spread ids, which grow with time; what came in one moment is spread, too."""
    within = (_c.received_at >= since, _c.received_at < until)
    ends = [
        sa.select(_c.id).where(*within).order_by(*order).limit(1)
        for order in ((_c.received_at, _c.id), (_c.received_at.desc(), _c.id.desc()))
    ]
    first, last = [await work.scalar(query) for query in ends]
    if first is None or last - first < most:
        return {}
    chosen = [first + (last - first) * number // (most - 1) for number in range(most)]
    return {row["id"]: row for row in (await work.execute(_select.where(*within, _c.id.in_(chosen)).order_by(_c.id))).mappings()}


def _between(since: datetime, until: datetime) -> sa.Select[Any]:
    return _select.where(_c.received_at >= since, _c.received_at < until).order_by(_c.received_at, _c.id)


def _moments(by_quarter: Sequence[tuple[datetime, int]], total: int) -> Iterator[datetime]:
    """Moments with as many messages between one and the next."""
    passed, number = 0, 0
    for quarter, n in by_quarter:
        while n > 0 and number < PROBES and total * number // PROBES < passed + n:
            yield quarter + QUARTER * ((total * number // PROBES - passed) / n)
            number += 1
        passed += n


async def _probed(work: Work, moments: Sequence[datetime], until: datetime, most: int) -> dict[int, Mapping[Any, Any]]:
    """Some from each moment on."""
    found: dict[int, Mapping[Any, Any]] = {}
    each = max(1, most // max(len(moments), 1))
    for moment in moments:
        found |= {row["id"]: row for row in (await work.execute(_between(moment, until).limit(each))).mappings()}
    return found


async def _as_left(work: Work, rows: Mapping[int, Mapping[Any, Any]]) -> list[Sampled]:
    """With the words that a customer put in place of the first ones."""
    c = mention_changes.c
    edits = sa.select(c.mention_id, c.text).where(c.mention_id.in_(rows), c.change == "edited").order_by(c.id)
    newest = {row.mention_id: row.text for row in await work.execute(edits)} if rows else {}
    read = [_sampled({**row, "text": newest.get(number) or row["text"]}) for number, row in rows.items()]
    return [one for one in read if one.text.strip()]


def _sampled(row: Mapping[Any, Any]) -> Sampled:
    said = row["suggestion"] or {}
    tags = tuple((str(tag), float(confidence)) for tag, confidence in said.get("tags") or ())
    return Sampled(row["id"], row["text"], row["language"], tags, bool(said.get("question")), bool(row["private"]))


async def by_ids(work: Work, ids: Collection[int]) -> list[Sampled]:
    """Those that may still be shown, in the order given."""
    rows = {row["id"]: row for row in (await work.execute(_select.where(_c.id.in_(ids)))).mappings()} if ids else {}
    return await _as_left(work, {number: rows[number] for number in ids if number in rows})


async def latest(work: Work, since: datetime, most: int, *, tag: str = "", network: str = "") -> list[Sampled]:
    """The latest since a moment, of one tag (a person's word, or the machine's where nobody has clicked) or one network."""
    query = _select.where(_c.received_at >= since).order_by(_c.received_at.desc(), _c.id.desc()).limit(most)
    if network:
        query = query.where(_c.network == network)
    if tag:
        t = case_tags.c
        stands = t.is_set.is_(True) | (t.is_set.is_(None) & (t.confidence >= SURE))
        query = query.join(case_tags, (t.case_id == _c.case_id) & (t.tag == tag)).where(stands)
    return await _as_left(work, {row["id"]: row for row in (await work.execute(query)).mappings()})
