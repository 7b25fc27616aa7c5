"""How fast we may send to one conversation: the limits that all replicas share, and the moment at which a message leaves this process.

Teams counts what is sent to a conversation, its threads included, by four windows at once: 7 in a second, 8 in two, 60 in thirty,
1,800 in an hour (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit). A bucket lets through at most
burst + T / every in any time T, whoever waits and however long:

    hour    24 + 3600 / 2.03   = 1,797 of 1,800; 0.985 of it for as long as somebody waits
    burst    3 + 1 / 0.625     = 4 of 7;   3 + 2 / 0.625 = 6 of 8;   3 + 30 / 0.625 = 51 of 60

What is left in the small windows is for the way there: of two messages the first may need 1.75 s longer than the second.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from handlers.errors import TryLater
from handlers.ports import Bucket

EVERY, BURST = timedelta(seconds=2.03), 24
SHORTLY, AT_ONCE = timedelta(milliseconds=625), 3
# A post leaves this much for what changes a card: people see what they did, however long the line of new cards is …
LEFT = timedelta(seconds=1.5)
# … and changes take half of what there is at the most, deletions an eighth: new cards are never kept out.
UPDATES, DELETIONS = 2 * EVERY, 8 * EVERY
# 50 requests a second of one app in one tenant (30 on older pages), of all kinds
REQUESTS = Bucket("teams:requests", timedelta(milliseconds=25), burst=8)
# creating conversations has the same four windows as sending; one bucket for both the short ones and the hour
CREATIONS = Bucket("teams#create", EVERY, burst=6)
WAIT_MOST = 3.0  # seconds; who waits longer would no longer know whether it left
KEPT = 1000  # conversations


def limits(channel_id: str, act: str, *, unknown: bool = False) -> Sequence[Bucket]:
    """`unknown`: a person with whom a conversation must be created first."""
    lane = f"teams:{channel_id}"
    shortly = Bucket(f"{lane}#short", SHORTLY, burst=AT_ONCE)
    if act == "post":
        mine = (Bucket(lane, EVERY, burst=BURST, early=-LEFT), shortly, REQUESTS)
        return (*mine, CREATIONS) if unknown else mine
    own = Bucket(f"{lane}#{act}", UPDATES if act == "update" else DELETIONS, burst=8)
    return Bucket(lane, EVERY, burst=BURST), shortly, own, REQUESTS


@dataclass
class Pace:
    """Answers to a person's own act leave without asking the buckets, and an event loop that was busy lets go of several at once: here
    they leave one after the other, at `every` once `burst` are gone. In the small windows: 4 + 2 / 0.55 = 7 of 8, 4 + 30 / 0.55 = 58 of 60.
    """

    every: float = 0.55  # seconds
    burst: int = 4
    _full_at: dict[str, float] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, conversation_id: str) -> AsyncIterator[None]:
        now = time.monotonic()
        full_at = max(self._full_at.get(conversation_id, now), now) + self.every
        wait = full_at - self.burst * self.every - now
        if wait > WAIT_MOST:
            raise TryLater("conversation_busy", timedelta(seconds=wait))
        self._note(conversation_id, full_at)
        if wait > 0:
            await asyncio.sleep(wait)
        yield

    def _note(self, conversation_id: str, full_at: float) -> None:
        """What is full again by now says no more than what is not known."""
        self._full_at[conversation_id] = full_at
        if len(self._full_at) > KEPT:
            now = time.monotonic()
            self._full_at = {one: full for one, full in self._full_at.items() if full > now}
