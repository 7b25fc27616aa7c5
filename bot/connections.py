"""The networks that Tocsin knows, and those of them that are configured. A new one is one line here."""

from collections.abc import Callable, Iterator
from importlib import import_module

from bot.settings import Settings
from handlers.networks import Connected, Kind, Purse

KNOWN: tuple[str, ...] = ()  # bot/networks/NAME: its `KIND`, and `connect`, which imports what is slow only when it is called


def kinds() -> tuple[Kind, ...]:
    return tuple(import_module(f"bot.networks.{name}").KIND for name in KNOWN)


def connected(settings: Settings, purse: Callable[[str], Purse]) -> Iterator[tuple[str, Connected]]:
    """Those that are configured, by name. Nothing has been called yet."""
    for name in KNOWN:
        if name in settings.connected:
            yield name, import_module(f"bot.networks.{name}").connect(settings, purse(name))
