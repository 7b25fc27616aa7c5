"""What a message does to those who read it: whom it calls, and which links in it can be clicked."""

import re
from collections.abc import Iterator

from .state import Json

# https://docs.slack.dev/messaging/formatting-message-text: these forms alone call people; a bare "@here" does not.
_CALL = re.compile(r"<(!(?:channel|here|everyone|subteam\^\w+)|@[UW]\w+)(?:\|[^>]*)?>")
# Slack links <url|words>, bare addresses, and bare names of hosts.
_LINK = re.compile(
    r"<((?:https?|mailto|tel):[^|>\s]+)[^>]*>"
    r"|\b((?:https?://|www\.)[^\s<>|]+)"
    r"|\b((?:[\w-]+\.)+(?:com|net|org|io|info|es|fr|uk|eu|de|example|test))\b"
)


def marked_texts(value: object) -> Iterator[str]:
    """Every text in which Slack reads its markup: mrkdwn objects and markdown blocks, never plain_text."""
    if isinstance(value, list):
        for item in value:
            yield from marked_texts(item)
    elif isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "markdown"}:
            yield str(value.get("text", ""))
        for item in value.values():
            yield from marked_texts(item)


def _read(message: Json) -> Iterator[str]:
    """The fallback text counts as well: it is what notifications show."""
    yield str(message.get("text", ""))
    yield from marked_texts(message.get("blocks", []))


def calls_out(message: Json) -> list[str]:
    """Whom the message rings for: "!channel", "!here", "!everyone", "@U…"."""
    return [*(found for text in _read(message) for found in _CALL.findall(text)), *_elements(message.get("blocks", []))]


def _elements(value: object) -> Iterator[str]:
    """People and groups as elements of rich text (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""
    if isinstance(value, list):
        for item in value:
            yield from _elements(item)
    elif isinstance(value, dict):
        kind = value.get("type")
        if kind == "user" and "user_id" in value:
            yield f"@{value['user_id']}"
        elif kind == "broadcast":
            yield f"!{value.get('range', '')}"
        elif kind == "usergroup":
            yield f"!subteam^{value.get('usergroup_id', '')}"
        for item in value.values():
            yield from _elements(item)


def links(message: Json) -> list[str]:
    """What readers can click: those in texts, and buttons with a url."""
    written = [next(filter(None, found)) for text in _read(message) for found in _LINK.findall(text)]
    return [*written, *_urls(message.get("blocks", []))]


def _urls(value: object) -> list[str]:
    if isinstance(value, list):
        return [url for item in value for url in _urls(item)]
    if not isinstance(value, dict):
        return []
    own = [value["url"]] if isinstance(value.get("url"), str) else []
    return [*own, *(url for item in value.values() for url in _urls(item))]
