"""Where a digest may go, and who would read it there: channels by the workspace's own word, addresses by our people."""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from handlers.customer_text import keepable
from handlers.errors import DoorClosed, Refused, SendError, Told
from handlers.escalation.bells import EMAIL
from handlers.insight.ports import Channels, Spot
from handlers.insight.refusals import NoMail, NoSuchPlace, NotInPlace, PlaceNotAsked
from handlers.ports import Who
from storage import people
from storage.database import Store
from storage.people import Person

LONGEST = 254  # characters of an address (RFC 5321)
# what may be kept, and carried by a button: nothing that cannot be seen, and no sign that would end it there
ADDRESS = re.compile(rf"(?=.{{3,{LONGEST}}}\Z)[^\s@|<>,;\x00-\x1f\x7f\ud800-\udfff]{{1,64}}@[^\s@|<>,;\x00-\x1f\x7f\ud800-\udfff]+")


def kind_of(workspace: str) -> str:
    """Of a place where outsiders read, as words name it. An id of a workspace's own may look like an address (19:…@thread.tacv2)."""
    return "address" if workspace == EMAIL else "channel"


@dataclass(frozen=True)
class Found:
    """A place that takes a digest. `is_open`: people from outside read there."""

    workspace: str
    target: str
    name: str
    is_open: bool


@dataclass
class Places:
    """`workspaces` are those whose doors stand open, by name: they are opened after the use cases are built. `couriers` by name."""

    store: Store
    couriers: Collection[str] = ()
    workspaces: dict[str, Channels] = field(default_factory=dict)

    def know(self, workspaces: Mapping[str, Channels]) -> None:
        self.workspaces.update(workspaces)

    async def find(self, who: Who, said: str) -> Found:
        """Raises NoSuchPlace, NotInPlace, PlaceNotAsked or NoMail."""
        if not said:
            raise NoSuchPlace(name="")
        if said.startswith("@"):
            return await self._person(who.workspace, said[1:])
        if "@" in said and not said.startswith("#"):
            return await self._address(said)
        name, spot = await self._channel(who, said)
        if not spot.can_post:
            raise NotInPlace(name=spot.name)
        return Found(name, spot.channel_id, spot.name, spot.is_open)

    async def name_of(self, who: Who, said: str) -> str:
        """As people call it, if that can be found out."""
        with suppress(Told):
            return (await self.find(who, said)).name
        return said

    async def _address(self, said: str) -> Found:
        if EMAIL not in self.couriers:
            raise NoMail
        address = said.strip().lower()
        if not ADDRESS.fullmatch(address):
            raise NoSuchPlace(name=keepable(address[:LONGEST]))
        return Found(EMAIL, address, address, await self.person(EMAIL, address) is None)

    async def _person(self, workspace: str, account: str) -> Found:
        """The direct messages of one of our own people."""
        person = await self.person(workspace, account) if workspace in self.workspaces else None
        if person is None:
            raise NoSuchPlace(name=f"@{account}")
        return Found(workspace, account, person.name, is_open=False)

    async def person(self, workspace: str, target: str) -> Person | None:
        """Whose address or account it is, if it is one of our own people's."""
        async with self.store.read() as work:
            return await (people.by_email(work, target) if workspace == EMAIL else people.by_external(work, workspace, target))

    async def is_open(self, workspace: str, target: str) -> bool:
        """Whether people from outside read there by now; what the workspace does not tell counts as open. Raises a SendError."""
        if await self.person(workspace, target):
            return False
        if workspace == EMAIL:
            return True
        try:
            spot = await self.workspaces[workspace].look(target)
        except (DoorClosed, Refused):
            return True
        return spot is None or spot.is_open

    async def _channel(self, who: Who, said: str) -> tuple[str, Spot]:
        """In the workspace where it was typed; on the console in the first that knows it."""
        here = [who.workspace] if who.workspace in self.workspaces else list(self.workspaces)
        for name in here:
            try:
                spot = await self.workspaces[name].look(said)
            except SendError as error:
                raise PlaceNotAsked(name=said, reason=error.reason) from error
            if spot:
                return name, spot
        raise NoSuchPlace(name=said)
