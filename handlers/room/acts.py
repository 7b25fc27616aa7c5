"""Everything that a person can do in the room of the crisis, in one value."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from handlers.crises import Crises
from handlers.filled import Said
from handlers.ports import Card, Who, Words
from handlers.room.attestations import Attestations
from handlers.room.callbacks import Callbacks
from handlers.room.clocks import Clocks
from handlers.room.desk import RoomDesk
from handlers.room.due import Due
from handlers.room.facts import Facts, NothingRests, Rests
from handlers.room.holds import Holds, NoneQueued, Queued
from handlers.room.room import Room
from handlers.room.statements import Statements


@dataclass(frozen=True)
class RoomActs:
    """`queued` are the replies that wait to leave, `rests` what was written on the ground of statements."""

    room: Room
    queued: Queued = field(default_factory=NoneQueued)
    rests: Rests = field(default_factory=NothingRests)

    @property
    def crises(self) -> Crises:
        return Crises(self.room.store, self.room.board, self.room.flow)

    @property
    def holds(self) -> Holds:
        return Holds(self.room, self.queued)

    @property
    def facts(self) -> Facts:
        return Facts(self.room, self.rests)

    @property
    def statements(self) -> Statements:
        return Statements(self.room, self.rests)

    @property
    def attestations(self) -> Attestations:
        return Attestations(self.room)

    @property
    def clocks(self) -> Clocks:
        return Clocks(self.room)

    @property
    def callbacks(self) -> Callbacks:
        return Callbacks(self.room)

    @property
    def desk(self) -> RoomDesk:
        return RoomDesk(self.room)

    @property
    def due(self) -> Due:
        return Due(self.room)

    async def fill(self, who: Who, name: str, ids: str, said: Said) -> Card:
        """Take the answer of one of the forms that `desk.form` gives: its name and ids, and its fields as strings."""
        does: Mapping[str, Callable[[Who, str, Said], Awaitable[Words]]] = {
            "fact": self.facts.fill,
            "statement": self.statements.fill,
            "reject_statement": self.statements.fill_rejection,
            "attest": self.attestations.fill,
            "callback": self.callbacks.fill,
            "except": self.holds.fill,
        }
        return Card(title=await does[name](who, ids, said))
