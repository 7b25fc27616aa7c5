"""What X delivers, as mentions. Pure: a payload in, a mention out, or a reason why it is none."""

import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.networks import Unread
from handlers.ports import NOT_SUMMONED, Attachment, Customer, Event, Mention

Json = Mapping[str, Any]

PRIVATE = "dm:"  # in front of the ids of private messages, which X numbers like posts
RAW_MOST, TEXT_MOST, REASON_MOST = 200_000, 100_000, 300
_LANGUAGES = {"in": "id", "iw": "he", "ji": "yi"}  # X's old codes
_NAMES = re.compile(r"\s*(?:@\w{1,15}\s+)*(?:@\w{1,15})?")  # what X writes in front of an answer
_KINDS = {"photo": "image", "animated_gif": "video", "video": "video"}


@dataclass(frozen=True)
class Beside:
    """What came with the posts: their authors, what they answer or quote, their pictures."""

    users: Mapping[str, Json] = field(default_factory=dict)
    posts: Mapping[str, Json] = field(default_factory=dict)
    media: Mapping[str, Json] = field(default_factory=dict)


def beside(payload: Json) -> Beside:
    found = payload.get("includes") or {}
    return Beside(_by("id", found.get("users")), _by("id", old_or_new(found, "tweets", "posts")), _by("media_key", found.get("media")))


def posts(payload: Json, account: str) -> list[Mention | Unread]:
    """In X's order. Our own and mere repetitions are left out."""
    around = beside(payload)
    read = (_careful(post, around, account, _post) for post in payload.get("data") or ())
    return [one for one in read if one is not None]


def messages(payload: Json, account: str) -> list[Mention | Unread]:
    """Private ones."""
    around = beside(payload)
    read = (_careful(event, around, account, _message) for event in payload.get("data") or ())
    return [one for one in read if one is not None]


def _careful(payload: Any, around: Beside, account: str, read: Any) -> Mention | Unread | None:
    try:
        mention: Mention | None = read(payload, around, account)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return Unread(json.dumps(payload)[:RAW_MOST], f"{type(error).__name__}: {error}"[:REASON_MOST])
    return mention


def _post(post: Json, around: Beside, account: str) -> Mention | None:
    references = referenced(post)
    if post["author_id"] == account or "retweeted" in references:
        return None
    versions = old_or_new(post, "edit_history_tweet_ids", "edit_history_post_ids") or [post["id"]]
    author = around.users.get(post["author_id"], {})
    private = bool(author.get("protected"))
    return Mention(
        network="x",
        external_id=versions[0],
        conversation_id=post.get("conversation_id") or references.get("replied_to") or versions[0],
        customer=_customer(post["author_id"], author),
        text=text_of(post),
        posted_at=_moment(post["created_at"]),
        event=Event.EDITED if len(versions) > 1 else Event.POSTED,
        url=f"https://x.com/{author.get('username') or 'i'}/status/{post['id']}",
        private=private,
        language=_language(post.get("lang")),
        source="x",
        raw=_raw(post, around, (post["author_id"],), references.values()),
        no_answer="" if private or summons(post, around, account) else NOT_SUMMONED,
        hideable=references.get("replied_to") == post.get("conversation_id") and post.get("in_reply_to_user_id") == account,
        attachments=_attachments(post, around),
        context=json.dumps({"post": post["id"]} | ({"private": True} if private else {})),
    )


def _message(event: Json, around: Beside, account: str) -> Mention | None:
    sender = event["sender_id"]
    if sender == account or event.get("event_type", "MessageCreate") != "MessageCreate":
        return None
    return Mention(
        network="x",
        external_id=f"{PRIVATE}{event['id']}",
        conversation_id=f"{PRIVATE}{event['dm_conversation_id']}",
        customer=_customer(sender, around.users.get(sender, {})),
        text=text_of(event),
        posted_at=_moment(event["created_at"]),
        private=True,
        source="x",
        raw=_raw(event, around, (sender,), ()),
        attachments=_attachments(event, around),
        context=json.dumps({"conversation": event["dm_conversation_id"]}),
    )


