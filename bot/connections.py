"""The networks that Tocsin knows, and those of them that are configured. A new one is one line here."""

from collections.abc import Callable, Iterator
from typing import Protocol

from bot.networks import bluesky, email, facebook, instagram, mastodon, press, x
from bot.settings import Settings
from handlers.networks import Connected, Kind, Purse


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
            yield door.KIND.name, door.connect(settings, purse(door.KIND.name))
