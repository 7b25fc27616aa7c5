"""Cases: one customer's matter in one conversation, with its tags, notes and the places where its card is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import case_tags, cases, clicks, customers, mention_changes, mentions, notes, people, posts
from storage.types import Status

CLICKS_SETTLE = timedelta(seconds=10)


@dataclass(frozen=True)
class Case:
    """A case as it stands in this transaction, with its customer and its owner's name."""

    id: int
    customer_id: int
    conversation_id: str
    network: str
    crisis_id: int | None
    flow_digest: str | None
    ladder: str | None
    crisis: bool
    crisis_set_by: int | None
    left_crisis_at: datetime | None
    channel: str
    status: Status
    severity: int
    owner_id: int | None
    language: str
    private: bool
    mention_count: int
    cluster: int
    opened_at: datetime
    last_mention_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    erased_at: datetime | None
    exercise: bool
    handle: str
    customer_name: str
    kind: str
    reach: int
    owner: str | None


@dataclass(frozen=True)
class Post:
    """Where a case's card stands in a workspace."""

    workspace: str
    channel_id: str
    message_id: str
    current: bool


@dataclass(frozen=True)
class CaseTag:
    """`confidence` is the machine's word, `is_set` a person's; either may be missing."""

    tag: str
    confidence: float | None
    is_set: bool | None


_joined = cases.join(customers, customers.c.id == cases.c.customer_id).outerjoin(people, people.c.id == cases.c.owner_id)
_columns = [
    *[cases.c[name] for name in Case.__dataclass_fields__ if name in cases.c],
    customers.c.handle,
    customers.c.name.label("customer_name"),
    customers.c.kind,
    customers.c.reach,
    people.c.name.label("owner"),
]
_select = sa.select(*_columns).select_from(_joined)


def _case(row: Mapping[Any, Any]) -> Case:
    return Case(**{**row, "status": Status(row["status"])})


async def lock(work: Work, case_id: int) -> Case | None:
    """The case, held until the end of the transaction."""
    if work.on_postgresql:
        await work.execute(sa.select(cases.c.id).where(cases.c.id == case_id).with_for_update())
    return await get(work, case_id)


async def lock_all(work: Work, case_ids: Iterable[int]) -> dict[int, Case]:
    """Those that there are, held until the end of the transaction."""
    where = cases.c.id.in_(sorted(case_ids))
    if work.on_postgresql:
        await work.execute(sa.select(cases.c.id).where(where).order_by(cases.c.id).with_for_update())
    return {row["id"]: _case(row) for row in (await work.execute(_select.where(where))).mappings()}


async def get(work: Work, case_id: int) -> Case | None:
    row = (await work.execute(_select.where(cases.c.id == case_id))).mappings().first()
    return _case(row) if row else None


async def change(work: Work, case_id: int, **values: Any) -> None:
    await work.execute(sa.update(cases).where(cases.c.id == case_id).values(values))


async def of_conversations(work: Work, keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Case]:
    """(customer id, conversation id) → case, held until the end of the transaction."""
    pairs = sorted(set(keys))
    if not pairs:
        return {}
    # the customers first, then the pair as one text: for a list of pairs SQLite reads the whole table
    pair = sa.cast(cases.c.customer_id, sa.Text) + ":" + cases.c.conversation_id
    where = cases.c.customer_id.in_({customer for customer, _ in pairs}) & pair.in_([f"{one}:{other}" for one, other in pairs])
    if work.on_postgresql:
        await work.execute(sa.select(cases.c.id).where(where).order_by(cases.c.id).with_for_update())
    rows = (await work.execute(_select.where(where))).mappings()
    return {(row["customer_id"], row["conversation_id"]): _case(row) for row in rows}


async def add(work: Work, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], int]:
    """(customer id, conversation id) → the new case's id."""
    added = sa.insert(cases).returning(cases.c.customer_id, cases.c.conversation_id, cases.c.id)
    return {(row.customer_id, row.conversation_id): row.id for row in await work.execute(added, rows)} if rows else {}


