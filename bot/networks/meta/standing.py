"""Who we are at Meta, what our token may do and may not, and when it ends."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.networks.meta.accounts import FACEBOOK, Account
from bot.networks.meta.graph import Graph, node
from bot.networks.meta.payloads import some
from handlers.errors import DoorClosed, Refused
from handlers.networks import Can, Standing

NEEDED: Mapping[str, Mapping[Can, frozenset[str]]] = {
    "facebook": {
        Can.HEAR: frozenset({"pages_read_engagement", "pages_read_user_content"}),
        Can.HEAR_PRIVATE: frozenset({"pages_messaging"}),
        Can.ANSWER: frozenset({"pages_manage_engagement"}),
        Can.ANSWER_PRIVATE: frozenset({"pages_messaging"}),
        Can.DELETE: frozenset({"pages_manage_engagement"}),
        Can.HIDE: frozenset({"pages_manage_engagement"}),
    },
    "instagram": {
        Can.HEAR: frozenset({"instagram_basic", "instagram_manage_comments"}),
        Can.HEAR_PRIVATE: frozenset({"instagram_manage_messages"}),
        Can.ANSWER: frozenset({"instagram_manage_comments"}),
        Can.ANSWER_PRIVATE: frozenset({"instagram_manage_messages"}),
        Can.DELETE: frozenset({"instagram_manage_comments"}),
        Can.HIDE: frozenset({"instagram_manage_comments"}),
    },
}


async def standing(graph: Graph, account: Account) -> Standing:
    name = "name" if account.network == FACEBOOK else "username"
    known = await graph.read(node(account.id), fields=f"id,{name}")
    token = await _token(graph)
    if token.get("is_valid") is False:
        raise DoorClosed("token_revoked", whole=True)
    told = str(known.get(name) or account.id)
    if not isinstance(token.get("scopes"), list):
        return Standing(told, (Can.HEAR,))  # our account could be read; what else, nobody tells
    granted = {str(one) for one in token["scopes"]}
    may = tuple(can for can, scopes in NEEDED[account.network].items() if scopes <= granted)
    may_not = tuple(can for can in NEEDED[account.network] if can not in may)
    return Standing(told, may, may_not, _ends(token))


async def _token(graph: Graph) -> Mapping[str, Any]:
    """`debug_token`, which wants to be asked by the app; who the app is, our token tells. Nothing where it is not told."""
    try:
        app = await graph.read("app", fields="id")
        told = await graph.about_token(str(app.get("id") or ""))
    except (Refused, DoorClosed) as error:
        if isinstance(error, DoorClosed) and error.whole:
            raise
        return {}
    return some(told.get("data"))


def _ends(token: Mapping[str, Any]) -> datetime | None:
    """0 is never. After `data_access_expires_at` the token lives, and tells nothing any more."""
    told = [token.get(name) for name in ("expires_at", "data_access_expires_at")]
    ends = [one for one in told if isinstance(one, int) and one > 0]
    return datetime.fromtimestamp(min(ends), UTC) if ends else None
