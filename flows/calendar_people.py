"""Finds who is meant by an event of a calendar: by the address of somebody invited, or by a name in its title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.flow import folded

_WORDS = re.compile(r"[^\s@<>(),;:\"|/\[\]]+@[^\s@<>(),;:\"|/\[\]]+|\w+")
_TITLE_LIMIT = 500

Key = tuple[str, ...]


@dataclass(frozen=True)
class Finder:
    """`known`: the words of every name and address under which somebody is known, and who that is."""

    known: Mapping[Key, str]
    longest: int

    def by_address(self, addresses: Iterable[str]) -> str | None:
        """The one person invited whom we know; nobody when there are several."""
        return _only({self.known[key] for address in addresses if (key := _words(address)) in self.known})

    def by_title(self, title: str) -> str | None:
        """The one person named. "Ana Ruiz" is not also Ana."""
        words, found, at = _words(title[:_TITLE_LIMIT]), set(), 0
        while at < len(words):
            length = next((size for size in range(self.longest, 0, -1) if words[at : at + size] in self.known), 0)
            if length:
                found.add(self.known[words[at : at + length]])
            at += length or 1
        return _only(found)


def finder(names: Mapping[str, str]) -> Finder:
    """`names`: who is known by each name and address."""
    known = {words: who for name, who in names.items() if (words := _words(name))}
    return Finder(known, max(map(len, known), default=0))


def _words(text: str) -> Key:
    return tuple(word.rstrip(".") for word in _WORDS.findall(folded(text)))


def _only(found: set[str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None
