"""Slack's limits as numbers, and the meters that refuse whoever goes over them."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from .clock import Clock

# https://docs.slack.dev/apis/web-api/rate-limits: calls a minute, per method, workspace and app.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}


@dataclass
class Limits:
    """What this Slack allows. A test may loosen or tighten any of it, before or during a run."""

    burst: int = 1  # posts that one channel takes at once; Slack guarantees no more
    channel_posts_per_second: float = 1.0
    workspace_posts_per_minute: int = 300
    tiers: dict[int, int] = field(default_factory=lambda: dict(TIERS))
    # Methods with a quota of their own. apps.connections.open is tier 1 with "small bursts tolerated", and
    # ten connections are allowed, so ten may be asked for. auth.test and getPermalink: "hundreds a minute".
    a_minute: dict[str, int] = field(default_factory=lambda: {"apps.connections.open": 10, "auth.test": 300, "chat.getPermalink": 300})
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    response_url_uses: int = 5
    response_url_seconds: float = 1800.0
    socket_connections: int = 10
    events_an_hour: int = 30_000
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    text_cut_at: int = 40_000
    update_text: int = 4_000  # chat.update answers msg_too_long where chat.postMessage cuts (reported by users)
    blocks_characters: int = 13_200  # over all blocks, msg_blocks_too_long (reported by users)
    enforce: bool = True


class Window:
    """At most `most` calls in any `seconds`: the sliding window of one method."""

    def __init__(self, seconds: float = 60.0) -> None:
        self.seconds = seconds
        self.taken: deque[float] = deque()

    def wait(self, now: float, most: int) -> float:
        """Seconds until the next call fits; 0 when it fits now."""
        while self.taken and self.taken[0] <= now - self.seconds:
            self.taken.popleft()
        if len(self.taken) < most:
            return 0.0
        return self.taken[len(self.taken) - most] + self.seconds - now

    def take(self, now: float) -> None:
        self.taken.append(now)


class Pace:
    """A steady rate with a burst: the theoretical arrival time of one channel."""

    def __init__(self) -> None:
        self.arrival = 0.0

    def wait(self, now: float, rate: float, burst: int) -> float:
        early = self.arrival - (burst - 1) / rate - now
        return early if early > 1e-6 else 0.0

    def take(self, now: float, rate: float) -> None:
        self.arrival = max(self.arrival, now) + 1 / rate


@dataclass(frozen=True)
class Refusal:
    """One 429 that was handed out."""

    method: str
    channel: str | None
    at: float
    retry_after: int
    limit: str  # "channel", "workspace", "method" or "fault"


class Meters:
    """Every limit that a call counts against, together."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self.clock = clock
        self.methods: dict[str, Window] = defaultdict(Window)
        self.channels: dict[str, Pace] = defaultdict(Pace)
        self.workspace = Window()
        self.refused: list[Refusal] = []

    def admit(self, method: str, tier: int, channel: str | None) -> Refusal | None:
        """Count the call, or say which limit refuses it; a refused call is not counted."""
        if not self.limits.enforce:
            return None
        now = self.clock.now()
        if method == "chat.postMessage":
            return self._admit_post(channel or "", now)
        window = self.methods[method]
        wait = window.wait(now, self._quota(method, tier))
        if wait:
            return self.refuse(method, channel, wait, "method")
        window.take(now)
        return None

    def refuse(self, method: str, channel: str | None, wait: float, limit: str) -> Refusal:
        # The client waits in real seconds, whatever the speed of this clock.
        seconds = max(1, math.ceil(wait / self.clock.speed - 1e-6))
        refusal = Refusal(method, channel, self.clock.now(), seconds, limit)
        self.refused.append(refusal)
        return refusal

    def _admit_post(self, channel: str, now: float) -> Refusal | None:
        limits, pace = self.limits, self.channels[channel]
        rate = limits.channel_posts_per_second
        if wait := pace.wait(now, rate, limits.burst):
            return self.refuse("chat.postMessage", channel, wait, "channel")
        if wait := self.workspace.wait(now, limits.workspace_posts_per_minute):
            return self.refuse("chat.postMessage", channel, wait, "workspace")
        pace.take(now, rate)
        self.workspace.take(now)
        return None

    def _quota(self, method: str, tier: int) -> int:
        return self.limits.a_minute.get(method, self.limits.tiers[tier])
