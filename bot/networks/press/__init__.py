"""What news sites and blogs publish, by their feeds (RSS, Atom): it is read, and nobody is answered there."""

from bot.settings import Settings
from handlers.networks import Connected, Hearing, Kind, Purse

KIND = Kind("press", None, Hearing(private=False, search=True, edits=True), needs=("TOCSIN_FEEDS",))


def connect(settings: Settings, purse: Purse) -> Connected:  # noqa: ARG001 - it costs nothing
    from bot.networks.press.fetching import Fetching  # noqa: PLC0415 - what reads feeds takes a while to import
    from bot.networks.press.hearing import Press  # noqa: PLC0415

    fetching = Fetching()
    return Connected(source=Press(settings.feeds, settings.search, fetching), close=fetching.close)
