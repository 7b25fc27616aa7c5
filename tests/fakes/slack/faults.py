"""Failures on demand: the next call of a method, or a share of all calls, goes wrong in a chosen way."""

import random
from collections import deque
from collections.abc import Collection

# Before: the call is not carried out. After: it is carried out, and the answer is lost.
BEFORE = ("429", "500", "timeout", "close", "garbage", "error:", "slow:")
AFTER = ("timeout_after_accept", "close_after_accept", "500_after_accept")


class Faults:
    """`next` plans exact failures; `chance` rolls a seeded die for every call.

    Kinds: "429" or "429:SECONDS", "500", "timeout", "close" (connection cut), "garbage" (200 with HTML),
    "error:ANY_SLACK_ERROR", "slow:SECONDS" (then all is well), and "timeout_after_accept", "close_after_accept", "500_after_accept".
    Besides method names there are "response_url", "upload", and "*" for every method.
    """

    def __init__(self) -> None:
        self._planned: dict[str, deque[str]] = {}
        self._odds: dict[str, float] = {}
        self._methods: Collection[str] | None = None
        self._dice = random.Random(0)
        self.struck: list[tuple[str, str]] = []

    def next(self, method: str, kind: str, count: int = 1) -> None:
        if not kind.startswith(BEFORE) and kind not in AFTER:
            raise ValueError(f"no such fault: {kind}")
        self._planned.setdefault(method, deque()).extend([kind] * count)

    def chance(self, odds: dict[str, float], *, seed: int, methods: Collection[str] | None = None) -> None:
        """Each call of `methods` (of all when none is named) meets each kind with its probability."""
        self._odds, self._methods, self._dice = dict(odds), methods, random.Random(seed)

    def clear(self) -> None:
        self._planned.clear()
        self._odds.clear()

    def draw(self, method: str) -> str | None:
        """The fault that this call meets, if any; a planned one is used up."""
        kind = self._draw(method)
        if kind:
            self.struck.append((method, kind))
        return kind

    def _draw(self, method: str) -> str | None:
        for name in (method, "*"):
            if self._planned.get(name):
                return self._planned[name].popleft()
        if self._methods is not None and method not in self._methods:
            return None
        return next((kind for kind, odds in self._odds.items() if self._dice.random() < odds), None)
