"""The bytes of a feed as its items: pure, and wary of everything that a site may send."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser

from bot.networks.press.faults import FeedAway
from bot.networks.press.plain import plain
from handlers.ports import Attachment

MOST_TEXT, MOST_RAW, MOST_ID, MOST_URL, MOST_NAME = 100_000, 150_000, 400, 2_000, 200
ITEMS_MOST = 2_000  # of a feed; more would be read anew for every two hundred of them
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_KEPT = ("id", "link", "title", "author", "published", "updated", "language", "summary")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?=$|[-_])")
_EVERYWHERE = re.compile(r"(?:https?|tag|urn):", re.IGNORECASE)  # ids that mean the same in every feed


@dataclass(frozen=True)
class Item:
    """`key` is its id, in this feed or everywhere; `spoken` all that it says, to be searched; `digest` changes when it was edited."""

    key: str
    text: str
    spoken: str
    digest: str
    raw: str
    url: str | None = None
    posted_at: datetime | None = None
    language: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Unreadable:
    """An entry that says nothing. `key` tells it from the others."""

    key: str
    digest: str
    raw: str
    because: str


@dataclass(frozen=True)
class Feed:
    """`items` are as the feed has them, the newest first."""

    title: str
    items: Sequence[Item | Unreadable]

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.items]


def read_feed(body: bytes, name: str, url: str, content_type: str) -> Feed:
    """Raises FeedAway when it is no feed. `name` is ours; addresses in it that are not whole are completed by `url`."""
    if body.count(b"<item") + body.count(b"<entry") > ITEMS_MOST:  # before a parser makes a gigabyte of it
        raise FeedAway("too_long")
    headers = {"content-type": content_type, "content-location": url}
    found = feedparser.parse(
        BytesIO(body),
        response_headers={key: value for key, value in headers.items() if value},
        resolve_relative_uris=False,  # both inside of HTML, which nh3 cleans in a tenth of the time
        sanitize_html=False,
    )
    if not found.get("version") and not found.entries:
        raise FeedAway("not_a_feed")
    if len(found.entries) > ITEMS_MOST:
        raise FeedAway("too_long")
    language = _language(found.feed.get("language"))
    shared = {one for one, times in Counter(_words(entry.get("id")) for entry in found.entries).items() if times > 1}
    items = list(_newest_first([_read(entry, name, language, shared) for entry in found.entries]))
    return Feed(_words(plain(_words(found.feed.get("title"))))[:MOST_NAME], items)


def _newest_first(items: list[Item | Unreadable]) -> list[Item | Unreadable]:
    """Most feeds are; some begin with their oldest."""
    dated = [one.posted_at for one in items if isinstance(one, Item) and one.posted_at]
    return items[::-1] if dated and dated[0] < dated[-1] else items


def _read(entry: Mapping[str, Any], name: str, language: str | None, shared: set[str]) -> Item | Unreadable:
    raw = _raw(entry)
    try:
        return _item(entry, name, language, shared, raw)
    except Exception as error:  # noqa: BLE001 - one entry must not hide the others, whatever a site puts into it
        return Unreadable(_digest(raw), _digest(raw), raw, type(error).__name__ if not isinstance(error, Empty) else "empty_entry")


class Empty(Exception):
    """An entry without title, words and address."""


def _item(entry: Mapping[str, Any], name: str, language: str | None, shared: set[str], raw: str) -> Item:
    title, summary, link = _said(entry, "title"), _said(entry, "summary"), _link(entry.get("link"))
    content = [plain(_words(one.get("value"))) for one in entry.get("content") or ()]
    summary = summary or next(iter(content), "")
    text = "\n\n".join(part for part in (title, "" if summary == title else summary) if part)[:MOST_TEXT]
    if not text and not link:
        raise Empty
    labels = [_words(one.get("term")) for one in entry.get("tags") or ()]
    id_ = _words(entry.get("id"))
    moments = [_moment(entry[name]) for name in ("published_parsed", "updated_parsed") if name in entry]  # `get` would warn
    return Item(
        key=_key(name, "" if id_ in shared else id_, link or "", text),
        text=text or link or "",
        spoken="\n".join([text, *content, *labels, link or ""]),
        digest=_digest(text),
        raw=raw,
        url=link,
        posted_at=next(filter(None, moments), None),
        language=_language((entry.get("title_detail") or {}).get("language")) or language,
        attachments=tuple(_enclosures(entry)),
    )


def _key(name: str, id_: str, link: str, text: str) -> str:
    """The item's own id, else where it stands, else what it says. The same article in two feeds of a site is one."""
    found = id_ or link
    if not found:
        return f"{name}:{_digest(text)}"
    if len(found) > MOST_ID:
        return f"{name}:{_digest(found)}"
    return found if _EVERYWHERE.match(found) else f"{name}:{found}"


def _said(entry: Mapping[str, Any], part: str) -> str:
    value, kind = _words(entry.get(part)), (entry.get(f"{part}_detail") or {}).get("type", "")
    return value.strip() if kind == "text/plain" else plain(value)


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _link(value: Any) -> str | None:
    link = _words(value).strip()
    return link if re.fullmatch(r"https?://\S+", link, re.IGNORECASE) and len(link) <= MOST_URL else None


def _moment(parsed: struct_time | None) -> datetime | None:
    """feedparser gives it in UTC."""
    try:
        moment = datetime(*parsed[:6], tzinfo=UTC) if parsed else None
    except ValueError:
        return None
    return moment if moment and moment >= EARLIEST else None


def _language(value: Any) -> str | None:
    found = _LANGUAGE.match(_words(value).strip().lower())
    return found[0] if found else None


def _enclosures(entry: Mapping[str, Any]) -> Iterator[Attachment]:
    for one in entry.get("enclosures") or ():
        address, size = _words(one.get("href")), _words(one.get("length"))
        name = address.partition("?")[0].rstrip("/").rpartition("/")[2]
        is_number = size.isascii() and size.isdigit() and len(size) < 15
        yield Attachment(name[:MOST_NAME], _words(one.get("type"))[:MOST_NAME], int(size) if is_number else None)


def _raw(entry: Mapping[str, Any]) -> str:
    """What the site said, as far as it matters; feedparser keeps no bytes of an entry."""
    said = {name: _words(entry[name]) for name in _KEPT if name in entry}
    content = "\n".join(_words(one.get("value")) for one in entry.get("content") or ())
    whole = json.dumps(said | ({"content": content} if content else {}), ensure_ascii=False)
    if len(whole.encode(errors="replace")) <= MOST_RAW:
        return whole
    return json.dumps({name: value[:MOST_URL] for name, value in said.items()}, ensure_ascii=False)


def _digest(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()[:24]
