"""Drafts and their versions: words proposed for one customer. A version never changes; a revision is the next one."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.tables import cases, drafts, people, versions, writings
from storage.types import DraftStatus

ALIVE = (DraftStatus.WRITTEN, DraftStatus.IN_APPROVAL, DraftStatus.APPROVED)


@dataclass(frozen=True)
class Version:
    """The exact text that an approval is for, with the draft that it belongs to. Only the draft's present version may leave."""

    id: int
    draft_id: int
    number: int
    editor_id: int
    text: str
    language: str
    private: bool
    network: str
    customer_id: int
    in_reply_to: str
    statement_id: int | None
    findings: Sequence[Mapping[str, Any]]
    digest: str
    created_at: datetime
    reminded_at: datetime | None
    case_id: int
    kind: str
    corrects_id: int | None
    author_id: int
    status: DraftStatus
    present: int
    reason: str | None
    author: str
    editor: str

    @property
    def is_present(self) -> bool:
        return self.number == self.present

    @property
    def checks(self) -> frozenset[str]:
        """The names of the checks that found something."""
        return frozenset(str(one["check"]) for one in self.findings)

    def is_unchanged(self) -> bool:
        return self.digest == digest_of({field.name: getattr(self, field.name) for field in fields(self)})


BOUND = ("draft_id", "number", "text", "private", "network", "customer_id", "in_reply_to", "statement_id")


def digest_of(values: Mapping[str, Any]) -> str:
    """SHA-256 over what an approval binds to: text, recipient, network, and whether the public reads it."""
    return hashlib.sha256("\x1f".join(str(values[name]) for name in BOUND).encode()).hexdigest()


_editors = people.alias()
_own = [versions.c[name] for name in Version.__dataclass_fields__ if name in versions.c]
_select = (
    sa.select(
        *_own,
        *[drafts.c[name] for name in ("case_id", "kind", "corrects_id", "author_id", "status", "reason")],
        drafts.c.number.label("present"),
        people.c.name.label("author"),
        _editors.c.name.label("editor"),
    )
    .join(drafts, drafts.c.id == versions.c.draft_id)
    .join(people, people.c.id == drafts.c.author_id)
    .join(_editors, _editors.c.id == versions.c.editor_id)
)
_present = versions.c.number == drafts.c.number


def _version(row: Mapping[Any, Any]) -> Version:
    return Version(**{**row, "status": DraftStatus(row["status"])})


async def begin(work: Work, case_id: int, author_id: int, kind: str = "answer", corrects_id: int | None = None) -> int:
    """A draft without a version yet; its id."""
    row = {"case_id": case_id, "author_id": author_id, "kind": kind, "corrects_id": corrects_id}
    values = {**row, "status": DraftStatus.WRITTEN, "number": 0, "created_at": await work.now()}
    return int((await work.execute(sa.insert(drafts).values(values).returning(drafts.c.id))).scalar_one())


async def add_version(work: Work, draft_id: int, editor_id: int, values: Mapping[str, Any]) -> Version:
    """The next version, in approval. `values`: text, language, private, network, customer_id, in_reply_to, statement_id, findings."""
    number = 1 + int(await work.scalar(sa.select(drafts.c.number).where(drafts.c.id == draft_id)))
    row = {**values, "draft_id": draft_id, "number": number, "editor_id": editor_id, "created_at": await work.now()}
    version_id = (await work.execute(sa.insert(versions).values(**row, digest=digest_of(row)).returning(versions.c.id))).scalar_one()
    changed = {"number": number, "status": DraftStatus.IN_APPROVAL, "reason": None}
    await work.execute(sa.update(drafts).where(drafts.c.id == draft_id).values(changed))
    return await _get(work, version_id)


async def _get(work: Work, version_id: int) -> Version:
    return _version((await work.execute(_select.where(versions.c.id == version_id))).mappings().one())


async def get(work: Work, version_id: int) -> Version | None:
    row = (await work.execute(_select.where(versions.c.id == version_id))).mappings().first()
    return _version(row) if row else None


async def lock(work: Work, version_id: int) -> Version | None:
    """The version, its case and its draft held until the end of the transaction; the case first, as every act on it does."""
    draft_id = sa.select(versions.c.draft_id).where(versions.c.id == version_id).scalar_subquery()
    if work.on_postgresql:
        case_id = sa.select(drafts.c.case_id).where(drafts.c.id == draft_id).scalar_subquery()
        await work.execute(sa.select(cases.c.id).where(cases.c.id == case_id).with_for_update())
        await work.execute(sa.select(drafts.c.id).where(drafts.c.id == draft_id).with_for_update())
    return await get(work, version_id)


