"""Puts one account of Bluesky together: its session, its ears and its voice share one HTTP client, made on first use."""

import logging
from collections.abc import Sequence

from pydantic import SecretStr

from bot.networks.bluesky import ABILITIES
from bot.networks.bluesky.followers import Followers
from bot.networks.bluesky.hearing import BlueskySource
from bot.networks.bluesky.publishing import BlueskyNetwork
from bot.networks.bluesky.session import Session
from bot.networks.bluesky.web import Web
from bot.networks.bluesky.xrpc import Xrpc
from handlers.networks import Connected


def connection(url: str, handle: str, password: SecretStr, phrases: Sequence[str]) -> Connected:
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every address at INFO, and with it what is searched for
    web = Web()
    xrpc = Xrpc(web, Session(web, url, handle.removeprefix("@"), password))
    return Connected(
        network=BlueskyNetwork(xrpc, f"@{handle.removeprefix('@')}", ABILITIES),
        source=BlueskySource(xrpc, Followers(xrpc), tuple(phrases)),
        close=web.close,
    )
