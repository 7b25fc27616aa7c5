"""Hides on the network what a customer wrote below our own post: their card number stands there for everybody to read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from handlers.acts import Act, on_case
from handlers.board import Board, Shown
from handlers.errors import NoSuchCase, NoWayOut
from handlers.networks import Hiding, Network
from handlers.ports import Who, Words
from handlers.ways import Nothing, Sent
from storage import cases, mentions, outbox, timeline
from storage.cases import Case
from storage.database import Store, Work
from storage.outbox import Claimed, Wish
from storage.timeline import Entry, case_chain
from storage.types import HIGH

HIDE = "hide"


@dataclass(frozen=True)
class Hide:
    """What a person does."""

    store: Store
    networks: Mapping[str, Network]

    async def hide(self, who: Who, mention_id: int) -> None:
        """Raises NoWayOut where the network does not let us."""
        async with self.store.read() as work:
            mention = await mentions.get(work, mention_id)
        if mention is None:
            raise NoSuchCase(case=mention_id)
        async with on_case(self.store, who, Act.HIDE, mention.case_id) as (work, person, case):
            network = self.networks.get(case.network)
            if network is None or not network.abilities.hide or not mention.hideable:
                raise NoWayOut(network=case.network, reason="hide" if network else "not_connected")
            if mention.hidden_at is None and mention.deleted_at is None:
                await outbox.put(work, [_wish(network, case, mention_id)])
                await _record(work, case, "mention_to_hide", {"mention": mention_id}, person.id, who.workspace)
            await work.commit()


def _wish(network: Network, case: Case, mention_id: int) -> Wish:
    lane = f"{network.name}:{network.account}"
    return Wish(network.name, lane, HIDE, HIDE, HIGH, case.id, f"{HIDE}:{mention_id}", {"id": mention_id})


@dataclass(frozen=True)
class HidingWay:
    """How such a row leaves, beside the replies in the same lane."""

    store: Store
    network: Network
    board: Board

    async def send(self, row: Claimed) -> Sent:
        async with self.store.read() as work:
            mention = await mentions.get(work, row.facts["id"])
        if mention is None or mention.hidden_at or mention.deleted_at or not self.network.abilities.hide:
            raise Nothing
        await cast(Hiding, self.network).hide(mention.external_id)
        return Sent(mention.external_id)

    async def sent(self, work: Work, row: Claimed) -> None:
        case = await cases.get(work, row.case_id or 0)
        if case:
            await mentions.hidden(work, row.facts["id"])
            await _record(work, case, "mention_hidden", {"mention": row.facts["id"]}, door=self.network.name)
            shown = Shown(case.id, case.channel, case.severity)
            await self.board.show(work, [shown])
            if await mentions.first_of(work, case.id) != row.facts["id"]:  # the card shows the first
                await self.board.follow(work, shown, "mention", row.facts["id"])

    async def given_up(self, work: Work, row: Claimed, reason: str) -> None:
        case = await cases.get(work, row.case_id or 0)
        if case:
            await _record(work, case, "mention_not_hidden", {"mention": row.facts["id"], "reason": reason}, door=self.network.name)
            await self.board.tell(work, case.channel, Words("case.not_hidden", {"number": case.id, "reason": reason}), None, HIGH)


async def _record(work: Work, case: Case, act: str, said: Mapping[str, Any], person_id: int | None = None, door: str = "") -> None:
    await timeline.append(work, [Entry(case_chain(case.id), act, said, person_id, door)])