async def of_case(work: Work, case_id: int) -> list[Version]:
    """The present version of each of a case's drafts, oldest first."""
    rows = (await work.execute(_select.where(drafts.c.case_id == case_id, _present).order_by(drafts.c.id))).mappings()
    return [_version(row) for row in rows]


async def before(work: Work, version: Version) -> Version | None:
    """The version that this one revises."""
    earlier = _select.where(versions.c.draft_id == version.draft_id, versions.c.number == version.number - 1)
    row = (await work.execute(earlier)).mappings().first()
    return _version(row) if row else None


async def in_state(work: Work, *statuses: DraftStatus, limit: int = 200) -> list[Version]:
    """Present versions of drafts that stand so, the longest waiting first."""
    query = _select.where(drafts.c.status.in_(statuses), _present).order_by(versions.c.created_at, versions.c.id).limit(limit)
    return [_version(row) for row in (await work.execute(query)).mappings()]


async def count(work: Work, *statuses: DraftStatus) -> int:
    return int(await work.scalar(sa.select(sa.func.count()).where(drafts.c.status.in_(statuses))))


async def resting_on(work: Work, statement_ids: Sequence[int], *statuses: DraftStatus) -> list[Version]:
    """Present versions that rest on one of these statements."""
    query = _select.where(versions.c.statement_id.in_(statement_ids), drafts.c.status.in_(statuses), _present).order_by(drafts.c.id)
    return [_version(row) for row in (await work.execute(query)).mappings()]


async def set_status(work: Work, draft_id: int, status: DraftStatus, reason: str | None = None, by: int | None = None) -> None:
    ended = {"ended_by": by, "ended_at": await work.now()} if status not in ALIVE else {}
    await work.execute(sa.update(drafts).where(drafts.c.id == draft_id).values(status=status, reason=reason, **ended))


async def waiting_since(work: Work, moment: datetime, *, reminded: bool, limit: int = 200) -> list[Version]:
    """Versions in approval put forward before a moment, of whom somebody was or was not yet reminded."""
    said = versions.c.reminded_at.is_not(None) if reminded else versions.c.reminded_at.is_(None)
    query = _select.where(drafts.c.status == DraftStatus.IN_APPROVAL, _present, versions.c.created_at <= moment, said)
    return [_version(row) for row in (await work.execute(query.order_by(versions.c.created_at).limit(limit))).mappings()]


async def mark_reminded(work: Work, version_ids: Sequence[int]) -> None:
    await work.execute(sa.update(versions).where(versions.c.id.in_(version_ids)).values(reminded_at=await work.now()))


async def keep_writing(work: Work, case_id: int, person_id: int, text: str | None) -> None:
    """Somebody has the reply form open; `text` as far as it was typed, None leaves what was kept before."""
    now = await work.now()
    new = work.insert(writings).values(case_id=case_id, person_id=person_id, text=text or "", opened_at=now, seen_at=now)
    values: dict[str, Any] = {"seen_at": now} if text is None else {"seen_at": now, "text": text}
    await work.execute(new.on_conflict_do_update(index_elements=["case_id", "person_id"], set_=values))


async def stop_writing(work: Work, case_id: int, person_id: int) -> None:
    await work.execute(sa.delete(writings).where(writings.c.case_id == case_id, writings.c.person_id == person_id))


async def writers(work: Work, case_id: int, since: datetime) -> Sequence[sa.Row[Any]]:
    """Who has the form open (person_id, name, text, opened_at, seen_at), seen since a moment."""
    query = sa.select(writings, people.c.name).join(people).where(writings.c.case_id == case_id, writings.c.seen_at >= since)
    return (await work.execute(query.order_by(writings.c.opened_at))).all()


async def newest_writing(work: Work) -> str:
    """A sign that differs once somebody more has a reply form open, or somebody less."""
    row = (await work.execute(sa.select(sa.func.count().label("open"), sa.func.max(writings.c.opened_at).label("last")))).one()
    return f"{row.open}.{row.last.timestamp() if row.last else 0}"


async def drop_writings(work: Work, before_: datetime) -> int:
    return (await work.execute(sa.delete(writings).where(writings.c.seen_at < before_))).rowcount
