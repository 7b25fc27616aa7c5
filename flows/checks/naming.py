"""Finds a customer addressed by another name than their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.checks.calling import called_in, given_names, nicknames
from flows.checks.draft import Finding
from flows.checks.plain import plain
from flows.checks.reading import Reading

_SHARED = 3  # letters that a short form has in common with its name
_INNER, _CUT = 4, 3  # letters that a short form keeps of the end or middle, and those that it leaves away
_FEMALE = ("a", "e", "ne", "le", "la", "lle", "te", "tte", "ette", "ina", "ine", "line")  # Daniel is not Danielle, nor Luis Luisa


def wrong_name(reading: Reading) -> Iterator[Finding]:
    """The first one that is not the customer's; a doubtful one is believed only where nothing else names the customer."""
    name = reading.surroundings.name
    if not name or not reading.words.language:
        return
    text = reading.draft.text[:10_000]
    own = Own(tuple(_parts(name)), reading)
    called = list(called_in(text, reading))
    right = any(own.is_named(text[one.start : one.end]) for one in called)
    for one in called:
        said = text[one.start : one.end]
        if not own.is_named(said) and not (right and one.doubtful):
            yield Finding("wrong_name", one.start, one.end, "finding.wrong_name", {"said": said, "name": name}, name.split()[0])
            return


@dataclass(frozen=True)
class Own:
    """The parts of the customer's name."""

    parts: tuple[str, ...]
    reading: Reading

    def is_named(self, said: str) -> bool:
        parts = _parts(said)
        if "-" in said and len(parts) > 1 and not all(any(self._same(one, own) for own in self.parts) for one in parts):
            return False  # Jean-Luc is not Jean-Baptiste
        return not parts or self._initials(said) or any(self._same(one, own) for one in parts for own in self.parts) or self._joined(parts)

    def _joined(self, parts: list[str]) -> bool:
        """Juanma and JP: the beginnings of two given names."""
        said = "".join(parts)
        return any(
            said == first[:left] + second[: len(said) - left]
            for first, second in zip(self.parts, self.parts[1:], strict=False)
            for left in range(1, len(said))
            if len(said) <= 8 and len(second) >= len(said) - left
        )

    def _initials(self, said: str) -> bool:
        return said.isupper() and plain(said).folded == "".join(part[0] for part in self.parts)[: len(said)]

    def _same(self, said: str, own: str) -> bool:
        """The same name, a known short form of it, or its beginning; but no name of the other sex."""
        if said == own or said in nicknames().get(own, ()) or own in nicknames().get(said, ()):
            return True
        if own.startswith(said) and own[len(said) :] in _FEMALE and said in given_names():
            return False
        return (len(said) >= 2 and own.startswith(said)) or _shortened(said, own) or _cut(said, own)


def _parts(name: str) -> list[str]:
    return [part for part in re.findall(r"[^\W\d_]+", plain(name).folded) if len(part) > 1 and part not in ("de", "la", "del", "van", "di")]


def _shortened(said: str, own: str) -> bool:
    """Katie for Katherine: the same beginning, then an ending that makes it small."""
    shared = len(said) - 1 if said.endswith(("y", "i", "a", "o", "e", "u")) else len(said)
    shared -= said.endswith("ie")
    return shared >= _SHARED and own[:shared] == said[:shared] and len(said) < len(own)


def _cut(said: str, own: str) -> bool:
    """Polly for Apolline, Lina for Carolina, Nando for Fernando: the end of it, or its middle with a small ending."""
    small = said.rstrip("ie").rstrip("y")
    if len(said) < _INNER or len(own) - len(small) < _CUT:
        return False  # Emma is not Gemma
    return own.endswith(said) or (said != small and small in own)
