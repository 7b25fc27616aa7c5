"""How many people follow those who write to us: a notification does not say, and who is asked first may hang on it."""

import time
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.networks.bluesky.xrpc import Xrpc
from handlers.errors import DoorClosed, SendError

AT_ONCE = 25  # app.bsky.actor.getProfiles
FRESH = 3600.0  # seconds
KEPT_MOST = 5000


@dataclass
class Followers:
    xrpc: Xrpc
    _known: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

    async def of(self, accounts: Collection[str]) -> Mapping[str, int]:
        """Those that can be had; a mention does not wait for the others."""
        old = time.monotonic() - FRESH
        missing = [one for one in dict.fromkeys(accounts) if one not in self._known or self._known[one][0] < old]
        try:
            for some in _by(AT_ONCE, missing):
                await self._ask(some)
        except DoorClosed:
            raise
        except SendError:
            pass
        return {one: self._known[one][1] for one in accounts if one in self._known}

    async def _ask(self, some: Sequence[str]) -> None:
        answer = await self.xrpc.query("app.bsky.actor.getProfiles", actors=list(some))
        now = time.monotonic()
        for profile in answer.body.get("profiles", ()):
            if isinstance(profile, dict):
                count = profile.get("followersCount")
                self._known[str(profile.get("did"))] = (now, count if type(count) is int else 0)
        while len(self._known) > KEPT_MOST:
            self._known.popitem(last=False)


def _by(size: int, all_of_them: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(all_of_them), size):
        yield all_of_them[begin : begin + size]
