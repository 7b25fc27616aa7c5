"""The names under which things are told: never a person's address, and never more of them than a monitoring system bears."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from handlers.tally import OTHER

MOST = 100
OF_PEOPLE = ("email", "pagerduty", "twilio", "ntfy")  # what follows the name of such a way is somebody's address
Value = TypeVar("Value")
Key = TypeVar("Key", str, tuple[str, str])


class Named:
    """Of lanes, doors or networks, those that come first keep their own name; the rest is told together."""

    def __init__(self, names: Iterable[str]) -> None:
        self._kept = set(list(dict.fromkeys(map(_public, names)))[:MOST])

    def of(self, name: str) -> str:
        public = _public(name)
        return public if public in self._kept else OTHER

    def together(self, pairs: Iterable[tuple[Key, Value]]) -> Iterator[tuple[Key, list[Value]]]:
        """Values by name, in the order of the names; of a pair the first is the name."""
        found = dict[Key, list[Value]]()
        for key, value in pairs:
            told = self.of(key) if isinstance(key, str) else (self.of(key[0]), str(key[1]))
            found.setdefault(told, []).append(value)
        yield from sorted(found.items(), key=lambda item: item[0])


def _public(name: str) -> str:
    way = name.partition(":")[0]
    return way if way in OF_PEOPLE else name
