"""What our rows about erased cases have become: what still waits is withdrawn, what stands in a workspace is to be taken away there.

A card is replaced, since its thread hangs on it; everything else is deleted. A row that may have arrived is asked for, then deleted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage.database import Work
from storage.outbox import IN_THREAD, Wish, put
from storage.tables import approval_posts, drafts, lanes, outbox, outbox_archive, posts, versions
from storage.types import NORMAL, SendState

NETWORKS = ("publish", "delete")  # kinds that leave for a network
KIND = "erased"
# messages to a channel or a person that tell of one case: its number is the fact `case`, in these also `number`
NUMBERED = ("case.", "draft.", "due.first_answer", "room.excused")
_o = outbox.c


@dataclass(frozen=True)
class Message:
    workspace: str
    channel_id: str
    message_id: str
    case_id: int
    stays: bool  # shown as erased instead of deleted


async def adopt(work: Work, case_ids: Sequence[int]) -> None:
    """Messages to a channel or a person that tell of one of the cases, perhaps in somebody's words, count among its own from now on."""
    wanted = set(case_ids)
    for table in (outbox, outbox_archive):
        c = table.c
        told = await work.execute(sa.select(c.id, c.facts).where(c.kind == "words", c.case_id.is_(None)))
        theirs = [{"row": row.id, "about": _about(row.facts)} for row in told if _about(row.facts) in wanted]
        if theirs:
            await work.execute(sa.update(table).where(c.id == sa.bindparam("row")).values(case_id=sa.bindparam("about")), theirs)


async def withdraw(work: Work, case_ids: Sequence[int]) -> int:
    """Whatever waits and was never tried goes; how many replies to customers were among it."""
    untried = (_o.case_id.in_(case_ids)) & (_o.attempt == 0) & _o.external_id.is_(None) & (_o.state != SendState.SENT)
    replies = (await work.execute(sa.delete(outbox).where(untried, _o.kind == "publish"))).rowcount
    await work.execute(sa.delete(outbox).where(untried, _o.kind.not_in(NETWORKS)))
    return replies


async def take_away(work: Work, case_ids: Sequence[int]) -> int:
    """Queue the end of each message that shows something of these cases; how many there are. What was queued about them is blank now."""
    found = {(one.workspace, one.channel_id, one.message_id): one for one in await _messages(work, case_ids)}
    await _ask_for_the_rest(work, case_ids)
    await _blank(work, case_ids)
    wishes = [
        Wish(
            one.workspace,
            f"{one.workspace}:{one.channel_id}",
            "update" if one.stays else "delete",
            KIND,
            NORMAL,
            one.case_id,
            f"{KIND}:{one.workspace}:{one.channel_id}:{one.message_id}",
            {"message_id": one.message_id},
        )
        for one in found.values()
    ]
    await put(work, wishes)
    return len(wishes)


async def _messages(work: Work, case_ids: Sequence[int]) -> list[Message]:
    """Cards last: where one message is known twice, it counts as a card."""
    return [*await _sent(work, case_ids), *await _approvals(work, case_ids), *await _cards(work, case_ids)]


async def _cards(work: Work, case_ids: Sequence[int]) -> list[Message]:
    c = posts.c
    rows = await work.execute(sa.select(c.workspace, c.channel_id, c.message_id, c.case_id).where(c.case_id.in_(case_ids)))
    return [Message(row.workspace, row.channel_id, row.message_id, row.case_id, stays=True) for row in rows]


async def _approvals(work: Work, case_ids: Sequence[int]) -> list[Message]:
    c = approval_posts.c
    query = sa.select(c.workspace, c.channel_id, c.message_id, drafts.c.case_id).join(versions, versions.c.id == c.version_id)
    rows = (await work.execute(query.join(drafts, drafts.c.id == versions.c.draft_id).where(drafts.c.case_id.in_(case_ids)))).all()
    theirs = sa.select(versions.c.id).join(drafts, drafts.c.id == versions.c.draft_id).where(drafts.c.case_id.in_(case_ids))
    await work.execute(sa.delete(approval_posts).where(c.version_id.in_(theirs)))
    return [Message(row.workspace, row.channel_id, row.message_id, row.case_id, stays=False) for row in rows]


async def _sent(work: Work, case_ids: Sequence[int]) -> list[Message]:
    """What hangs in threads, or was told, is known by its row alone."""
    found = []
    for table in (outbox, outbox_archive):
        c = table.c
        stands = c.external_id.is_not(None) & c.kind.in_((*IN_THREAD, "words"))
        rows = await work.execute(sa.select(c.workspace, c.lane, c.external_id, c.case_id).where(c.case_id.in_(case_ids), stands))
        found += [Message(row.workspace, _channel(row.lane), row.external_id, row.case_id, stays=False) for row in rows]
    return found


def _about(stored: Any) -> int:
    """The case that a stored message tells of; 0 for none."""
    if not isinstance(stored, dict) or "facts" not in stored:
        return 0
    number = stored["facts"].get("number") if str(stored.get("name")).startswith(NUMBERED) else None
    about = stored["facts"].get("case", number)
    return about if isinstance(about, int) else 0


async def _ask_for_the_rest(work: Work, case_ids: Sequence[int]) -> None:
    """Rows that were tried and have no answer yet become deletions: the destination is asked by their token."""
    unknown = _o.case_id.in_(case_ids) & (_o.attempt > 0) & _o.external_id.is_(None) & _o.kind.not_in((*NETWORKS, KIND))
    waits = _o.state.in_((SendState.PENDING, SendState.FAILED_FOR_NOW, SendState.UNCONFIRMED, SendState.BEHIND))
    rows = (await work.execute(sa.select(_o.id, _o.workspace, _o.lane, _o.kind, _o.case_id).where(unknown, waits))).all()
    threads = await _threads(work, case_ids)
    for row in rows:
        thread = threads.get((row.case_id, row.workspace, _channel(row.lane))) if row.kind in IN_THREAD else None
        values = {"act": "delete", "kind": KIND, "key": None, "state": SendState.PENDING, "facts": {"thread_id": thread}}
        await work.execute(sa.update(outbox).where(_o.id == row.id).values(**values, not_before=await work.now(), wish=_o.wish + 1))
    await _know(work, {row.lane for row in rows})


async def _threads(work: Work, case_ids: Sequence[int]) -> dict[tuple[int, str, str], str]:
    """(case, workspace, channel) → the card on which the thread hangs."""
    rows = await work.execute(sa.select(posts).where(posts.c.case_id.in_(case_ids)).order_by(posts.c.id))
    return {(row.case_id, row.workspace, row.channel_id): row.message_id for row in rows}


async def _know(work: Work, theirs: Iterable[str]) -> None:
    known = [{"lane": lane, "act": "delete"} for lane in sorted(theirs)]
    if known:
        await work.execute(work.insert(lanes).on_conflict_do_nothing(), known)
        work.wakes = True


async def _blank(work: Work, case_ids: Sequence[int]) -> None:
    """Updates that still wait would show what is gone; finished rows keep neither facts nor the words of a vendor."""
    stale = _o.case_id.in_(case_ids) & _o.external_id.is_not(None) & (_o.state != SendState.SENT) & _o.kind.not_in((*NETWORKS, KIND))
    await work.execute(sa.delete(outbox).where(stale))
    for table in (outbox, outbox_archive):
        mine = table.c.case_id.in_(case_ids)
        await work.execute(sa.update(table).where(mine).values(error=None))
        await work.execute(sa.update(table).where(mine, table.c.kind.not_in((*NETWORKS, KIND))).values(facts={}))


def _channel(lane: str) -> str:
    return lane.partition(":")[2]
