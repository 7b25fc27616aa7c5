"""Where the cards of the crisis itself stand in each workspace: its board of facts, each version of a statement."""

import sqlalchemy as sa

from storage.database import Work
from storage.tables import room_posts

_c = room_posts.c


async def of(work: Work, subject: str) -> dict[str, tuple[str, str]]:
    """Workspace → (channel id, message id)."""
    rows = await work.execute(sa.select(room_posts).where(_c.subject == subject))
    return {row.workspace: (row.channel_id, row.message_id) for row in rows}


async def stands(work: Work, subject: str, workspace: str, channel_id: str, message_id: str) -> None:
    """From now on it is this message that is kept up to date."""
    new = work.insert(room_posts).values(subject=subject, workspace=workspace, channel_id=channel_id, message_id=message_id)
    values = {name: new.excluded[name] for name in ("channel_id", "message_id")}
    await work.execute(new.on_conflict_do_update(index_elements=["subject", "workspace"], set_=values))


async def forget(work: Work, subject: str, workspace: str) -> None:
    """Somebody deleted it there."""
    await work.execute(sa.delete(room_posts).where(_c.subject == subject, _c.workspace == workspace))


async def shown_at(work: Work, workspace: str, message_id: str, channel_id: str = "") -> str | None:
    """The subject that a message shows. A message's id may be another's in another channel."""
    there = [_c.workspace == workspace, _c.message_id == message_id, *([_c.channel_id == channel_id] if channel_id else [])]
    found: str | None = await work.scalar(sa.select(_c.subject).where(*there))
    return found
