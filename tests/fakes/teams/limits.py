"""The limits of Teams as numbers, and the meters that refuse whoever goes over them."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fakes.slack.clock import Clock
from tests.fakes.slack.limits import Window

# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit: (seconds, most), per bot and conversation.
SENDS = ((1.0, 7), (2.0, 8), (30.0, 60), (3600.0, 1800))
READS = ((1.0, 14), (2.0, 16), (30.0, 120), (3600.0, 3600))


@dataclass
class Limits:
    """What this Teams allows. A test may loosen or tighten any of it, before or during a run."""

    sends: tuple[tuple[float, int], ...] = SENDS  # posts, changes and deletions together: "all requests are subject to the same policy"
    reads: tuple[tuple[float, int], ...] = READS
    tenant_per_second: int = 50
    message_bytes: int = 100 * 1024  # as UTF-16, without images
    image_bytes: int = 1024 * 1024
    card_warns_at: int = 28 * 1024  # as UTF-8
    card_fails_at: int = 80 * 1024
    answer_seconds: float = 15.0  # an answer that comes later is lost, and the activity is delivered again
    redeliveries: int = 1
    refresh_seconds: float = 60.0  # a card is refreshed when it is older
    token_seconds: float = 3599.0
    page_sizes: tuple[int, int] = (50, 500)  # of members: a smaller one wished for is taken for the smallest
    enforce: bool = True


@dataclass(frozen=True)
class Refusal:
    """One 429 that was handed out."""

    operation: str
    conversation: str | None
    at: float
    retry_after: int
    limit: str  # "conversation", "tenant" or "fault"


@dataclass
class Meters:
    """Every limit that a call counts against, together; a channel and its threads are one conversation."""

    limits: Limits
    clock: Clock
    refused: list[Refusal] = field(default_factory=list)
    _windows: dict[tuple[str, str, float], Window] = field(default_factory=dict)
    _tenant: Window = field(default_factory=lambda: Window(1.0))
    taken: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # what was let through, by conversation

    def admit(self, operation: str, conversation: str, kind: str) -> Refusal | None:
        """Count the call, or say which limit refuses it; a refused call is not counted. `kind` is "send", "create" or "read"."""
        if not self.limits.enforce:
            return None
        now = self.clock.now()
        quotas = self.limits.reads if kind == "read" else self.limits.sends
        windows = [(self._window(kind, conversation, seconds), most) for seconds, most in quotas]
        if wait := max((window.wait(now, most) for window, most in windows), default=0.0):
            return self.refuse(operation, conversation, wait, "conversation")
        if wait := self._tenant.wait(now, self.limits.tenant_per_second):
            return self.refuse(operation, conversation, wait, "tenant")
        for window in (*(window for window, _most in windows), self._tenant):
            window.take(now)
        self.taken[conversation] += 1
        return None

    def remember(self, conversation: str, times: Sequence[float]) -> None:
        """As if so much had been sent there already, the oldest first."""
        for seconds, _ in self.limits.sends:
            self._window("send", conversation, seconds).taken.extend(times)

    def refuse(self, operation: str, conversation: str | None, wait: float, limit: str) -> Refusal:
        # The client waits in real seconds, whatever the speed of this clock.
        seconds = max(1, math.ceil(wait / self.clock.speed - 1e-6))
        refusal = Refusal(operation, conversation, self.clock.now(), seconds, limit)
        self.refused.append(refusal)
        return refusal

    def _window(self, kind: str, conversation: str, seconds: float) -> Window:
        return self._windows.setdefault((kind, conversation, seconds), Window(seconds))
