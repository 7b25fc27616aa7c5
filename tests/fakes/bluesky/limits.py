"""How often the fake lets itself be called: the numbers of Bluesky's page on rate limits."""

from collections import deque
from dataclasses import dataclass, field

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
WINDOWS = {
    "all": ((3000, 5 * MINUTE),),
    "createSession": ((30, 5 * MINUTE), (300, DAY)),
    "write": ((5000, HOUR), (35000, DAY)),
}
CREATE, UPDATE, DELETE = 3, 2, 1  # points


@dataclass
class Limits:
    """`lifted`: nobody counts any more."""

    lifted: bool = False
    spent: dict[tuple[str, str], deque[tuple[float, int]]] = field(default_factory=dict)

    def spend(self, name: str, who: str, points: int, now: float) -> tuple[int, int, int] | None:
        """None when there was room; else the limit that was hit: its points, its seconds, and when it ends (in seconds since 1970)."""
        if self.lifted:
            return None
        kept = self.spent.setdefault((name, who), deque())
        while kept and kept[0][0] <= now - DAY:
            kept.popleft()
        for most, window in WINDOWS[name]:
            inside = [(at, cost) for at, cost in kept if at > now - window]
            if sum(cost for _, cost in inside) + points > most:
                return most, int(window), int(inside[0][0] + window) + 1
        kept.append((now, points))
        return None
