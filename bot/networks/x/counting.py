"""How X counts a text: by twitter-text's published weights, a word at a time so that no text can make counting slow."""

import re
import unicodedata
from functools import lru_cache

from twitter_text.extract_urls import extract_urls_with_indices
from twitter_text.parse_tweet import parse_tweet

_SPACES = re.compile(r"(\s+)")
_HOST = re.compile(r"(?:https?://)?[^/?#]*", re.IGNORECASE)
_HOST_MOST = 260  # the longest host name and a scheme; the library's patterns take seconds over longer runs of dots
_LINK = re.compile(r"https?://t\.co/[a-z0-9]+", re.IGNORECASE)
_PLAIN_LINK = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def weighted(text: str) -> int:
    """A link is 23, emoji and most of Asia's signs are 2, the rest is 1."""
    parts = _SPACES.split(unicodedata.normalize("NFC", text))
    return sum(_weight(part) for part in parts if part)


def links(text: str) -> list[str]:
    """What X makes a link of, also without a scheme ("example.com")."""
    return [link for word in text.split() for link in _links(word)]


def without_links(text: str) -> str:
    """What can be compared with a text that X has shortened the links of."""
    words = unicodedata.normalize("NFC", text).split()
    return " ".join(_bare(word) for word in words)


def _bare(word: str) -> str:
    word = _LINK.sub("\0", word)
    for link in sorted(_links(word), key=len, reverse=True):
        word = word.replace(link, "\0")
    return word


@lru_cache(maxsize=10_000)
def _weight(part: str) -> int:
    if part.isspace() or _is_unreadable(part):
        return sum(parse_tweet(sign).weightedLength for sign in part)
    return int(parse_tweet(part).weightedLength)


@lru_cache(maxsize=10_000)
def _links(word: str) -> tuple[str, ...]:
    if "." not in word:
        return ()
    if _is_unreadable(word):
        return tuple(_PLAIN_LINK.findall(word))
    return tuple(one["url"] for one in extract_urls_with_indices(word))


def _is_unreadable(word: str) -> bool:
    """Whether it begins with more than any host name, as a text without spaces does: counted sign by sign, which is never too little."""
    host = _HOST.match(word)
    return host is not None and len(host[0]) > _HOST_MOST and "." in word
