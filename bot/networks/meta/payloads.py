"""What every payload of Meta is read with: bounded, field by field, and what is kept of it for later."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from handlers.networks import Unread

Payload = Mapping[str, Any]
MOST_RAW, MOST_TEXT = 200_000, 100_000
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


class Way(StrEnum):
    """How something came to us, and so how it can be answered."""

    COMMENT = "comment"  # below something of ours
    POST = "post"  # of a visitor, on our page
    ELSEWHERE = "elsewhere"  # names us in a comment below something of others
    CAPTION = "caption"  # names us in what others posted
    TAGGED = "tagged"  # shows us in a picture of others
    MESSAGE = "message"


def way_of(context: str) -> Way | None:
    """What `context` wrote."""
    return Way(json.loads(context)["way"]) if context else None


def context(way: Way, **more: object) -> str:
    return json.dumps({"way": way, **{name: value for name, value in more.items() if value}}, separators=(",", ":"))


def remembered(text: str) -> dict[str, str]:
    """A context, as it came back. One that we cannot read says nothing."""
    try:
        read = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in read.items()} if isinstance(read, dict) else {}


def raw(payload: object) -> str:
    """As JSON, cut in a way that leaves it JSON."""
    whole = json.dumps(payload, ensure_ascii=False, default=str)
    if len(whole.encode(errors="replace")) <= MOST_RAW:
        return whole
    return json.dumps({"cut": whole[: MOST_RAW // 8]})


def unread(payload: object, because: BaseException) -> Unread:
    return Unread(raw(payload), f"{type(because).__name__}: {because}"[:300])


def words(*parts: object) -> str:
    """What was written, as it is; a part that is not there is none."""
    return "\n".join(part for part in parts if isinstance(part, str) and part)[:MOST_TEXT]


def some(value: object) -> Payload:
    """An object, or an empty one where nothing is told."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> Iterator[Payload]:
    """The objects of a list, or of an edge's `data`."""
    inner = value.get("data") if isinstance(value, Mapping) else value
    yield from (one for one in (inner if isinstance(inner, list) else ()) if isinstance(one, Mapping))


def needed(payload: Payload, name: str) -> str:
    """An id. Raises KeyError or ValueError."""
    value = payload[name]
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value):
        raise ValueError(f"{name} is no id")
    return str(value)
