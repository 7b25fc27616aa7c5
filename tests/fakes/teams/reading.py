"""What people read and can press on a card, and whom a message rings for."""

import re
from collections.abc import Iterator
from typing import Any

from .adaptive import NESTED, elements
from .state import Json, Message

# Where words that people see stand; what is only read aloud or sent along is not among them.
SEEN = ("title", "text", "label", "placeholder")
TYPED = {"Input.Text", "Input.Number", "Input.Date", "Input.Time"}  # what stands in these is seen as it is
INNER = (*(name for name in NESTED if name != "inlines"), "facts", "choices")
_MARKED_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|\b(https?://[^\s)>\]]+)")


def card_texts(card: Any) -> list[str]:
    """Every text of the card in the order in which it is read: headings, facts, choices, titles of buttons."""
    return [text for text in _texts(card) if text]


def card_text(card: Any) -> str:
    return "\n".join(card_texts(card))


def _texts(value: Any, within: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item, within)
    elif isinstance(value, dict):
        yield "".join(_run(one) for one in value.get("inlines", ()))
        seen = (*SEEN, "value") if within == "facts" or value.get("type") in TYPED else SEEN
        yield from (value[name] for name in seen if isinstance(value.get(name), str))
        for name in INNER:
            yield from _texts(value.get(name), name)


def _run(one: Any) -> str:
    return str(one.get("text", "")) if isinstance(one, dict) else str(one)


def message_text(message: Message) -> str:
    """All that everybody reads of a message."""
    return "\n".join([message.text, *(text for card in message.cards for text in card_texts(card))]).strip()


def marked_texts(card: Any) -> Iterator[str]:
    """Texts in which clients read Markdown: those of TextBlocks, facts and choices, never of TextRuns."""
    for _at, one in elements(card):
        if one.get("type") == "TextBlock":
            yield str(one.get("text", ""))
        for fact in one.get("facts") or []:
            yield from (str(fact.get(name, "")) for name in ("title", "value"))


def links(activity: Json) -> list[str]:
    """What readers can click: links in texts, and buttons that lead somewhere."""
    cards = [one.get("content") for one in activity.get("attachments") or []]
    texts = [str(activity.get("text") or ""), *(text for card in cards for text in marked_texts(card))]
    written = [next(filter(None, found)) for text in texts for found in _MARKED_LINK.findall(text)]
    return [*written, *(str(one["url"]) for card in cards for _at, one in elements(card) if one.get("type") == "Action.OpenUrl")]


def calls_out(activity: Json) -> list[str]:
    """Whom the message rings for: people, channels and teams that it mentions, in its text or in a card."""
    own = activity.get("entities") or []
    inside = [
        one for a in activity.get("attachments") or [] for one in ((a.get("content") or {}).get("msteams") or {}).get("entities") or []
    ]
    return [str((one.get("mentioned") or {}).get("id")) for one in (*own, *inside) if one.get("type") == "mention"]


def actions(card: Any) -> list[Json]:
    """Everything that can be pressed, in order; what opens under a button is there as well."""
    return [one for _at, one in elements(card) if str(one.get("type", "")).startswith("Action.")]


def buttons(card: Any) -> list[str]:
    """The titles of what can be pressed."""
    return [str(one.get("title", "")) for one in actions(card)]


def inputs(card: Any) -> list[Json]:
    return [one for _at, one in elements(card) if str(one.get("type", "")).startswith("Input.")]


def act_of(action: Json) -> str:
    """The name that a button gives itself: its act, or its verb."""
    data = action.get("data")
    named = data.get("act") if isinstance(data, dict) else None
    return str(named or action.get("verb") or "")
