"""The way of a digest to an address: as a letter, by the courier that carries letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.couriers import Courier, Letter, Post
from handlers.errors import SendError
from handlers.insight.cards import digest_card
from handlers.insight.digests import KIND
from handlers.insight.leaving import Delivery, Reading, file_name
from handlers.insight.table import table
from handlers.ports import Bucket, Words
from handlers.ways import Sent, Way
from storage.database import Work
from storage.outbox import Claimed
from storage.types import SendState


@dataclass(frozen=True)
class ToAddress:
    """A `Way` around that of notices. Its exactly-once is theirs: the same Message-ID at every attempt."""

    inner: Way
    post: Post
    delivery: Delivery

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:
        return self.inner.limits(channel_id, act)

    async def send(self, row: Claimed) -> Sent:
        if row.kind != KIND:
            return await self.inner.send(row)
        found = await self.delivery.reading(row)
        return Sent(await self.post.send(found.subscription.target, _letter(found, row.token)))

    async def finishing(self, work: Work, row: Claimed, sent: Sent | None) -> None:
        await self.inner.finishing(work, row, sent)

    async def sent(self, work: Work, row: Claimed, sent: Sent, kind: str | None) -> None:
        if row.kind == KIND:
            await self.delivery.arrived(work, row)
        else:
            await self.inner.sent(work, row, sent, kind)

    async def given_up(self, work: Work, row: Claimed, state: SendState, reason: str) -> None:
        if row.kind == KIND:
            await self.delivery.lost(work, row, reason)
        else:
            await self.inner.given_up(work, row, state, reason)

    async def instead(self, work: Work, row: Claimed, owner: str, error: SendError) -> bool:
        return False if row.kind == KIND else await self.inner.instead(work, row, owner, error)


def _letter(found: Reading, token: str) -> Letter:
    one, figures = found.subscription, found.digest.figures
    foot = Words("digest.mail_foot", {"address": one.target})
    return Letter(token, one.language, one.timezone, digest_card(found.digest, full=True), figures, table(figures), file_name(found), foot)


def with_letters(ways: Mapping[str, Way], couriers: Mapping[str, Courier], delivery: Delivery) -> dict[str, Way]:
    """The ways of couriers, those that can carrying digests too."""
    carriers = {name: courier for name, courier in couriers.items() if isinstance(courier, Post)}
    return {name: ToAddress(way, carriers[name], delivery) if name in carriers else way for name, way in ways.items()}
