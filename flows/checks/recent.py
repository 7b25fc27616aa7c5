"""Remembers our own recent replies and finds the one that a draft nearly repeats."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from flows.triage.duplicates import Trace, core, likeness

ALIKE = 0.4  # likeness from which a reply counts as copied
MOST_COMPARED = 64
LEAST = 20  # letters: whoever says "Thank you!" again copies nobody


@dataclass(frozen=True)
class Reply:
    text: str
    trace: Trace


class Recent:
    """The latest `most` replies, added one by one, found again through bands of MinHash values and then compared exactly."""

    def __init__(self, replies: Iterable[str] = (), most: int = 10_000) -> None:
        self._most = most
        self._kept: OrderedDict[int, Reply] = OrderedDict()
        self._bands: dict[int, list[int]] = {}
        self._next = 0
        for reply in replies:
            self.add(reply)

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, text: str) -> None:
        trace = Trace.of(core(text))
        self._kept[self._next] = Reply(text, trace)
        for band in trace.bands:
            self._bands.setdefault(band, []).append(self._next)
        self._next += 1
        while len(self._kept) > self._most:
            self._forget()

    def nearest(self, text: str) -> tuple[float, str] | None:
        """How alike the most similar reply is, from 0 to 1, and its text; None where none comes near."""
        words = core(text)
        if len(words) < LEAST:
            return None
        trace = Trace.of(words)
        close = [(likeness(trace, self._kept[mate].trace), mate) for mate in self._mates(trace)]
        best = max(close, default=(0.0, -1))
        return (best[0], self._kept[best[1]].text) if best[0] >= ALIKE else None

    def _mates(self, trace: Trace) -> list[int]:
        met: dict[int, int] = {}
        for band in trace.bands:
            for mate in self._bands.get(band, ()):
                met[mate] = met.get(mate, 0) + 1
        return sorted(met, key=lambda mate: (-met[mate], -mate))[:MOST_COMPARED]

    def _forget(self) -> None:
        number, reply = self._kept.popitem(last=False)
        for band in reply.trace.bands:
            mates = self._bands[band]
            mates.remove(number)
            if not mates:
                del self._bands[band]
