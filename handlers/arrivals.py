"""What arrives, as rows: a mention with what the machine makes of it, the case it begins or joins, its link in the timeline. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.flow import Flow
from flows.ladder import Matter
from flows.severity import Severity
from flows.triage import Suggestion
from handlers.board import Shown
from handlers.ports import Event, Mention
from storage.timeline import Entry, case_chain

Key = tuple[str, str]
CaseKey = tuple[int, str]
FILES_MOST = 50


@dataclass(frozen=True)
class Arrival:
    """A mention that is new to us, with what the machine makes of it."""

    mention: Mention
    suggestion: Suggestion
    customer_id: int
    kind: str

    @property
    def key(self) -> Key:
        return key_of(self.mention)

    @property
    def case_key(self) -> CaseKey:
        return (self.customer_id, self.mention.conversation_id)


def matter_of(mine: Sequence[Arrival], severity: int, *, crisis: bool) -> Matter:
    """What ladders need to know of a case that these begin."""
    one = mine[0]
    suggested = tuple(pair for other in mine if other.suggestion.crisis for pair in other.suggestion.tags)
    customer, language = one.mention.customer, one.suggestion.language
    return Matter(frozenset(), Severity(severity), one.kind, one.mention.network, language, customer.reach, crisis, suggested)


def key_of(one: Mention) -> Key:
    return (one.network, one.external_id)


def channel_of(flow: Flow, suggestion: Suggestion, *, crisis: bool) -> str:
    """The channel of its first tag, else the crisis's own; ordinary mentions have theirs."""
    if not crisis:
        return flow.ordinary_channel
    return flow.tags[suggestion.tags[0][0]].channel if suggestion.tags else flow.crisis_channel


def customer_row(one: Mention) -> dict[str, Any]:
    customer = one.customer
    names = ("external_id", "handle", "name", "kind", "reach")
    return {"network": one.network, **{name: getattr(customer, name) for name in names}}


def mention_row(one: Arrival, case_id: int, now: datetime) -> dict[str, Any]:
    names = ("network", "external_id", "text", "url", "private", "posted_at")
    suggestion = one.suggestion
    said = {
        "crisis": suggestion.crisis_confidence,
        "tags": list(suggestion.tags),
        "anger": suggestion.mood,  # under this name the database's counts look for the mood
        "question": suggestion.question,
        "by": suggestion.by,
    }
    return {
        **{name: getattr(one.mention, name) for name in names},
        "case_id": case_id,
        "language": suggestion.language,
        "suggestion": said,
        "cluster": suggestion.cluster,
        "received_at": now,
        "deleted_at": now if one.mention.event is Event.DELETED else None,
        "no_answer": one.mention.no_answer or None,
        "private_until": one.mention.private_until,
        "hideable": one.mention.hideable or None,
        "attachments": [[file.name, file.kind, file.size] for file in one.mention.attachments[:FILES_MOST]] or None,
        "context": one.mention.context or None,
    }


def raw_row(one: Arrival, mention_id: int) -> dict[str, Any]:
    return {"source": one.mention.source or one.mention.network, "body": one.mention.raw, "mention_id": mention_id, "refused_because": None}


def tag_rows(arrivals: Sequence[Arrival], opened: dict[CaseKey, Shown]) -> list[dict[str, Any]]:
    best: dict[tuple[int, str], float] = {}
    for one in arrivals:
        for tag, confidence in one.suggestion.tags if one.suggestion.crisis else ():
            key = (opened[one.case_key].case_id, tag)
            best[key] = max(confidence, best.get(key, 0.0))
    return [{"case_id": case_id, "tag": tag, "confidence": confidence} for (case_id, tag), confidence in best.items()]


def entries(arrivals: Sequence[Arrival], opened: dict[CaseKey, Shown], ids: dict[Key, int]) -> list[Entry]:
    written, begun = [], set[int]()
    for one in arrivals:
        case_id, fresh = opened[one.case_key].case_id, opened[one.case_key].fresh
        first = fresh and case_id not in begun
        begun.add(case_id)
        payload = {
            "mention": ids[one.key],
            "network": one.mention.network,
            "external_id": one.mention.external_id,
            "text": one.mention.text,
        }
        written.append(
            Entry(
                case_chain(case_id),
                "case_opened" if first else "mention_joined",
                payload,
                door=one.mention.source or one.mention.network,
                fresh=fresh,
            )
        )
    return written
