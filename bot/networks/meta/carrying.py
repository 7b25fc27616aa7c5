"""What Meta's networks carry of ours, how long it may be, and how fast."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.networks.meta.accounts import FACEBOOK, INSTAGRAM
from bot.networks.meta.payloads import Way, way_of
from handlers.networks import Abilities, Hearing, Push
from handlers.ports import Bucket, Mention

WINDOW, PRIVATE_WITHIN = timedelta(hours=24), timedelta(days=7)
ABILITIES = Abilities(delete=True, hide=True, private_once=True, private_within=PRIVATE_WITHIN, window=WINDOW)
HEARING = {
    FACEBOOK: Hearing(edits=True, deletions=True, push=Push.WEBHOOK),
    INSTAGRAM: Hearing(push=Push.WEBHOOK),  # of messages edits and deletions are told, of comments neither
}


_CLOSES = {Way.MESSAGE: WINDOW, Way.COMMENT: PRIVATE_WITHIN, Way.POST: PRIVATE_WITHIN}


def within(mention: Mention) -> Mention:
    """As Meta lets us answer it: how long in private, and whether it stands below something of ours, where it can be hidden."""
    way = way_of(mention.context)
    closes = _CLOSES.get(way) if way else None
    return replace(mention, private_until=mention.posted_at + closes if closes else None, hideable=way is Way.COMMENT)


def utf16(text: str) -> int:
    """Characters, where nobody says of what kind: as the strictest count them."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def utf8(text: str) -> int:
    """Messages of Instagram are counted in bytes ("Send a message"). For comments that is stricter than need be."""
    return len(text.encode(errors="surrogatepass"))


@dataclass(frozen=True)
class Measure:
    """`public`, `private`: the longest text as `count` counts. `every`, `burst`: what may be published in a row."""

    count: Callable[[str], int]
    public: int
    private: int
    every: timedelta
    burst: int


NAME_MOST = 30  # letters of an Instagram name; "@" before it and a space after are two more
MEASURES: Mapping[str, Measure] = {
    # Messenger: fewer than 2,000 characters. No rate of comments is published: few seconds apart is how a person writes
    FACEBOOK: Measure(utf16, 8_000, 1_999, timedelta(seconds=2), 5),
    # 750 private replies an hour; comments are slowed with them
    INSTAGRAM: Measure(utf8, 2_200 - NAME_MOST - 2, 1_000, timedelta(seconds=4.8), 5),
}
_ACTS = {"delete": (timedelta(seconds=1), 10), "hide": (timedelta(seconds=1), 10)}


def bucket(network: str, account: str, act: str) -> Bucket:
    every, burst = _ACTS.get(act, (MEASURES[network].every, MEASURES[network].burst))
    return Bucket(f"{network}:{account}#{act}", every, burst=burst)
