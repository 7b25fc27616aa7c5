"""Says a notice in its colleague's language, as plain text of one line each."""

import re
from datetime import UTC, datetime
from hashlib import sha256

from bot.voice import speak
from handlers.couriers import Notice
from handlers.ports import Words
from templates import say

# line ends would begin another header or line; the rest turns the reading direction round
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def title(notice: Notice) -> str:
    return said(notice.title, notice.language)


def lines(notice: Notice) -> list[str]:
    return [said(words, notice.language) for words in notice.lines]


def link_label(notice: Notice) -> str:
    return say("notice.open", notice.language)


def said(words: Words, language: str) -> str:
    return one_line(speak(words, language, str, _moment))


def one_line(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())


def cut(text: str, most: int) -> str:
    """At most so many characters, the last one a sign that there was more."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def mark(text: str) -> str:
    """Stands for a key, a topic or a person's address where it must not be read."""
    return sha256(text.encode(errors="replace")).hexdigest()[:32]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
