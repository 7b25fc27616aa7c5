"""Where somebody is reached by each of FLOW's ways: the doors that are open, and this person's addresses there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from handlers.board import Board
from handlers.couriers import Colleague, Courier
from storage.people import Person

THREAD, DIRECT, EMAIL, WEBHOOK = "thread", "direct", "email", "webhook"
CONSOLE = "console"
AFTERWARDS = (DIRECT, WEBHOOK, EMAIL)  # what is tried when FLOW names nothing more


@dataclass(frozen=True)
class Bell:
    """One way to one person: the door's name, and their account there; outside the workspaces the person's number."""

    way: str
    address: str


@dataclass(frozen=True)
class Bells:
    board: Board
    couriers: Mapping[str, Courier] = field(default_factory=dict)

    @property
    def none(self) -> bool:
        """Nothing leads out of the house: what waits for somebody stands on the console."""
        return not self.board.channels and not self.couriers

    def of(self, person: Person, way: str, untrusted: Collection[str] = ()) -> list[Bell]:
        """All of it that this way means for them; nothing where it does not reach them, or only where nobody is told anything now."""
        if self.none:
            return [Bell(CONSOLE, str(person.id))]
        if way == DIRECT:
            accounts = {"slack": person.slack_id, "teams": person.teams_id}
            return [
                Bell(name, account)
                for name, account in accounts.items()
                if account and name in self.board.channels and name not in untrusted
            ]
        if way == THREAD:
            return []
        colleague = colleague_of(person)
        # a lane is named in logs and on status pages, and an address may be a secret: the person stands for it until it is used
        meant = [name for name, courier in self.couriers.items() if (name == EMAIL) == (way == EMAIL) and courier.address(colleague)]
        return [Bell(name, str(person.id)) for name in meant]

    def is_door(self, way: str) -> bool:
        """Whether notices by this way are cards in a workspace, which can be changed after they were posted."""
        return way in self.board.channels


def colleague_of(person: Person) -> Colleague:
    return Colleague(person.name, person.languages[0] if person.languages else "en", person.email, person.phone, person.pagers)


def otherwise(by: Sequence[str], named: Sequence[str]) -> list[str]:
    """The ways that are left when those in use fail, in order: FLOW's own, then whatever else there is."""
    return [way for way in dict.fromkeys((*named, *AFTERWARDS)) if way not in by]
