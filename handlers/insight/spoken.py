"""Does what somebody typed about digests: a command becomes a use case, its outcome a card."""

from dataclasses import dataclass

from handlers.insight.acts import InsightActs
from handlers.insight.cards import list_card, promise_card
from handlers.insight.commands import ListDigests, OfDigests, PreviewDigest, SendNow, Subscribe, Unsubscribe
from handlers.insight.refusals import NoSuchSubscription
from handlers.ports import Card, Who
from handlers.replies import told


@dataclass(frozen=True)
class DigestsSpoken:
    """`obey` raises whatever the use case raises."""

    acts: InsightActs

    async def obey(self, who: Who, command: OfDigests) -> Card:
        """What was typed as an id is told by its name."""
        try:
            return await self._obey(who, command)
        except NoSuchSubscription as error:
            raise NoSuchSubscription(name=await self.acts.places.name_of(who, str(error.facts["name"]))) from error

    async def _obey(self, who: Who, command: OfDigests) -> Card:
        match command:
            case Subscribe():
                return promise_card(await self.acts.subscriptions.subscribe(who, command.asked))
            case Unsubscribe():
                ended = await self.acts.subscriptions.unsubscribe(who, command.asked)
                return told("digest.unsubscribed", name=ended[0].name, count=len(ended))
            case ListDigests():
                return list_card(await self.acts.subscriptions.list(who))
            case SendNow():
                return told("digest.on_its_way", names=await self.acts.send_now(who, command.asked))
            case PreviewDigest():
                return await self.acts.preview(who, command.asked)
