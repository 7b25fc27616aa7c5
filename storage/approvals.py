"""Approvals of a version: one person's yes to exactly that text, or a rule's. A revision voids them; none is ever deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.database import Work
from storage.drafts import ALIVE, Version
from storage.statements import StatementStatus
from storage.tables import approval_posts, approvals, drafts, people, statements, versions


@dataclass(frozen=True)
class Approval:
    """`person` is "" when a rule said yes; `digest` is of what was read."""

    version_id: int
    person_id: int | None
    person: str
    rule: str | None
    stage: str
    digest: str
    stands_in_for: int | None
    at: datetime


@dataclass(frozen=True)
class Yes:
    """Who approves, at which stage, perhaps in somebody's place; or the rule that does."""

    stage: str
    person_id: int | None = None
    rule: str | None = None
    stands_in_for: int | None = None


async def add(work: Work, version: Version, yes: Yes) -> bool:
    """False when this person's yes to this version stands already; one that was voided is said anew."""
    said = {**vars(yes), "digest": version.digest, "at": await work.now()}
    new = work.insert(approvals).values(**said, version_id=version.id)
    again = new.on_conflict_do_update(
        index_elements=["version_id", "person_id"], set_={**said, "voided_at": None}, where=approvals.c.voided_at.is_not(None)
    )
    return bool((await work.execute(again)).rowcount)


async def of_version(work: Work, version_id: int) -> list[Approval]:
    """Those that stand, oldest first."""
    return (await of_versions(work, [version_id])).get(version_id, [])


async def of_versions(work: Work, version_ids: Sequence[int]) -> dict[int, list[Approval]]:
    c = approvals.c
    columns = [c[name] for name in Approval.__dataclass_fields__ if name in c]
    query = sa.select(*columns, sa.func.coalesce(people.c.name, "").label("person")).outerjoin(people, people.c.id == c.person_id)
    found: dict[int, list[Approval]] = {}
    for row in (await work.execute(query.where(c.version_id.in_(version_ids), c.voided_at.is_(None)).order_by(c.id))).mappings():
        found.setdefault(row["version_id"], []).append(Approval(**row))
    return found


async def void(work: Work, draft_id: int) -> int:
    """The draft was revised: what was approved is not what would leave."""
    theirs = sa.select(versions.c.id).where(versions.c.draft_id == draft_id)
    void_ = sa.update(approvals).where(approvals.c.version_id.in_(theirs), approvals.c.voided_at.is_(None))
    return (await work.execute(void_.values(voided_at=await work.now()))).rowcount


async def void_of(work: Work, person_id: int) -> int:
    """Somebody is not one of us any more: what has not left yet, and statements not yet said, need another's yes in place of theirs."""
    c = approvals.c
    waiting = sa.select(versions.c.id).join(drafts, drafts.c.id == versions.c.draft_id).where(drafts.c.status.in_(ALIVE))
    proposed = sa.select(statements.c.id).where(statements.c.status == StatementStatus.IN_APPROVAL)
    theirs = (c.person_id == person_id) & c.voided_at.is_(None) & (c.version_id.in_(waiting) | c.statement_id.in_(proposed))
    return (await work.execute(sa.update(approvals).where(theirs).values(voided_at=await work.now()))).rowcount


async def posts_of(work: Work, version_id: int) -> dict[str, tuple[str, str]]:
    """Workspace → (channel id, message id) of the card that shows this version."""
    rows = await work.execute(sa.select(approval_posts).where(approval_posts.c.version_id == version_id))
    return {row.workspace: (row.channel_id, row.message_id) for row in rows}


async def posted(work: Work, version_id: int, workspace: str, channel_id: str, message_id: str) -> None:
    row = {"version_id": version_id, "workspace": workspace, "channel_id": channel_id, "message_id": message_id}
    await work.execute(work.insert(approval_posts).values(row).on_conflict_do_nothing())


async def forget_post(work: Work, version_id: int, workspace: str) -> bool:
    """Somebody deleted the card there; whether one stood."""
    c = approval_posts.c
    gone = sa.delete(approval_posts).where(c.version_id == version_id, c.workspace == workspace)
    return bool((await work.execute(gone)).rowcount)


async def shown_at(work: Work, workspace: str, message_id: str, channel_id: str = "") -> int | None:
    """The version that a message shows. A message's id may be another's in another channel."""
    c = approval_posts.c
    there = [c.workspace == workspace, c.message_id == message_id, *([c.channel_id == channel_id] if channel_id else [])]
    found: int | None = await work.scalar(sa.select(c.version_id).where(*there))
    return found