async def next_unowned(work: Work, *, crisis: bool | None, languages: Sequence[str]) -> Case | None:
    """The gravest open case that nobody owns, the reader's languages before the others, then the oldest; none of a drill."""
    mine = sa.case((cases.c.language.in_(languages or [""]), 0), else_=1)
    query = sa.select(cases.c.id).where(cases.c.status != Status.CLOSED, cases.c.owner_id.is_(None), ~cases.c.exercise)
    if crisis is not None:
        query = query.where(cases.c.crisis == crisis)
    first = query.order_by(cases.c.severity.desc(), mine, cases.c.opened_at, cases.c.id).limit(1)
    case_id = await work.scalar(work.locking(first, skip=True))
    return await get(work, case_id) if case_id else None


async def exercises(work: Work) -> list[int]:
    """The open cases of a drill."""
    return list((await work.execute(sa.select(cases.c.id).where(cases.c.exercise, cases.c.status != Status.CLOSED))).scalars())


async def queue(work: Work, *, where: Sequence[sa.ColumnElement[bool]] = (), limit: int = 50) -> list[Case]:
    """Open cases, gravest first, then the longest waiting."""
    query = (
        _select.where(cases.c.status != Status.CLOSED, *where).order_by(cases.c.severity.desc(), cases.c.opened_at, cases.c.id).limit(limit)
    )
    return [_case(row) for row in (await work.execute(query)).mappings()]


def filters(*, crisis: bool | None, owner_id: int | None, unowned: bool, tag: str) -> list[sa.ColumnElement[bool]]:
    """Conditions for `queue`."""
    tagged = sa.exists().where(case_tags.c.case_id == cases.c.id, case_tags.c.tag == tag, case_tags.c.is_set)
    return [
        *([cases.c.crisis == crisis] if crisis is not None else []),
        *([cases.c.owner_id == owner_id] if owner_id is not None else []),
        *([cases.c.owner_id.is_(None)] if unowned else []),
        *([tagged] if tag else []),
    ]


async def like_this(work: Work, case: Case, limit: int = 50) -> list[Case]:
    """Other cases whose first mention nearly repeats this one's."""
    query = _select.where(*_alike(case)).order_by(cases.c.id.desc()).limit(limit)
    return [_case(row) for row in (await work.execute(query)).mappings()]


async def count_like_this(work: Work, case: Case) -> int:
    return int(await work.scalar(sa.select(sa.func.count()).where(*_alike(case))))


def _alike(case: Case) -> tuple[sa.ColumnElement[bool], ...]:
    """What a drill says is nothing that anybody wrote, nor the other way round."""
    return cases.c.cluster == case.cluster, cases.c.id != case.id, cases.c.exercise == case.exercise


