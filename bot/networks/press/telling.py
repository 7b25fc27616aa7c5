"""What of a feed is news: the first time what appeared within a day, later everything that was not told or was changed since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bot.networks.press.position import Place, short
from bot.networks.press.reading import Feed, Item
from bot.networks.press.wanted import Wanted
from handlers.networks import FIRST_LOOK, News, Unread
from handlers.ports import Customer, Event, Mention

OLD = "-"  # before the digest of what is too old to be told


@dataclass(frozen=True)
class New:
    """One item to be told, and what is noted once it is."""

    at: datetime
    feed: str
    key: str
    digest: str
    news: News


def unheard(name: str, feed: Feed, place: Place, wanted: Wanted, now: datetime, *, first: bool) -> Iterator[New]:
    """The oldest first. Notes in `place` what is too old to be told."""
    seen = set[str]()
    for item in reversed(feed.items):
        key = short(item.key)
        known = place.told.get(key)
        if key in seen or (known is not None and known.removeprefix(OLD) == item.digest):
            continue
        seen.add(key)
        if not isinstance(item, Item):
            yield New(now, name, key, item.digest, Unread(item.raw, item.because))
        elif first and item.posted_at and item.posted_at < now - FIRST_LOOK:
            place.told[key] = OLD + item.digest
        elif wanted(item.spoken):
            event = Event.POSTED if known is None or known.startswith(OLD) else Event.EDITED
            yield New(item.posted_at or now, name, key, item.digest, _mention(name, feed.title, item, now, event))


def _mention(name: str, title: str, item: Item, now: datetime, event: Event) -> Mention:
    """A site is a customer: it writes, and nobody answers it there."""
    return Mention(
        network="press",
        external_id=item.key,
        conversation_id=item.key,
        customer=Customer(name, urlsplit(item.url or "").hostname or "", title or name, "press"),
        text=item.text,
        posted_at=min(item.posted_at or now, now),
        event=event,
        url=item.url,
        language=item.language,
        raw=item.raw,
        attachments=item.attachments,
    )
