"""Everything that a person can do with figures, in one value."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.insight.cards import Digest, digest_card, promise_card
from handlers.insight.commands import Asked
from handlers.insight.digests import Digests
from handlers.insight.places import Places
from handlers.insight.subscriptions import Subscriptions, asked_of
from handlers.ports import Card, Who

PRESSED = ("digest_counts",)  # buttons; what each answers takes their place


@dataclass(frozen=True)
class InsightActs:
    places: Places
    subscriptions: Subscriptions
    digests: Digests

    async def press(self, who: Who, act: str, ids: str) -> Card:  # noqa: ARG002 - one of PRESSED, of which there is one
        """An admin lets counts into a place where outsiders read."""
        return promise_card(await self.subscriptions.subscribe(who, asked_of(ids), confirmed=True))

    async def preview(self, who: Who, asked: Asked) -> Card:
        _, figures = await self.digests.preview(who, asked)
        return digest_card(Digest(figures))

    async def send_now(self, who: Who, asked: Asked) -> Sequence[str]:
        """The names of the places that it goes to."""
        return tuple(dict.fromkeys(one.name for one in await self.digests.send_now(who, asked)))
