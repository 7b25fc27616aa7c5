"""Attestations: somebody vouches with their name that those concerned were told first, or that an account's planned posts were stopped."""

from dataclasses import dataclass

from handlers.acts import Act
from handlers.errors import BadInput, NothingAttested
from handlers.filled import Said, needed, one
from handlers.moments import gone_by
from handlers.ports import Who, Words
from handlers.room.room import Room
from storage import attestations
from storage.attestations import CUSTOMERS_FIRST, POSTS_STOPPED

GATES = (CUSTOMERS_FIRST, POSTS_STOPPED)
MOST = 500  # characters


@dataclass(frozen=True)
class Attestations:
    room: Room

    async def attest_customers_first(self, who: Who, told_by: str, share: str, at: str, how: str) -> None:
        """Who told which share of those concerned, when (see handlers/moments.py) and how. Opens the way for what is general, in public."""
        said = {"told_by": told_by, "share": share, "at": at, "how": how}
        for field, value in said.items():
            if not value.strip():
                raise BadInput(field=field, problem="empty")
        async with self.room.act(who, Act.ATTEST) as now:
            told_at = gone_by(at, now.person.timezone, await now.work.now())
            what = {field: value.strip()[:MOST] for field, value in said.items()} | {"at": told_at.isoformat()}
            await attestations.attest(now.work, now.crisis.id, CUSTOMERS_FIRST, now.person.id, what)
            await self.room.say(now.work, Words("room.customers_told", {**what, "by": now.person.name, "at": {"at": what["at"]}}))
            await self.room.done(now, "customers_first_attested", what)

    async def attest_posts_stopped(self, who: Who, account: str) -> None:
        """What was planned for one of our accounts will not appear."""
        account = account.strip()[:MOST]
        if not account:
            raise BadInput(field="account", problem="empty")
        async with self.room.act(who, Act.ATTEST) as now:
            await attestations.attest(now.work, now.crisis.id, POSTS_STOPPED, now.person.id, {}, account)
            await self.room.done(now, "posts_stopped_attested", {"account": account})

    async def withdraw(self, who: Who, gate: str, subject: str = "") -> None:
        """It was not so, or is no longer."""
        if gate not in GATES:
            raise BadInput(field="gate", problem="unknown_choice")
        async with self.room.act(who, Act.ATTEST) as now:
            if not await attestations.withdraw(now.work, now.crisis.id, gate, subject.strip()):
                raise NothingAttested
            await self.room.say(now.work, Words("room.attestation_withdrawn", {"gate": gate, "subject": subject, "by": now.person.name}))
            await self.room.done(now, "attestation_withdrawn", {"gate": gate, "subject": subject})

    async def fill(self, who: Who, ids: str, said: Said) -> Words:
        """The answer of the form `attest`; `ids` is the gate."""
        if ids not in GATES:
            raise BadInput(field="gate", problem="unknown_choice")
        if ids == POSTS_STOPPED:
            await self.attest_posts_stopped(who, needed(said, "account"))
        else:
            await self.attest_customers_first(who, *(one(said, name) for name in ("told_by", "share", "at", "how")))
        return Words("room.attested", {"gate": ids})
