"""To which conversation a status belongs: the first one of its thread that we can see, so that an answer to our reply joins its case."""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import Any

from bot.networks.mastodon.client import Client
from bot.networks.mastodon.faults import Broken, NotThere

_MOST = 20_000
_TRIES = 3


@dataclass
class Threads:
    """One call for a reply whose thread is not known yet."""

    client: Client
    _roots: OrderedDict[str, str] = field(default_factory=OrderedDict, repr=False)
    _broken: Counter[str] = field(default_factory=Counter, repr=False)

    async def root(self, status: dict[str, Any]) -> str:
        own, parent = str(status["id"]), status.get("in_reply_to_id")
        if not parent:
            return self.learn(own, own)
        known = self._roots.get(own) or self._roots.get(str(parent))
        if known:
            return self.learn(own, known)
        try:
            context = await self.client.get(f"/api/v1/statuses/{own}/context", listening=True)
        except NotThere:
            return self.learn(own, own)
        except Broken:
            self._broken[own] += 1
            if self._broken[own] < _TRIES:
                raise
            return self.learn(own, own)  # one that no server can place must not hold up all that come after it
        above = [str(one["id"]) for one in context["ancestors"]]
        root = above[0] if above else own
        for one in above:
            self.learn(one, root)
        return self.learn(own, root)

    def learn(self, external_id: str, root: str) -> str:
        self._roots[external_id] = root
        self._roots.move_to_end(external_id)
        if len(self._roots) > _MOST:
            self._roots.popitem(last=False)
        return root
