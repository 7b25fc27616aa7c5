"""Tells what the watch found, past the outbox, which may be what stands still: to the crisis channels, and to the owners by every door."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import structlog

from handlers.errors import CannotAsk, Refused, SendError, TryLater, Unconfirmed
from handlers.escalation.bells import DIRECT, Bells, colleague_of
from handlers.ports import Place, Workspace
from handlers.watch.findings import DOORS_CLOSED, PASSING, Announcement
from handlers.watch.looks import Team
from handlers.watch.wording import Wording
from storage.people import Person

log = structlog.get_logger()
PATIENCE = 15.0  # seconds for one door: the others do not wait for it
FIRST_AGAIN, LAST_AGAIN = 5.0, 300.0  # seconds between two tries at a door, doubling
BLIND_TRIES = 3  # at what may have arrived and would ring twice
STALE = 3600.0  # seconds after which what is over is no news any more


@dataclass(frozen=True)
class Ear:
    """Where somebody hears: a channel or an account in a workspace, or an address of a courier."""

    door: str
    address: str


@dataclass
class _Errand:
    told: Announcement
    ear: Ear
    language: str
    began: float
    tries: int = 0
    again_at: float = float("-inf")

    @property
    def is_over(self) -> bool:
        return self.told.ended_at is not None or self.told.finding.code in PASSING

    def put_off(self, at: float, at_least: float = 0.0) -> None:
        self.again_at = at + max(at_least, min(LAST_AGAIN, FIRST_AGAIN * 2 ** (self.tries - 1)))


@dataclass
class Crier:
    """The owners are the people with the role admin. A door that fails is tried again at a later look, with the latest word.

    A word may be lost or come twice: there may be nowhere to write down that it was sent.
    """

    bells: Bells
    workspaces: Mapping[str, Workspace]
    channel: str  # of FLOW, for the crisis
    language: str  # of the house
    wording: Wording
    _errands: dict[tuple[str, Ear], _Errand] = field(default_factory=dict)

    def take(self, told: Announcement, team: Team, at: float) -> None:
        for ear, language in self._ears(told, team).items():
            self._errands[told.finding.code, ear] = _Errand(told, ear, language, at)

    async def cry(self, at: float, standing: Collection[str]) -> None:
        """What does not stand just now and is not over either is not told: the next looks say which it is."""
        due = [(key, errand) for key, errand in self._errands.items() if errand.again_at <= at and (errand.is_over or key[0] in standing)]
        done = await asyncio.gather(*(self._tell(errand, at) for _, errand in due))
        for (key, _), is_done in zip(due, done, strict=True):
            if is_done:
                del self._errands[key]

    def _ears(self, told: Announcement, team: Team) -> dict[Ear, str]:
        """Each once, and the language to speak there. Of a closed door the owners hear by others, the channels by the outbox."""
        of_doors = told.finding.code == DOORS_CLOSED
        silent = team.untrusted.union(told.finding.subjects if of_doors else ())
        channels = [] if of_doors else [(name, self._channel(name)) for name in sorted(self.workspaces)]
        ears = {Ear(name, channel_id): self.language for name, channel_id in channels if channel_id}
        for person in team.owners:
            ears |= {ear: ear_language for ear, ear_language in self._of(person).items() if ear not in ears}
        return {ear: language for ear, language in ears.items() if ear.door not in silent}

    def _channel(self, workspace: str) -> str | None:
        return self.bells.board.channel_id(workspace, self.channel) if workspace in self.bells.board.channels else None

    def _of(self, person: Person) -> dict[Ear, str]:
        accounts = [] if self.bells.none else [(bell.way, bell.address) for bell in self.bells.of(person, DIRECT)]
        colleague = colleague_of(person)
        outside = [(name, courier.address(colleague)) for name, courier in self.bells.couriers.items()]
        language = person.languages[0] if person.languages else self.language
        return {Ear(door, address): language for door, address in (*accounts, *outside) if address}

    async def _tell(self, errand: _Errand, at: float) -> bool:
        """True when nothing more is to be done."""
        errand.tries += 1
        try:
            async with asyncio.timeout(PATIENCE):
                await self._say(errand)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other doors and the next look go on
            return self._failed(errand, at, Unconfirmed("timeout") if isinstance(error, TimeoutError) else error)
        return True

    async def _say(self, errand: _Errand) -> None:
        ear, told = errand.ear, errand.told
        if ear.door in self.workspaces:
            card, token = self.wording.card(told), self.wording.token(told)
            await self.workspaces[ear.door].post(Place(ear.address), card, errand.language, token)
        else:
            await self.bells.couriers[ear.door].tell(ear.address, self.wording.notice(told, errand.language))

    def _failed(self, errand: _Errand, at: float, error: Exception) -> bool:
        reason = error.reason if isinstance(error, SendError) else type(error).__name__
        log.warning("watch_not_told", door=errand.ear.door, code=errand.told.finding.code, tries=errand.tries, reason=reason)
        if isinstance(error, (Refused, CannotAsk)) or (errand.is_over and at - errand.began > STALE):
            return True
        if isinstance(error, Unconfirmed) and errand.tries >= BLIND_TRIES and not self._repeats_harmlessly(errand.ear.door):
            return True
        errand.put_off(at, error.after.total_seconds() if isinstance(error, TryLater) else 0.0)
        return False

    def _repeats_harmlessly(self, door: str) -> bool:
        return door in self.bells.couriers and self.bells.couriers[door].repeats_harmlessly
