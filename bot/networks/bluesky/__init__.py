"""Bluesky: mentions, replies, quotes and searched words in, our replies out. What is slow to import waits until somebody connects."""

from bot.settings import Settings
from handlers.networks import Abilities, Connected, Hearing, Kind, Purse

ABILITIES = Abilities(private=False, delete=True)  # direct messages exist only in a closed service of Bluesky's own
KIND = Kind("bluesky", ABILITIES, Hearing(private=False, search=True), needs=("BLUESKY_HANDLE", "BLUESKY_APP_PASSWORD"))


def connect(settings: Settings, purse: Purse) -> Connected:  # noqa: ARG001 - it costs nothing
    from bot.networks.bluesky.connection import connection  # noqa: PLC0415

    assert settings.bluesky_app_password is not None
    return connection(settings.bluesky_url, settings.bluesky_handle, settings.bluesky_app_password, settings.search)
