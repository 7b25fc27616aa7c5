"""What sources deliver: each delivery taken once, what cannot be read kept aside for a look, positions remembered over restarts."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from handlers.customer_text import keepable
from handlers.intake import Intake, Overloaded
from handlers.ports import Mention, Receipt
from storage import deliveries, health, mentions
from storage.database import Store, is_passing

log = structlog.get_logger()


@dataclass(frozen=True)
class Inbox:
    store: Store
    intake: Intake

    async def take(self, source: str, delivery_id: str, mention: Mention) -> Receipt | None:
        """Store a signed delivery; None for an exact replay of one that we took.

        The id is remembered after the mention: a crash between the two lets the delivery come again, and the mention is then known.
        """
        async with self.store.read() as work:
            if await deliveries.is_known(work, source, delivery_id):
                return None
        receipt = await self.intake.put(mention)
        async with self.store.begin() as work:
            await deliveries.first(work, source, delivery_id)
            await health.report(work, f"webhook:{source}", health.WELL)
            await work.commit()
        return receipt

    async def keep(self, mention: Mention) -> bool:
        """Whether it was new to us. One that can never be stored is kept aside, so that what comes with it is not kept from us too."""
        try:
            return (await self.intake.put(mention)).new
        except Exception as error:
            if isinstance(error, Overloaded) or is_passing(error):
                raise
            log.exception("mention_not_stored", network=mention.network)
            await self.set_aside(mention.network, mention.raw or mention.text, type(error).__name__)
            return False

    async def gone(self, network: str, external_ids: Sequence[str]) -> None:
        """What was taken away on its network. What we never had is no matter."""
        await self.intake.mentions.gone(network, external_ids)

    async def set_aside(self, source: str, body: str, because: str) -> None:
        async with self.store.begin() as work:
            await mentions.keep_raw(
                work, [{"source": source, "body": keepable(body), "mention_id": None, "refused_because": keepable(because)}]
            )
            await work.commit()
