"""How a digest leaves: the way of its destination, with what is asked before (who reads there) and written down after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handlers.board import Board
from handlers.errors import Refused, SendError
from handlers.insight.cards import Digest
from handlers.insight.digests import KIND, SHEETS, wish_of
from handlers.insight.figures import from_plain
from handlers.insight.places import Places, kind_of
from handlers.insight.ports import Album, Channels
from handlers.insight.subscriptions import CHAIN
from handlers.insight.table import table
from handlers.ports import Bucket, Place, Words
from handlers.ways import Nothing, Sent, Way
from storage import health, outbox, people, timeline
from storage.database import Store, Work
from storage.insight import digests, subscriptions
from storage.insight.digests import ASKED_FOR
from storage.insight.subscriptions import Subscription
from storage.outbox import Claimed
from storage.timeline import Entry
from storage.types import NORMAL, SendState

FILES = "files"  # of a workspace, as a door of its own: without them the cards stand all the same
ATTEMPTS = 5


@dataclass(frozen=True)
class Reading:
    """A digest as it is to be shown now, and to whom."""

    digest: Digest
    subscription: Subscription


async def read(work: Work, digest_id: int) -> Reading | None:
    """None when it is gone, or nobody is owed it any more."""
    kept = await digests.get(work, digest_id)
    one = await subscriptions.owed(work, kept.subscription_id) if kept else None
    if kept is None or one is None:
        return None
    figures = from_plain(kept.figures)
    slot = None if kept.missed == ASKED_FOR else kept.slot
    shown = figures.counts_only() if one.shared else figures
    return Reading(Digest(shown, slot, kept.composed_at, max(0, kept.missed), one.shared), one)


@dataclass(frozen=True)
class Delivery:
    """What is asked and written down around the sending, wherever it goes."""

    store: Store
    places: Places
    board: Board

    async def reading(self, row: Claimed) -> Reading:
        """As it may be read there now: where outsiders have come to read, it holds counts from here on, and its owner is told."""
        async with self.store.read() as work:
            found = await read(work, row.facts["id"])
        if found is None:
            raise Nothing
        one = found.subscription
        if one.shared or not await self.places.is_open(one.workspace, one.target):
            return found
        await self._opened(one)
        shown = replace(found.digest, figures=found.digest.figures.counts_only(), shared=True)
        return Reading(shown, replace(one, shared=True))

    async def _opened(self, one: Subscription) -> None:
        async with self.store.begin() as work:
            if await subscriptions.opened(work, one.id):
                kind = kind_of(one.workspace)
                await self._tell_owner(work, one, Words("digest.now_counts_only", {"name": one.name, "kind": kind}))
                facts = {"workspace": one.workspace, "target": one.target, "name": one.name, "rhythm": one.rhythm}
                await timeline.append(work, [Entry(CHAIN, "digest_counts_only", facts)])
                await work.commit()

    async def _tell_owner(self, work: Work, one: Subscription, words: Words) -> None:
        """Whoever subscribed; the admins once that person has left."""
        owner = await people.by_id(work, one.made_by)
        for person in [owner] if owner else await people.with_role(work, "admin"):
            await self.board.tell_person(work, {"slack": person.slack_id, "teams": person.teams_id}, words, NORMAL)

    async def arrived(self, work: Work, row: Claimed) -> Subscription | None:
        await digests.arrived(work, row.facts["id"])
        kept = await digests.get(work, row.facts["id"])
        return await subscriptions.get(work, kept.subscription_id) if kept else None

    async def lost(self, work: Work, row: Claimed, reason: str) -> None:
        await digests.failed(work, row.facts["id"], reason)
        kept = await digests.get(work, row.facts["id"])
        one = await subscriptions.get(work, kept.subscription_id) if kept else None
        if one:
            await self._tell_owner(work, one, Words("digest.lost", {"name": one.name, "reason": reason}))


@dataclass(frozen=True)
class ToWorkspace:
    """A `Way`: the card as any other card, then its pictures and table as files."""

    inner: Way
    channels: Channels
    delivery: Delivery

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:
        return self.inner.limits(channel_id, act)

    async def send(self, row: Claimed) -> Sent:
        if row.kind == KIND:
            await self.delivery.reading(row)  # before it is rendered
        return await (self._share(row) if row.kind == SHEETS else self.inner.send(row))

    async def _share(self, row: Claimed) -> Sent:
        """What may have been shared already is looked for. A few attempts: the card alone tells enough."""
        if row.attempt > ATTEMPTS:
            raise Refused("no_answer")
        found = await self.delivery.reading(row)
        place = Place(row.channel_id)
        if row.attempt > 1 and (already := await self.channels.find_shared(place, row.token, row.first_tried_at)):
            return Sent(already)
        await row.until_due()
        return Sent(await self.channels.share(place, album_of(found), found.subscription.language, row.token))

    async def finishing(self, work: Work, row: Claimed, sent: Sent | None) -> None:
        await self.inner.finishing(work, row, sent)

    async def sent(self, work: Work, row: Claimed, sent: Sent, kind: str | None) -> None:
        await self.inner.sent(work, row, sent, kind)
        if row.kind == SHEETS:
            await health.report(work, f"{row.workspace}:{FILES}", health.WELL)
        if row.kind == KIND and kind is not None and (one := await self.delivery.arrived(work, row)):
            await outbox.put(work, [wish_of(one, row.facts["id"], SHEETS)])

    async def given_up(self, work: Work, row: Claimed, state: SendState, reason: str) -> None:
        if row.kind == SHEETS:
            await health.report(work, f"{row.workspace}:{FILES}", health.CLOSED, reason)
        elif row.kind == KIND:
            await self.delivery.lost(work, row, reason)
        else:
            await self.inner.given_up(work, row, state, reason)

    async def instead(self, work: Work, row: Claimed, owner: str, error: SendError) -> bool:
        return False if row.kind in (KIND, SHEETS) else await self.inner.instead(work, row, owner, error)


def album_of(found: Reading) -> Album:
    figures = found.digest.figures
    title = Words("digest.title", {"crisis": figures.crisis, "hours": found.digest.hours, "until": figures.period.until})
    return Album(file_name(found), title, figures, table(figures))


def file_name(found: Reading) -> str:
    until = found.digest.figures.period.until.astimezone(found.digest.figures.period.zone)
    return f"tocsin-{until:%Y-%m-%d-%H%M}"


def with_digests(ways: Mapping[str, Way], delivery: Delivery) -> dict[str, Way]:
    """The ways to workspaces, each able to carry digests."""
    known = delivery.places.workspaces
    return {name: ToWorkspace(way, known[name], delivery) if name in known else way for name, way in ways.items()}
