"""Connects to the network in memory with an adapter that never looks whether a reply arrived: what the kill bench must notice."""

from handlers.networks import Connected
from tests.networks.contract.plants import NeverFinds
from tests.networks.contract.stages import memory_http


def connect(settings: object, purse: object) -> Connected:
    whole = memory_http.connect(settings, purse)
    assert whole.network
    return Connected(NeverFinds(whole.network.line, whole.network.token, whole.network.abilities), close=whole.close)  # type: ignore[attr-defined]
