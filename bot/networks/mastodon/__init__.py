"""Mastodon, and servers that speak its API: mentions, hashtags and private messages in, replies out.

Its client library counts our texts, as its servers do. It does not carry them: it calls one at a time and blocks, takes a connection that
was never made for an answer that never came, and sleeps through a limit; whether a reply left is just what we must know.
"""

from bot.settings import Settings
from handlers.networks import Abilities, Connected, Kind, Purse, Push
from handlers.networks import Hearing as Hears

KIND = Kind(
    name="mastodon",
    abilities=Abilities(delete=True),
    hearing=Hears(search=True, edits=True, deletions=True, push=Push.STREAM),
    needs=("MASTODON_URL", "MASTODON_ACCESS_TOKEN"),
)


def connect(settings: Settings, purse: Purse) -> Connected:  # noqa: ARG001 - it costs nothing
    from bot.networks.mastodon.client import Client  # noqa: PLC0415 - what is not configured is not read
    from bot.networks.mastodon.hearing import Hearing  # noqa: PLC0415
    from bot.networks.mastodon.publishing import Publishing  # noqa: PLC0415
    from bot.networks.mastodon.server import Server  # noqa: PLC0415
    from bot.networks.mastodon.threads import Threads  # noqa: PLC0415

    assert settings.mastodon_access_token is not None
    client = Client(settings.mastodon_url, settings.mastodon_access_token)
    server, threads = Server(client), Threads(client)
    return Connected(Publishing(server, threads), Hearing(server, threads, settings.search), close=client.close)
