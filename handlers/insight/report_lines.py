"""One case as a line of a report: values of JSON, in codes that stay the same in every language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handlers.customer_text import bare, plain
from handlers.first_answers import FIRST_ANSWER
from handlers.ports import CustomerText
from storage.database import Work
from storage.insight import reporting
from storage.insight.reporting import Rows

WORDS_MOST = 100  # messages of one case
LONG = 20_000  # characters of one message
SEVERITIES = ("low", "normal", "high", "critical")
Line = dict[str, Any]


@dataclass(frozen=True)
class Beside:
    """What stands in other tables, by case."""

    tags: Rows
    clocks: Rows
    replies: Rows
    words: Rows


async def beside_of(work: Work, ids: Sequence[int], *, words: bool) -> Beside:
    return Beside(
        await reporting.tags_of(work, ids),
        await reporting.clocks_of(work, ids, FIRST_ANSWER),
        await reporting.replies_of(work, ids),
        await reporting.words_of(work, ids, WORDS_MOST) if words else {},
    )


def line_of(row: Mapping[Any, Any], beside: Beside, *, words: bool) -> Line:
    case = row["id"]
    line = {
        "case": case,
        **{name: row[name] for name in ("network", "language", "status", "crisis", "private", "owner", "ladder")},
        "severity": SEVERITIES[row["severity"]],
        "tags": [one["tag"] for one in beside.tags.get(case, ())],
        "mentions": row["mention_count"],
        **{name: _moment(row[name]) for name in ("opened_at", "acknowledged_at", "answered_at", "closed_at", "last_mention_at")},
        "first_answer": _first_answer(row, beside.clocks.get(case, ())),
        "replies": [_reply(one) for one in beside.replies.get(case, ())],
        "erased_at": _moment(row["erased_at"]),
    }
    return line | (_said(row, beside.words.get(case, ())) if words else {})


def _first_answer(row: Mapping[Any, Any], clocks: Sequence[Mapping[Any, Any]]) -> Line:
    """`in_time` is null while nobody has answered and the clock still runs, or when FLOW promises nothing."""
    due, answered = clocks[-1]["due_at"] if clocks else None, row["answered_at"]
    seconds = (answered - row["opened_at"]).total_seconds() if answered else None
    return {"seconds": seconds, "due_at": _moment(due), "in_time": answered <= due if due and answered else None}


def _reply(row: Mapping[Any, Any]) -> Line:
    at = {name: _moment(row[name]) for name in ("sent_at", "deleted_at")}
    return {name: row[name] for name in ("network", "language", "state", "url")} | at


def _said(row: Mapping[Any, Any], mentions: Sequence[Mapping[Any, Any]]) -> Line:
    """Of an erased case nothing is told, though its customer may still be known by another."""
    if row["erased_at"]:
        return {"customer": None, "said": []}
    customer = {"kind": row["kind"], "handle": bare(row["handle"]), "name": bare(row["name"])}
    return {"customer": customer, "said": [_mention(one) for one in mentions if one["text"]]}


def _mention(row: Mapping[Any, Any]) -> Line:
    at = {"at": _moment(row["posted_at"]), "deleted_at": _moment(row["deleted_at"])}
    return at | {"private": row["private"], "url": row["url"], "text": plain(CustomerText(row["text"]), LONG)}


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None
