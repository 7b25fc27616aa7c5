"""What Bluesky tells of a post, as a mention. A notification and a search result have the same fields here. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from bot.networks.bluesky import moments
from bot.networks.bluesky.wording import attachments_of, text_of, web_address
from handlers.networks import Unread
from handlers.ports import AUTOMATIC, NOT_SUMMONED, Customer, Mention

Json = Mapping[str, Any]
NAME = "bluesky"
POST = "app.bsky.feed.post"
RAW_MOST = 200_000  # bytes


class Odd(Exception):
    """Not the shape that the network's lexicon promises."""


def news_of(said: Any, reach: Mapping[str, int]) -> Mention | Unread:
    try:
        return _mention(said, reach)
    except Odd as odd:
        return Unread(raw(said), str(odd))


def author_of(said: Any) -> str | None:
    """The account's id that wrote it, if it can be read."""
    author = said.get("author") if isinstance(said, dict) else None
    did = author.get("did") if isinstance(author, dict) else None
    return did if isinstance(did, str) else None


def place_of(said: Any) -> int | None:
    """Where it stands in a list: when it was taken in, or when it says that it was written if that is before."""
    taken = moments.read(said.get("indexedAt")) if isinstance(said, dict) else None
    record = said.get("record") if isinstance(said, dict) else None
    claimed = moments.read(record.get("createdAt")) if isinstance(record, dict) else None
    return min(taken, claimed) if taken is not None and claimed is not None and claimed > 0 else taken


def raw(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, default=str).encode(errors="replace")[:RAW_MOST].decode(errors="ignore")


def _mention(said: Any, reach: Mapping[str, int]) -> Mention:
    uri, author, record = _of(said, "uri", str), _of(said, "author", dict), _of(said, "record", dict)
    did, handle, at = _of(author, "did", str), author.get("handle"), place_of(said)
    handle = handle if isinstance(handle, str) else ""
    if at is None:
        raise Odd("indexedAt")
    if not isinstance(record.get("text"), str):
        raise Odd("record.text")
    name = author.get("displayName")
    return Mention(
        network=NAME,
        external_id=uri,
        conversation_id=_root(record) or uri,
        customer=Customer(did, handle, name if isinstance(name, str) else "", reach=reach.get(did, 0)),
        text=text_of(record),
        posted_at=moments.to_datetime(at),
        url=web_address(uri, handle),
        language=_language(record),
        source=NAME,
        raw=raw(said),
        no_answer=_no_answer(said),
        attachments=attachments_of(record),
    )


def _of(said: Any, name: str, kind: type) -> Any:
    value = said.get(name) if isinstance(said, dict) else None
    if not isinstance(value, kind) or not value:
        raise Odd(name)
    return value


def _root(record: Json) -> str | None:
    reply = record.get("reply")
    root = reply.get("root") if isinstance(reply, dict) else None
    uri = root.get("uri") if isinstance(root, dict) else None
    return uri if isinstance(uri, str) and uri.startswith("at://") else None


def _language(record: Json) -> str | None:
    langs = record.get("langs")
    first = langs[0] if isinstance(langs, list) and langs else None
    word = first.split("-")[0].lower() if isinstance(first, str) else ""
    return word if word.isascii() and word.isalpha() and len(word) in (2, 3) else None


def _no_answer(said: Json) -> str:
    """Only a search tells that its author lets nobody like us answer; and who is found by that did not address us."""
    if _is_automatic(said["author"]):
        return AUTOMATIC
    viewer = said.get("viewer")
    return NOT_SUMMONED if isinstance(viewer, dict) and viewer.get("replyDisabled") is True else ""


def _is_automatic(author: Json) -> bool:
    """An account marks itself as a machine with this label (com.atproto.label.defs); by somebody else it counts for nothing."""
    labels = author.get("labels")
    marks = [one for one in labels if isinstance(one, dict)] if isinstance(labels, list) else []
    return any(one.get("val") == "bot" and one.get("src") == author["did"] and not one.get("neg") for one in marks)
