"""Where we stand in everything that we listen to, as the one string that is kept for us."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.networks.bluesky.backlog import Mark

SIGN = 8


@dataclass(frozen=True)
class Position:
    """A mark for each list: "" our notifications, every other a phrase. `searched` in milliseconds, by our own clock."""

    marks: Mapping[str, Mark] = field(default_factory=dict)
    searched: int = 0

    def mark(self, name: str) -> Mark:
        return self.marks.get(name, Mark())

    def written(self) -> str:
        marks = {name: _written(mark) for name, mark in self.marks.items()}
        return json.dumps({"marks": marks, "searched": self.searched}, separators=(",", ":"), sort_keys=True)


def read(cursor: str | None) -> Position:
    if cursor is None:
        return Position()
    said = json.loads(cursor)
    return Position({name: _read(mark) for name, mark in said["marks"].items()}, said["searched"])


def _written(mark: Mark) -> Any:
    """What is known is many: how long after `low` in hexadecimal, and its sign, each of eight letters."""
    known = " ".join(f"{at - (mark.low or 0):x}{sign}" for at, sign in mark.known)
    return {"low": mark.low, "known": known, "pages": list(mark.pages), "down": mark.down, "long": mark.long}


def _read(said: Any) -> Mark:
    known = tuple((int(one[:-SIGN], 16) + (said["low"] or 0), one[-SIGN:]) for one in said["known"].split())
    return Mark(said["low"], known, tuple(said["pages"]), said["down"], said["long"])
