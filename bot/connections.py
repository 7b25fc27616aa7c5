"""The networks that Tocsin knows, and those of them that are configured. A new one is one line here."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog

from bot.networks import bluesky, email, facebook, instagram, mastodon, press, x
from bot.settings import Settings
from handlers.errors import DoorClosed
from handlers.networks import Connected, Heard, Kind, News, Purse, Standing

log = structlog.get_logger()


class Door(Protocol):
    """What stands in a network's `__init__.py`."""

    KIND: Kind

    def connect(self, settings: Settings, purse: Purse) -> Connected:
        """Imports what is slow; calls nobody."""
        ...


KNOWN: tuple[Door, ...] = (x, mastodon, bluesky, facebook, instagram, email, press)


def kinds() -> tuple[Kind, ...]:
    return tuple(door.KIND for door in KNOWN)


def connected(settings: Settings, purse: Callable[[str], Purse]) -> Iterator[tuple[str, Connected]]:
    """Those that are configured, by name. Nothing has been called yet."""
    for door in KNOWN:
        if door.KIND.name in settings.connected:
            yield door.KIND.name, _connected(door, settings, purse(door.KIND.name))


def _connected(door: Door, settings: Settings, purse: Purse) -> Connected:
    """One that cannot be put together keeps none of the others away; it is told as a door that is closed."""
    try:
        return door.connect(settings, purse)
    except Exception as error:  # noqa: BLE001 - whatever its library or its settings are amiss with
        log.error("network_not_connected", network=door.KIND.name, reason=type(error).__name__)  # noqa: TRY400 - an address may hold a password
        return Connected(source=Unconnected(door.KIND.name, type(error).__name__))


@dataclass(frozen=True)
class Unconnected:
    """A `Source` that says why nothing is heard."""

    name: str
    reason: str
    every: timedelta = timedelta(minutes=1)

    async def since(self, cursor: str | None) -> Heard:  # noqa: ARG002
        raise DoorClosed(self.reason, whole=True)

    async def stirs(self) -> AsyncIterator[News | None]:
        for _ in ():
            yield None

    async def standing(self) -> Standing:
        raise DoorClosed(self.reason, whole=True)
