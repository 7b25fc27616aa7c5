"""Our reply as the record that it becomes, under a key that its token decides. Pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import regex

from bot.networks.bluesky import moments
from bot.networks.bluesky.reading import POST
from handlers.networks import Reply

Json = Mapping[str, Any]
GRAPHEMES_MOST, BYTES_MOST = 300, 3000  # of app.bsky.feed.post
_GRAPHEME = regex.compile(r"\X")
_ADDRESS = re.compile(r"https?://[^\s<>\"“”«»]+", re.IGNORECASE)
_AFTER = ".,;:!?'’…"  # belongs to the sentence, not to the address
_SIGNS = "234567abcdefghijklmnopqrstuvwxyz"
_KEY_LENGTH = 13
_TIME_BITS, _CHANCE_BITS, _CLOCK_BITS = 53, 32, 10
_LONG_AGO, _FAR_AHEAD = 1_700_000_000_000_000, 2_200_000_000_000_000  # microseconds


@dataclass(frozen=True)
class Refs:
    """What is answered, and where its thread begins, each with the version that we saw."""

    parent: Json
    root: Json


def length(text: str) -> int:
    return len(_GRAPHEME.findall(text))


def fits(text: str) -> bool:
    return length(text) <= GRAPHEMES_MOST and len(text.encode()) <= BYTES_MOST


def record_of(reply: Reply, refs: Refs, now: datetime) -> dict[str, Any]:
    facets = list(_facets(reply))
    return {
        "$type": POST,
        "text": reply.text,
        "createdAt": moments.written(moments.from_datetime(now)),
        "langs": [reply.language],
        "reply": {"root": dict(refs.root), "parent": dict(refs.parent)},
        **({"facets": facets} if facets else {}),
    }


def is_this(record: Any, reply: Reply) -> bool:
    """Whether what stands under the key is this reply."""
    try:
        return bool(record["reply"]["parent"]["uri"] == reply.in_reply_to and record["text"] == reply.text)
    except (KeyError, TypeError):
        return False


def key_of(token: str) -> str:
    """A TID (https://atproto.com/specs/tid) that is the same at every attempt.

    Its hour is the token's own, always past, so that the account's posts keep their order; the rest is chance, since many tokens are
    made in one moment.
    """
    chance = int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest())
    moment = ((_made_at(token) >> _CHANCE_BITS) - 1 << _CHANCE_BITS) | (chance >> _CLOCK_BITS) % (1 << _CHANCE_BITS)
    number = moment % (1 << _TIME_BITS) << _CLOCK_BITS | chance % (1 << _CLOCK_BITS)
    return "".join(_SIGNS[number >> 5 * place & 31] for place in reversed(range(_KEY_LENGTH)))


def _made_at(token: str) -> int:
    """Microseconds since 1970, as the outbox writes them in front; another token says nothing of that."""
    head = token[:14]
    made = int(head, 16) if re.fullmatch("[0-9a-f]{14}", head) else 0
    return made if _LONG_AGO < made < _FAR_AHEAD else _LONG_AGO


def _facets(reply: Reply) -> Iterator[Json]:
    """Clients show nothing as a link that is not named as one."""
    for match in _ADDRESS.finditer(reply.text):
        address = _trimmed(match.group())
        yield _facet(reply.text, match.start(), match.start() + len(address), {"$type": "app.bsky.richtext.facet#link", "uri": address})
    handle, account = reply.customer.handle, reply.customer.external_id
    if handle and account.startswith("did:"):
        for match in re.finditer(rf"(?<![\w/.@])@{re.escape(handle)}(?![\w-]|\.\w)", reply.text, re.IGNORECASE):
            yield _facet(reply.text, match.start(), match.end(), {"$type": "app.bsky.richtext.facet#mention", "did": account})


def _trimmed(address: str) -> str:
    while address[-1] in _AFTER or (address[-1] in ")]" and address.count(address[-1]) > address.count("(["[")]".index(address[-1])])):
        address = address[:-1]
    return address


def _facet(text: str, begin: int, end: int, feature: Json) -> Json:
    """Places are counted in bytes of UTF-8."""
    first, last = len(text[:begin].encode()), len(text[:end].encode())
    return {"index": {"byteStart": first, "byteEnd": last}, "features": [feature]}