async def mentions_of(work: Work, case_id: int, limit: int = 100) -> Sequence[sa.Row[Any]]:
    """The latest mentions of a case, oldest first, each with what the network did to it since (`changed`, `newest_text`)."""
    latest = sa.select(mentions.c.id).where(mentions.c.case_id == case_id).order_by(mentions.c.id.desc()).limit(limit)
    edit = (
        sa.select(mention_changes.c.text)
        .where(mention_changes.c.mention_id == mentions.c.id, mention_changes.c.change == "edited")
        .order_by(mention_changes.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = sa.select(mentions, edit.label("newest_text")).where(mentions.c.id.in_(latest)).order_by(mentions.c.id)
    return (await work.execute(query)).all()


async def tags_of(work: Work, case_id: int) -> list[CaseTag]:
    """Set ones first, then the machine's by confidence."""
    c = case_tags.c
    query = sa.select(c.tag, c.confidence, c.is_set).where(c.case_id == case_id)
    found = [CaseTag(row.tag, row.confidence, row.is_set) for row in await work.execute(query)]
    return sorted(found, key=lambda t: (not t.is_set, -(t.confidence or 0), t.tag))


async def suggest_tags(work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of case_id, tag, confidence. A person's word on the tag stays as it is; the machine's own keeps the higher confidence."""
    if not rows:
        return
    new = work.insert(case_tags)
    higher = sa.case(
        (new.excluded.confidence > sa.func.coalesce(case_tags.c.confidence, 0), new.excluded.confidence), else_=case_tags.c.confidence
    )
    await work.execute(new.on_conflict_do_update(index_elements=["case_id", "tag"], set_={"confidence": higher}), rows)


async def replace_suggestions(work: Work, case_id: int, found: Sequence[tuple[str, float]]) -> None:
    """The machine thinks otherwise by now: its own words are replaced, a person's stay."""
    mine = (case_tags.c.case_id == case_id) & case_tags.c.is_set.is_(None)
    await work.execute(sa.delete(case_tags).where(mine))
    await suggest_tags(work, [{"case_id": case_id, "tag": tag, "confidence": confidence} for tag, confidence in found])


async def let_go(work: Work, person_id: int) -> list[Case]:
    """Cases of somebody who leaves have no owner any more; open ones, which are given back, are as open as on the first day."""
    theirs = (cases.c.owner_id == person_id) & (cases.c.status != Status.CLOSED)
    status = sa.case((cases.c.status == Status.ACKNOWLEDGED, Status.OPEN), else_=cases.c.status)
    freed = sa.update(cases).where(theirs).values(owner_id=None, status=status).returning(cases.c.id)
    ids = sorted((await work.execute(freed)).scalars())
    await work.execute(sa.update(cases).where(cases.c.owner_id == person_id).values(owner_id=None))
    return [_case(row) for row in (await work.execute(_select.where(cases.c.id.in_(ids)).order_by(cases.c.id))).mappings()]


async def record_click(work: Work, case_id: int, person_id: int, word: str, *, truth: bool) -> None:
    """What an agent said of a case, kept for ever: the machine learns from these alone."""
    row = {"case_id": case_id, "person_id": person_id, "word": word, "truth": truth, "at": await work.now()}
    await work.execute(sa.insert(clicks).values(row))


async def clicks_after(work: Work, click_id: int, limit: int = 500) -> Sequence[sa.Row[Any]]:
    """Clicks in the order of their ids, each with the words that it was about; those of a drill teach nothing.

    The last seconds are left for later: ids do not come in the order of commits, and a click passed over would never be learnt.
    """
    settled, theirs = await work.now() - CLICKS_SETTLE, mentions.alias()
    first = sa.select(sa.func.min(theirs.c.id)).where(theirs.c.case_id == clicks.c.case_id).correlate(clicks).scalar_subquery()
    query = sa.select(clicks.c.id, clicks.c.word, clicks.c.truth, mentions.c.text, mentions.c.language)
    query = (
        query.select_from(clicks)
        .join(mentions, mentions.c.id == first)
        .join(cases, cases.c.id == clicks.c.case_id)
        .where(~cases.c.exercise, clicks.c.id > click_id, clicks.c.at < settled, mentions.c.text != "")
        .order_by(clicks.c.id)
        .limit(limit)
    )
    return (await work.execute(query)).all()


async def add_note(work: Work, case_id: int, person_id: int, words: str) -> int:
    row = {"case_id": case_id, "person_id": person_id, "text": words, "at": await work.now()}
    return int((await work.execute(sa.insert(notes).values(row).returning(notes.c.id))).scalar_one())


async def notes_of(work: Work, case_id: int) -> Sequence[sa.Row[Any]]:
    query = sa.select(notes, people.c.name).join(people).where(notes.c.case_id == case_id).order_by(notes.c.id)
    return (await work.execute(query)).all()


async def posts_of(work: Work, case_ids: Sequence[int]) -> dict[int, list[Post]]:
    """Case id → where its cards stand, the current ones and those left behind as pointers."""
    c = posts.c
    found: dict[int, list[Post]] = {}
    if not case_ids:
        return found
    for row in await work.execute(sa.select(posts).where(c.case_id.in_(case_ids)).order_by(c.id)):
        found.setdefault(row.case_id, []).append(Post(row.workspace, row.channel_id, row.message_id, row.current))
    return found


async def add_post(work: Work, case_id: int, post: Post) -> None:
    row = {"case_id": case_id, "workspace": post.workspace, "channel_id": post.channel_id, "message_id": post.message_id}
    await work.execute(sa.insert(posts).values(**row, posted_at=await work.now(), current=post.current))


async def forget_posts(work: Work, case_id: int, workspace: str) -> None:
    """Somebody deleted the card there: nothing stands in that workspace."""
    await work.execute(sa.delete(posts).where(posts.c.case_id == case_id, posts.c.workspace == workspace, posts.c.current))


async def leave_posts(work: Work, case_id: int, workspaces: Sequence[str]) -> None:
    """The case moved: its cards so far become pointers."""
    left = sa.update(posts).where(posts.c.case_id == case_id, posts.c.workspace.in_(workspaces))
    await work.execute(left.values(current=False))
