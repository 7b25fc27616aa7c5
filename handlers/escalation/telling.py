"""The way to a colleague outside the workspaces, and what is written down of every notice: that it arrived, or that it will not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from handlers.couriers import Courier, Notice
from handlers.errors import CannotAsk, DoorClosed, Refused, SendError
from handlers.escalation import cards
from handlers.escalation.bells import colleague_of
from handlers.escalation.calling import Caller
from handlers.escalation.carrying import MAYBE
from handlers.escalation.course import hasten
from handlers.escalation.informing import is_stale
from handlers.ports import Bucket
from handlers.shelf import Shelf
from handlers.stored_words import stored_words
from handlers.ways import Nothing, Sent, Way
from storage import calls, health, notices, people
from storage.database import Store, Work
from storage.notices import Notice as Kept
from storage.outbox import Claimed
from storage.types import SendState

OF_NOTICES = ("notice", "call", "notice_over")
ATTEMPTS = 3  # at something that may ring twice; then the next way is better than one more try
FEW = 500  # calls in one statement: a notice may carry any number of them
Link = Callable[[Kept], str | None]


@dataclass(frozen=True)
class Outcome:
    """What becomes of the calls that a notice carried."""

    caller: Caller

    async def hold(self, work: Work, row: Claimed, *, arrived: bool) -> None:
        """The cases, then whoever was called, come before the row that told of them, as everywhere."""
        if row.kind in OF_NOTICES:
            await calls.hold_cases_of_notice(work, row.facts["id"], arrived=arrived)
            await self.caller.carrier.hold(work, await calls.people_of_notice(work, row.facts["id"]))

    async def arrived(self, work: Work, row: Claimed, external_id: str) -> None:
        notice_id = row.facts["id"]
        await notices.arrived(work, [notice_id], external_id, row.channel_id if row.kind == "call" else None)
        await calls.mark_told_by(work, notice_id)

    async def held_up(self, work: Work, row: Claimed) -> None:
        """The door is closed for now. The row waits for it; whom it was for is not left waiting with it."""
        if row.kind == "notice":
            await self.hold(work, row, arrived=False)
            await self._next_ways(work, row)

    async def lost(self, work: Work, row: Claimed, reason: str) -> None:
        """The next way, at once; where none is left, the next step, at once."""
        if row.kind == "notice_over" or not await notices.failed(work, row.facts["id"], reason):
            return
        for case_id in await self._next_ways(work, row):
            await hasten(work, case_id)

    async def _next_ways(self, work: Work, row: Claimed) -> list[int]:
        """For whoever has heard by no way of their own (a thread that others read too wakes nobody); the cases of those without hope."""
        lost, unheard = list[int](), await calls.unheard(work, row.facts["id"])
        for start in range(0, len(unheard), FEW):
            few = unheard[start : start + FEW]
            silent = set(few) - await self._about_to_hear(work, row.workspace, few)
            lost += [call.case_id for call in await self.caller.next_ways(work, await calls.by_ids(work, silent))]
        return lost

    async def _about_to_hear(self, work: Work, away: str, call_ids: Sequence[int]) -> set[int]:
        """Whose person is on two sides, and is being told on the other while this one is away: should that fail too, it is asked again."""
        sides = set(self.caller.board.channels)
        others = sides - {away} - await health.untrusted(work) if away in sides else set[str]()
        if not others:
            return set()
        shut = await health.shut(work, await work.now())
        rung = await calls.ringing(work, call_ids, others)
        return {call_id for call_id, way, address in rung if not shut & {way, f"{way}:{address}"}}


def ways_outside(couriers: Mapping[str, Courier], store: Store, shelf: Shelf, outcome: Outcome, link: Link) -> dict[str, Way]:
    """By name."""
    return {name: Telling(courier, store, shelf, outcome, link) for name, courier in couriers.items()}


@dataclass(frozen=True)
class Telling:
    """A `Way`. Rendered as things stand when it leaves; what nobody waits for any more is not told at all."""

    courier: Courier
    store: Store
    shelf: Shelf
    outcome: Outcome
    link: Link

    def limits(self, channel_id: str, act: str) -> Sequence[Bucket]:  # noqa: ARG002 - whatever it is, it is one more notice
        return self.courier.limits(channel_id)

    async def send(self, row: Claimed) -> Sent:
        """Tried before without an answer: told again where that rings once, else a few times only; nobody told is worse than told twice."""
        if row.attempt > ATTEMPTS and not self.courier.repeats_harmlessly:
            raise CannotAsk("no_answer")
        async with self.store.read() as work:
            person = await people.by_id(work, int(row.channel_id))
            if person is None:
                raise Nothing
            colleague = colleague_of(person)
            notice = await self._notice(work, row, colleague.language)
        address = self.courier.address(colleague)
        if address is None:
            raise Refused("no_address")
        return Sent(await self.courier.tell(address, notice))

    async def _notice(self, work: Work, row: Claimed, language: str) -> Notice:
        if row.kind == "words":
            if is_stale(row.facts, await work.now()):
                raise Nothing
            return cards.told(stored_words(row.facts), row.token, language, row.severity)
        reading = await cards.read(work, self.shelf, row.facts["id"])
        if reading is None or (row.kind == "notice" and not reading.waiting and row.attempt == 1):
            raise Nothing
        # what may have rung before is ended, by a word of its own: the same one again would be nobody's news
        token = row.token if reading.waiting or row.kind != "notice" else f"{row.token}-over"
        return cards.outside(reading, token, self.link(reading.notice), language)

    async def finishing(self, work: Work, row: Claimed, sent: Sent | None) -> None:
        await self.outcome.hold(work, row, arrived=sent is not None)

    async def sent(self, work: Work, row: Claimed, sent: Sent, kind: str | None) -> None:  # noqa: ARG002 - it rang, whoever holds the lease
        if row.kind == "notice":
            await self.outcome.arrived(work, row, sent.external_id)

    async def given_up(self, work: Work, row: Claimed, state: SendState, reason: str) -> None:
        """What may have rung is not counted on, but ended with the others."""
        if row.kind in OF_NOTICES:
            await self.outcome.lost(work, row, MAYBE if state is SendState.UNCONFIRMED else reason)

    async def instead(self, work: Work, row: Claimed, owner: str, error: SendError) -> bool:  # noqa: ARG002 - the row itself waits on
        if isinstance(error, DoorClosed):
            await self.outcome.held_up(work, row)
        return False
