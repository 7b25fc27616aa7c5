"""What this process has done since it began, counted in memory and never by more keys than a person could read."""

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

EDGES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
MOST = 200  # keys
OTHER = "other"
Key = tuple[str, ...]


@dataclass
class Durations:
    """How many there were, how many seconds in all, and how many up to each of EDGES that were longer than the edge before."""

    n: int = 0
    seconds: float = 0.0
    up_to: list[int] = field(default_factory=lambda: [0] * (len(EDGES) + 1))

    def note(self, seconds: float) -> None:
        self.n += 1
        self.seconds += seconds
        self.up_to[bisect_left(EDGES, seconds)] += 1


@dataclass
class Tally:
    """By key; what comes when there are too many is counted as OTHER."""

    of: dict[Key, Durations] = field(default_factory=dict)

    def note(self, seconds: float, *key: str) -> None:
        known = self.of.get(key)
        if known is None:
            kept = key if len(self.of) < MOST else (OTHER,) * len(key)
            known = self.of.setdefault(kept, Durations())
        known.note(seconds)


@contextmanager
def timed() -> Iterator[list[float]]:
    """One number, the seconds that the block took, once it is over, however it ended."""
    began, taken = perf_counter(), list[float]()
    try:
        yield taken
    finally:
        taken.append(perf_counter() - began)
