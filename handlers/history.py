"""What happened to a case, in words: the timeline as its readers understand it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.flow import Flow
from handlers.acts import Act, admit
from handlers.cards import tag_label
from handlers.ports import Who, Words
from storage import people, timeline
from storage.database import Store
from storage.timeline import case_chain


@dataclass(frozen=True)
class Past:
    """One act. `door` is through which one of us acted, "" for what customers and the machine did."""

    at: datetime
    words: Words
    door: str


@dataclass(frozen=True)
class History:
    store: Store
    flow: Flow

    async def of_case(self, who: Who, case_id: int) -> Sequence[Past]:
        """Oldest first; the words of customers and notes are not repeated."""
        async with self.store.read() as work:
            await admit(work, who, Act.SEE)
            links = await timeline.of_chain(work, case_chain(case_id))
            names = await people.names(work, [link.person_id for link in links if link.person_id])
        return [
            Past(link.at, retold(self.flow, link, names.get(link.person_id, "")), link.door if link.person_id else "") for link in links
        ]


def retold(flow: Flow, link: Any, name: str) -> Words:
    """One link of the timeline in words; `name` is who acted."""
    if link.act not in _TOLD:
        return Words("timeline.other", {"name": name, "act": link.act})
    return Words(f"timeline.{link.act}", {"name": name, **_facts(flow, link.act, link.payload or {})})


def _facts(flow: Flow, act: str, payload: Mapping[str, Any]) -> dict[str, object]:
    """An erased payload leaves empty facts."""
    if act == "tagged":
        tags = payload.get("tags", {})
        return {side: tuple(tag_label(flow, tag) for tag, on in tags.items() if on is (side == "on")) for side in ("on", "off")}
    return {fact: payload.get(fact, "") for fact in _TOLD.get(act, ())}


_TOLD: Mapping[str, tuple[str, ...]] = {
    "step_told": ("step", "people"),
    "acknowledged": (),
    "nobody_answered": (),
    "not_told": ("person",),
    "ladder_changed": (),
    "snoozed": (),
    "snooze_over": (),
    "reassigned": ("to",),
    "taken_over": (),
    "reminded": ("person",),
    "acknowledgement_lapsed": ("person",),
    "case_opened": ("network",),
    "mention_joined": ("network",),
    "mention_edited": (),
    "mention_deleted": (),
    "mention_to_hide": (),
    "mention_hidden": (),
    "mention_not_hidden": ("reason",),
    "reply_returned": ("reason",),
    "claimed": (),
    "closed": (),
    "reopened": (),
    "moved": ("crisis",),
    "noted": (),
    "revealed": (),
    "kind_set": ("kind",),
    "tagged": (),
    "customers_linked": (),
    "reconsidered": (),
    "let_go": (),
    "draft_proposed": (),
    "draft_revised": ("version",),
    "draft_withdrawn": (),
    "draft_rejected": ("reason",),
    "approved": ("version",),
    "approved_by_rule": ("version", "rule"),
    "reply_held": ("reason",),
    "reply_released": (),
    "reply_refused": ("reason",),
    "reply_unconfirmed": (),
    "published": (),
    "reply_deleted": (),
    "draft_expired": (),
    "reply_seen": (),
    "reply_not_seen": (),
    "reply_to_delete": (),
    "sample_read": (),
    "erased": (),
}
