"""The right to be forgotten: takes what somebody wrote, and who they are, out of all that we reach, and tells what stands elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta

from handlers.board import Board
from handlers.errors import Told
from handlers.escalation.bells import Bells
from handlers.escalation.carrying import Carrier
from storage import calls, erased_messages, erasure, escalations, timeline
from storage.database import Store, Work
from storage.erasure import Account as Account  # noqa: PLC0414 - doors may not import storage
from storage.erasure import Public
from storage.insight import digests, finding
from storage.timeline import MACHINE, Entry, case_chain

AT_ONCE = 50  # cases in one transaction
AT_MOST = 5000  # cases whose time is over, in one go
COMMAND_LINE = "command_line"


class NoSuchAccount(Told):
    """Facts: name."""

    template = "erase.no_such_account"


class SeveralAccounts(Told):
    """That name belongs to several people. Facts: name, accounts as their ids tell them apart."""

    template = "erase.several"


class OnTheWay(Told):
    """Something about these cases is leaving at this moment. Facts: cases."""

    template = "erase.on_the_way"


@dataclass(frozen=True)
class Erased:
    """What is gone, and the replies that stand where we cannot reach. `messages` are taken away by the sender, one by one."""

    accounts: int = 0
    cases: int = 0
    mentions: int = 0
    drafts: int = 0
    notes: int = 0
    withdrawn: int = 0
    messages: int = 0
    public: tuple[Public, ...] = ()

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})


@dataclass(frozen=True)
class Erasure:
    store: Store
    board: Board

    async def find(self, network: str, name: str) -> Sequence[Account]:
        """All accounts of one person, by a handle or id of one of them. Raises NoSuchAccount, SeveralAccounts."""
        async with self.store.read() as work:
            people = await erasure.accounts(work, network, name)
        if not people:
            raise NoSuchAccount(name=name)
        if len(people) > 1:
            raise SeveralAccounts(name=name, accounts=tuple(f"{one.network}:{one.external_id}" for them in people for one in them))
        return people[0]

    async def erase(self, accounts: Sequence[Account]) -> Erased:
        """Everything of these accounts, in one transaction. Raises OnTheWay while something of theirs is leaving: try again then."""
        ids = [one.id for one in accounts]
        async with self.store.begin() as work:
            case_ids = await erasure.hold(work, ids)
            gone = await self._erase_cases(work, case_ids, COMMAND_LINE)
            await digests.forget_words_since(work, case_ids)
            await erasure.drop_refused(work, [(one.external_id, one.handle) for one in accounts])
            await erasure.blank_customers(work, ids)
            await work.commit()
        await finding.scrub(self.store)
        return replace(gone, accounts=len(ids))

    async def expire(self, kept_for: timedelta) -> int:
        """Cases closed longer ago than that, a few at a time, AT_MOST now; how many. However many processes ask, one erases each."""
        total = 0
        while total < AT_MOST and (count := await self._expire_some(kept_for)):
            total += count
        if total:
            await finding.scrub(self.store)
        return total

    async def _expire_some(self, kept_for: timedelta) -> int:
        async with self.store.begin() as work:
            await work.lock_names(["expire"])
            case_ids = await erasure.expired(work, await work.now() - kept_for, AT_ONCE)
            if case_ids:
                await self._erase_cases(work, case_ids, MACHINE)
                await erasure.blank_customers(work, await erasure.empty_customers(work, case_ids))
                await work.commit()
            return len(case_ids)

    async def _erase_cases(self, work: Work, case_ids: Sequence[int], door: str) -> Erased:
        gone = Erased()
        for start in range(0, len(case_ids), AT_ONCE):
            gone = gone + await self._erase_few(work, case_ids[start : start + AT_ONCE], door)
        return gone

    async def _erase_few(self, work: Work, case_ids: Sequence[int], door: str) -> Erased:
        """What waits is withdrawn, then the words go, then what shows them elsewhere. The timeline keeps that it was done, and no more."""
        await erased_messages.adopt(work, case_ids)
        leaving = await erasure.on_the_way(work, case_ids)
        if leaving:
            raise OnTheWay(cases=tuple(leaving))
        held, public = await erasure.what_there_is(work, case_ids), await erasure.public_replies(work, case_ids)
        await self._let_go(work, case_ids)
        withdrawn = await erased_messages.withdraw(work, case_ids)
        await erasure.blank_cases(work, case_ids)
        messages = await erased_messages.take_away(work, case_ids)
        await timeline.append(work, [Entry(case_chain(case_id), "erased", {}, door=door) for case_id in case_ids])
        return Erased(cases=len(case_ids), **held, withdrawn=withdrawn, messages=messages, public=tuple(public))

    async def _let_go(self, work: Work, case_ids: Sequence[int]) -> None:
        """Nobody is called for these any more, and whoever was learns that there is nothing left to do."""
        called = await calls.end_of_cases(work, case_ids)
        await escalations.end(work, case_ids)
        await Carrier(Bells(self.board)).refresh(work, called)
