"""A status as Mastodon tells it, turned into a mention. Pure."""

import json
import re
from datetime import datetime
from typing import Any

from bot.networks.mastodon.plain import plain
from handlers.ports import AUTOMATIC, Attachment, Customer, Event, Mention

NAME = "mastodon"
OPEN = ("public", "unlisted")  # every other visibility is private, those included that we do not know yet
LONGEST, MOST_RAW = 100_000, 200_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(?=$|[-_])")
_ADDRESS = re.compile(r"https?://\S{1,1990}")

Status = dict[str, Any]


def is_private(visibility: object) -> bool:
    return visibility not in OPEN


def mention_of(status: Status, root: str, event: Event = Event.POSTED) -> Mention:
    """`root`: the first status of its thread. Raises KeyError, TypeError, ValueError or AttributeError for what cannot be read."""
    account = status["account"]
    return Mention(
        network=NAME,
        external_id=_id(status["id"]),
        conversation_id=root,
        customer=customer_of(account),
        text=words(status),
        posted_at=when(status),
        event=event,
        url=_address(status.get("url")) or _address(status.get("uri")),
        private=is_private(status["visibility"]),
        language=_language(status.get("language")),
        source=NAME,
        raw=raw(status),
        no_answer=AUTOMATIC if account.get("bot") is True else "",
        attachments=tuple(_attachment(one) for one in status.get("media_attachments") or ()),
        context=json.dumps({"visibility": status["visibility"]}),
    )


def customer_of(account: dict[str, Any]) -> Customer:
    reach = account.get("followers_count")
    return Customer(
        external_id=_id(account["id"]),
        handle=f"@{account['acct']}"[:200],
        name=(account.get("display_name") or "")[:200],
        reach=max(0, min(reach, 2_000_000_000)) if isinstance(reach, int) else 0,
    )


def words(status: Status) -> str:
    """All that its author wrote: the warning above it, the text, and what a poll lets choose."""
    if not isinstance(status["content"], str):
        raise TypeError("content is no text")
    poll = [f"- {option['title']}" for option in (status.get("poll") or {}).get("options") or ()]
    parts = (status.get("spoiler_text") or "", plain(status["content"]), "\n".join(poll))
    return "\n\n".join(part for part in parts if part)[:LONGEST]


def when(status: Status) -> datetime:
    moment = datetime.fromisoformat(status["created_at"])
    if moment.tzinfo is None:
        raise ValueError("created_at has no zone")
    return moment


def raw(payload: object) -> str:
    """The vendor's own words; of what is too large the beginning, as text."""
    whole = json.dumps(payload, ensure_ascii=False)
    if len(whole.encode(errors="replace")) <= MOST_RAW:
        return whole
    return json.dumps({"cut": whole[: MOST_RAW // 16]}, ensure_ascii=True)


def _id(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 500:
        raise ValueError("an id is a text")
    return value


def _address(value: object) -> str | None:
    return value if isinstance(value, str) and _ADDRESS.fullmatch(value) else None


def _language(value: object) -> str | None:
    found = _LANGUAGE.match(value.lower()) if isinstance(value, str) else None
    return found[0] if found else None


def _attachment(media: dict[str, Any]) -> Attachment:
    kind = {"gifv": "video"}.get(media["type"], media["type"])
    return Attachment(name=media.get("description") or "", kind=kind)