def old_or_new(payload: Json, old: str, new: str) -> Any:
    """X's pages still say "tweet" where its own SDK says "post" by now."""
    return payload.get(old) or payload.get(new)


def referenced(post: Json) -> dict[str, str]:
    """What it answers, quotes or repeats: replied_to, quoted, retweeted."""
    found = old_or_new(post, "referenced_tweets", "referenced_posts") or ()
    return {one["type"]: one["id"] for one in found}


def note(post: Json) -> Json:
    """A long post whole; the post itself has its beginning only."""
    found = old_or_new(post, "note_tweet", "note_post") or {}
    return found if found.get("text") else {}


def summons(post: Json, around: Beside, account: str) -> bool:
    """Whether its author named us, answered us or quoted us: only then may we answer (X, changelog of 2026-02-23).

    X writes everybody of a thread in front of an answer; such an @ is nobody's word, and what X makes of it is not written anywhere.
    So it counts only where the post answers one of ours, or where the post that it answers did not bring it along.
    """
    if post.get("in_reply_to_user_id") == account:
        return True
    references = referenced(post)
    quoted = around.posts.get(references.get("quoted", ""), {})
    if quoted.get("author_id") == account:
        return True
    parent = references.get("replied_to")
    ours = _named(post, account)
    if parent is None or not ours:
        return bool(ours)
    front = len((_NAMES.match(post["text"]) or ("",))[0])
    if any(start >= front for start in ours):
        return True
    return parent in around.posts and not _named(around.posts[parent], account)


def _named(post: Json, account: str) -> list[int]:
    """Where we are named."""
    found = [*_entities(post, "mentions"), *_entities(note(post), "mentions")]
    return [one.get("start", 0) for one in found if one.get("id") == account]


def text_of(payload: Json) -> str:
    """Whole, as plain text, with links as they were written; those of pictures are attachments."""
    told = note(payload) or payload
    text = html.unescape(told.get("text") or "")
    found = (*_entities(told, "urls"), *_entities(payload, "urls"))
    pictures = {link["url"] for link in found if link.get("media_key")}
    for link in found:
        whole = link.get("unwound_url") or link.get("expanded_url") or link["url"]
        text = text.replace(link["url"], "" if link["url"] in pictures else whole)
    return text.strip()[:TEXT_MOST]


def _attachments(payload: Json, around: Beside) -> tuple[Attachment, ...]:
    keys: Sequence[str] = (payload.get("attachments") or {}).get("media_keys") or ()
    kinds = [_KINDS.get(around.media.get(key, {}).get("type", ""), "image") for key in keys]
    return tuple(Attachment(key, kind) for key, kind in zip(keys, kinds, strict=True))


def _customer(external_id: str, user: Json) -> Customer:
    reach = (user.get("public_metrics") or {}).get("followers_count") or 0
    return Customer(external_id, user.get("username") or "", user.get("name") or "", reach=int(reach))


def _moment(told: str) -> datetime:
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError("a moment without a zone")
    return at


def _language(code: str | None) -> str | None:
    """None where X does not know, or says that there are no words (qme, qht, zxx …)."""
    known = (code or "").lower().partition("-")[0]
    if known in {"", "und", "zxx", "art"} or (known.startswith("q") and len(known) == 3) or not 2 <= len(known) <= 3:
        return None
    return _LANGUAGES.get(known, known)


def _raw(payload: Json, around: Beside, users: Iterable[str], others: Iterable[str]) -> str:
    keys = (payload.get("attachments") or {}).get("media_keys") or ()
    includes = {
        "users": [around.users[one] for one in users if one in around.users],
        "tweets": [around.posts[one] for one in others if one in around.posts],
        "media": [around.media[one] for one in keys if one in around.media],
    }
    whole = json.dumps({"data": payload, "includes": includes}, ensure_ascii=False)
    return whole if len(whole.encode()) <= RAW_MOST else json.dumps({"data": payload}, ensure_ascii=False)[: RAW_MOST // 4]


def _entities(payload: Json, kind: str) -> Sequence[Json]:
    return (payload.get("entities") or {}).get(kind) or ()


def _by(key: str, found: Sequence[Json] | None) -> dict[str, Json]:
    return {one[key]: one for one in found or () if key in one}
