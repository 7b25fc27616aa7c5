"""Stores what a source told, each thing in its place. What cannot be is kept aside: it must not keep what follows from being heard."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import structlog

from handlers.answers.returned import Returned
from handlers.inbox import Inbox
from handlers.networks import Bounced, Gone, News, Unread
from handlers.ports import Mention
from storage.database import is_passing

log = structlog.get_logger()


@dataclass(frozen=True)
class Taking:
    inbox: Inbox
    returned: Returned

    async def take(self, network: str, news: Sequence[News]) -> int:
        """Store all of it, in its order; how many messages were new to us. Raises what keeps it from being stored."""
        new = 0
        for kind, some in groupby(news, key=type):
            together = list(some)
            if kind is Mention:
                new += sum(await asyncio.gather(*(self.inbox.keep(one) for one in together if isinstance(one, Mention))))
            else:
                for one in together:
                    await self._other(network, one)
        return new

    async def _other(self, network: str, one: News) -> None:
        try:
            if isinstance(one, Gone):
                await self.inbox.gone(network, [one.external_id])
            elif isinstance(one, Bounced):
                await self.returned.take(network, one.external_id, one.reason)
            elif isinstance(one, Unread):
                await self.inbox.set_aside(network, one.raw, one.because)
        except Exception as error:
            if is_passing(error):
                raise
            log.exception("news_not_taken", network=network, kind=type(one).__name__)
            await self.inbox.set_aside(network, getattr(one, "external_id", ""), type(error).__name__)
