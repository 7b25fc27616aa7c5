"""Puts an account together from the settings. Nothing is called before somebody listens or publishes."""

from collections.abc import Sequence

from starlette.routing import Route

from bot.networks.meta.accounts import FACEBOOK, INSTAGRAM, Account
from bot.networks.meta.graph import Graph
from bot.networks.meta.hearing import MetaSource
from bot.networks.meta.knocking import Knocking
from bot.networks.meta.publishing import MetaNetwork
from bot.settings import Settings
from handlers.inbox import Inbox
from handlers.networks import Connected


def connected(settings: Settings, network: str) -> Connected:
    """The page opens the door at which Meta knocks for both; so an account of Instagram is never without its page."""
    secret, verify, token = settings.meta_app_secret, settings.meta_verify_token, settings.facebook_page_token
    if secret is None or verify is None or token is None:
        raise ValueError("missing: META_APP_SECRET, META_VERIFY_TOKEN or FACEBOOK_PAGE_TOKEN")
    graph = Graph(settings.meta_graph_url, token, secret)
    ours = tuple(accounts(settings))
    account = next(one for one in ours if one.network == network)
    source = MetaSource(graph, account)

    def routes(inbox: Inbox) -> Sequence[Route]:
        return Knocking(inbox, graph, ours, secret, verify).routes()

    async def close() -> None:
        await source.close()
        await graph.close()

    return Connected(MetaNetwork(graph, account), source, routes if network == FACEBOOK else None, close)


def accounts(settings: Settings) -> list[Account]:
    page = settings.facebook_page_id
    linked = settings.instagram_account_id
    return [Account(FACEBOOK, page, page), *([Account(INSTAGRAM, linked, page)] if linked else [])]
