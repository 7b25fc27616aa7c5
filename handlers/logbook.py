"""What reached us outside the networks, by phone, letter or in person, or in a message of the workspace, becomes a case like any other."""

import secrets
from dataclasses import dataclass

from handlers.acts import Act, admit
from handlers.errors import BadInput
from handlers.mentions import Mentions
from handlers.ports import Customer, Mention, Who

WAYS = ("phone", "letter", "in_person", "other")


@dataclass(frozen=True)
class Logbook:
    mentions: Mentions

    async def record(self, who: Who, way: str, name: str, reach_at: str, text: str) -> int:
        """The new case's number. Somebody who can be reached at the same place again is the same customer."""
        if way not in WAYS:
            raise BadInput(field="way", problem="unknown_choice")
        for field, value in (("name", name), ("text", text)):
            if not value.strip():
                raise BadInput(field=field, problem="empty")
        known_by = reach_at.strip().lower() or secrets.token_hex(8)
        customer = Customer(known_by[:200], name.strip()[:200], name.strip()[:200])
        return await self._receive(who, way, customer, f"logged:{secrets.token_hex(8)}", text, None)

    async def make_case(self, who: Who, message_id: str, author: str, text: str, link: str | None) -> int:
        """A message of the workspace that should be a case; made once, however often it is asked for."""
        if not text.strip():
            raise BadInput(field="text", problem="empty")
        customer = Customer(author[:200], author[:200], author[:200])
        return await self._receive(who, "other", customer, f"{who.workspace}:{message_id}", text, link)

    async def _receive(self, who: Who, way: str, customer: Customer, external_id: str, text: str, link: str | None) -> int:
        async with self.mentions.store.read() as work:
            await admit(work, who, Act.LOG_MENTION)
            now = await work.now()
        mention = Mention(
            way,
            external_id,
            external_id,
            customer,
            text.strip()[:10_000],
            now,
            private=True,
            url=link,
            source=f"{who.workspace}:{who.external_id}",
        )
        return (await self.mentions.receive([mention]))[0].case_id
