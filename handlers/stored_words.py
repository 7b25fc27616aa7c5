"""Words that wait in the outbox: their facts are JSON there, and values again when they leave."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.ports import Label, Words


def stored_words(row: Mapping[str, Any]) -> Words:
    """A moment is kept as {"at": ISO 8601}, a label as {"label": by language}, a tuple as a list."""
    return Words(row["name"], {name: _fact(value) for name, value in row["facts"].items()})


def _fact(value: Any) -> object:
    if isinstance(value, dict) and set(value) == {"at"}:
        return datetime.fromisoformat(value["at"])
    if isinstance(value, dict) and set(value) == {"label"}:
        return Label(value["label"])
    return tuple(value) if isinstance(value, list) else value
