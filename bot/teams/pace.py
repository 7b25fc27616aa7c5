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
CRITICAL, SOON = 8, 1  # of each, kept for what is critical: in a storm it need not wait two seconds for its turn
LEFT = timedelta(seconds=1.5)  # of the hour's, which whoever had the last turn leaves to the others
# 50 requests a second of one app in one tenant (30 on older pages), of all kinds
REQUESTS = Bucket("teams:requests", timedelta(milliseconds=25), burst=8)
# creating conversations has the same four windows as sending; one bucket for both the short ones and the hour
CREATIONS = Bucket("teams#create", EVERY, burst=6)
WAIT_MOST = 3.0  # seconds; who waits longer would no longer know whether it left
KEPT = 1000  # conversations


@dataclass
class Turns:
    """Posts, changes and deletions of one conversation share its limits; where several wait they take turns, however long each line is:
    people see what they did on a card, and new cards are never kept out by it.
    """

    _latest: dict[str, tuple[str, ...]] = field(default_factory=dict)  # conversation → acts, the latest first

    def limits(self, channel_id: str, act: str, *, unknown: bool = False) -> Sequence[Bucket]:
        """`unknown`: a person with whom a conversation must be created first."""
        lane, latest = f"teams:{channel_id}", self._latest.get(channel_id, ())
        left = LEFT / (1 + latest.index(act)) if act in latest[:2] else timedelta()
        mine = (
            Bucket(lane, EVERY, burst=BURST, early=-left, kept=CRITICAL),
            Bucket(f"{lane}#short", SHORTLY, burst=AT_ONCE, kept=SOON),
            REQUESTS,
        )
        return (*mine, CREATIONS) if unknown and act == "post" else mine

    def took(self, channel_id: str, act: str) -> None:
        self._latest[channel_id] = (act, *(one for one in self._latest.get(channel_id, ()) if one != act))


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
