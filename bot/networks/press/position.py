"""Where we stopped reading, as text: of each feed what it sent last, and which of its items we have told."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import islice

GONE = 500  # items that a feed does not show any more and may show again


@dataclass
class Place:
    """One feed. `told` holds each item told, or too old to be told, in short, with what it said then."""

    address: str = ""  # in short: it may hold a key
    etag: str = ""
    modified: str = ""
    told: dict[str, str] = field(default_factory=dict)

    def note(self, key: str, digest: str) -> None:
        """It is told; what was told last stands last."""
        self.told.pop(key, None)
        self.told[key] = digest

    def finish(self, address: str, etag: str, modified: str, shown: Iterable[str]) -> None:
        """All of an answer is told. Of what it does not show any more the last are kept."""
        self.address, self.etag, self.modified = address, etag, modified
        present = {short(one) for one in shown}
        gone = set(islice((one for one in reversed(self.told) if one not in present), GONE))
        self.told = {one: digest for one, digest in self.told.items() if one in present or one in gone}


@dataclass
class Position:
    """`words`, in short: what was searched for when these answers came."""

    words: str = ""
    feeds: dict[str, Place] = field(default_factory=dict)

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


def read_position(cursor: str | None) -> Position:
    found = json.loads(cursor) if cursor else {}
    return Position(found.get("words", ""), {name: Place(**one) for name, one in found.get("feeds", {}).items()})


def short(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()[:16]
