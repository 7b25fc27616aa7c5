"""Texts as Slack takes them: elements of rich text, which parse nothing, and mrkdwn, where every fact is escaped."""

import re
from datetime import UTC, datetime
from typing import Any

from bot.voice import Escape, bare, calm, cut, speak
from handlers.customer_text import plain
from handlers.ports import Called, CustomerText, Words

Json = dict[str, Any]
_DATE = "{date_short_pretty} {time}"
_OPEN, _SHUT = "\ue000", "\ue001"  # of Unicode's private area: they mark a moment or an account until it becomes an element
_MARKED = re.compile(f"{_OPEN}(-?\\d+|[UW][A-Z0-9]+){_SHUT}")
_ACCOUNT = re.compile("[UW][A-Z0-9]{1,30}")
_BROKEN_END = re.compile(r"(?:<[^<>]*|&\w{0,4})$")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def escaped(text: str) -> str:
    """For mrkdwn (https://docs.slack.dev/messaging/formatting-message-text): no mention, command or link can begin in it."""
    return calm(text).translate(_ENTITIES)


def mrkdwn(words: Words, language: str, most: int = 3000) -> str:
    """Our sentence with escaped facts; cut where neither a date nor an entity is torn apart."""
    said = speak(words, language, escaped, _date_markup, _call_markup)
    return said if len(said) <= most else _BROKEN_END.sub("", said[: most - 1]) + "…"


def plain_words(words: Words, language: str, most: int) -> str:
    """For plain_text objects, which parse nothing; never empty, since Slack refuses that."""
    return cut(speak(words, language, calm, _date_plainly), most) or "-"


def plain_text(words: Words, language: str, most: int) -> Json:
    return {"type": "plain_text", "text": plain_words(words, language, most), "emoji": False}


def rich(words: Words, language: str, most: int, escape: Escape = bare) -> list[Json]:
    """Elements of a rich text section; a moment shows in the reader's own time zone, and whoever is called hears it."""
    elements: list[Json] = []
    said = speak(words, language, escape, _date_marked, lambda called: _call_marked(called, escape))
    for index, piece in enumerate(_MARKED.split(said)):
        if index % 2:
            elements.append({"type": "user", "user_id": piece} if _ACCOUNT.fullmatch(piece) else _date_element(int(piece)))
        elif piece and most > 0:
            elements.append({"type": "text", "text": cut(piece, most)})
            most -= len(piece)
    return elements


def quoted(text: CustomerText, most: int) -> list[Json]:
    """A customer's words; nothing when there are none to see."""
    words = plain(CustomerText(bare(text.raw), text.whole), most)
    return [{"type": "text", "text": words}] if words.strip() else []


def _date_plainly(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _date_markup(at: datetime) -> str:
    return f"<!date^{int(at.timestamp())}^{_DATE}|{_date_plainly(at)}>"


def _date_marked(at: datetime) -> str:
    return f"{_OPEN}{int(at.timestamp())}{_SHUT}"


def _date_element(seconds: int) -> Json:
    return {"type": "date", "timestamp": seconds, "format": _DATE, "fallback": _date_plainly(datetime.fromtimestamp(seconds, UTC))}


def _account(called: Called) -> str:
    """Theirs in Slack; "" where it is not known, or can be none of Slack's."""
    account = called.accounts.get("slack") or ""
    return account if _ACCOUNT.fullmatch(account) else ""


def _call_markup(called: Called) -> str:
    account = _account(called)
    return f"<@{account}>" if account else escaped(called.name)


def _call_marked(called: Called, escape: Escape) -> str:
    account = _account(called)
    return f"{_OPEN}{account}{_SHUT}" if account else escape(called.name)
