"""An account as a source: what the webhook brings is caught up here, should a delivery be lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bot.networks.meta.accounts import FACEBOOK, Account
from bot.networks.meta.graph import Graph
from bot.networks.meta.looking import Looking
from bot.networks.meta.position import Cursor, Found, cursor
from bot.networks.meta.standing import standing
from bot.networks.meta.stream import Part, Stream
from handlers.errors import DoorClosed, Refused, SendError
from handlers.networks import Heard, News, Standing

log = structlog.get_logger()
A_PART = 100  # of each of the two lists, so that a page has 200 at most
EVERY = timedelta(seconds=50)  # so that a dead token is told within a minute; three calls or so of the thousands a day that a page has


@dataclass
class MetaSource:
    graph: Graph
    account: Account
    every: timedelta = EVERY
    public: Stream = field(init=False, repr=False)
    private: Stream = field(init=False, repr=False)
    _shut: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        looking = Looking(self.graph, self.account)
        at_public = looking.at_page if self.account.network == FACEBOOK else looking.at_media
        self.public = Stream(at_public, lambda: self.graph.last_date)
        self.private = Stream(looking.at_conversations, lambda: self.graph.last_date)

    @property
    def name(self) -> str:
        return self.account.network

    async def since(self, cursor_: str | None) -> Heard:
        at = cursor(cursor_)
        asked = self.public.after(at.public, A_PART), self.private.after(at.private, A_PART)
        public, private = await asyncio.gather(*asked, return_exceptions=True)
        parts = {"public": public, "private": private}
        failed = {name: one for name, one in parts.items() if isinstance(one, BaseException)}
        heard = {name: one for name, one in parts.items() if isinstance(one, Part)}
        found = [one for part in heard.values() for one in part.found]
        self._judge(failed, anything=bool(found))
        moved = Cursor(*(heard[name].position if name in heard else getattr(at, name) for name in parts))
        more = any(not part.finished for part in heard.values()) or (bool(found) and bool(self._passing(failed)))
        return Heard(_in_order(found), str(moved), more)

    def _judge(self, failed: dict[str, BaseException], *, anything: bool) -> None:
        """One of the two may be shut for want of a permission: `standing` tells. What passes is said when there is nothing else to say."""
        for name, error in failed.items():
            dead = not isinstance(error, SendError) or (isinstance(error, DoorClosed) and error.whole)
            if dead or len(failed) == 2 or (not anything and not _is_shut(error)):
                raise error
            if _is_shut(error) and name not in self._shut:
                log.warning("not_allowed_to_listen", network=self.name, where=name)
        self._shut = {name for name, error in failed.items() if _is_shut(error)}

    def _passing(self, failed: dict[str, BaseException]) -> list[str]:
        return [name for name, error in failed.items() if not _is_shut(error)]

    async def stirs(self) -> AsyncIterator[News | None]:
        """What Meta pushes comes by its webhook, and is stored there."""
        await asyncio.Event().wait()
        yield None

    async def standing(self) -> Standing:
        return await standing(self.graph, self.account)

    async def close(self) -> None:
        await self.public.close()
        await self.private.close()


def _is_shut(error: BaseException) -> bool:
    return isinstance(error, Refused) or (isinstance(error, DoorClosed) and not error.whole)


def _in_order(found: list[Found]) -> list[News]:
    """Two lists that are each in order, as one."""
    latest = datetime.now(UTC)
    return [one.news for one in sorted(found, key=lambda one: one.when or latest)]
