"""Where a digest may go, and who would read it there: channels by the workspace's own word, addresses by our people."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from handlers.errors import SendError
from handlers.escalation.bells import EMAIL
from handlers.insight.ports import Channels, Spot
from handlers.insight.refusals import NoMail, NoSuchPlace, NotInPlace, PlaceNotAsked
from handlers.ports import Who
from storage import people
from storage.database import Store


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
        if "@" in said and not said.startswith("#"):
            return await self._address(said)
        name, spot = await self._channel(who, said)
        if not spot.can_post:
            raise NotInPlace(name=spot.name)
        return Found(name, spot.channel_id, spot.name, spot.is_open)

    async def _address(self, said: str) -> Found:
        if EMAIL not in self.couriers:
            raise NoMail
        address = said.strip().lower()
        return Found(EMAIL, address, address, not await self.is_ours(address))

    async def is_ours(self, address: str) -> bool:
        """Whether it is the address of one of our own people."""
        async with self.store.read() as work:
            return await people.by_email(work, address) is not None

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
