"""What our token may: as whom it speaks, and which scopes it was given (docs.joinmastodon.org, OAuth scopes)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.networks.mastodon.client import Client
from bot.networks.mastodon.faults import NotThere
from bot.networks.mastodon.server import Server
from handlers.errors import DoorClosed
from handlers.networks import Can, Standing

_NEEDED: dict[Can, tuple[str, ...]] = {
    Can.HEAR: ("read:notifications", "read:statuses"),
    Can.HEAR_PRIVATE: ("read:notifications", "read:statuses"),
    Can.SEARCH: ("read:search", "read:statuses"),
    Can.ANSWER: ("write:statuses",),
    Can.ANSWER_PRIVATE: ("write:statuses",),
    Can.DELETE: ("write:statuses",),
}


async def standing(server: Server, search: Sequence[str]) -> Standing:
    """Hashtags alone need no scope of their own."""
    us = await server.ask_us()
    scopes, expires_at = await _token(server.client)
    only_tags = bool(search) and all(one.startswith("#") for one in search)
    needed = {**_NEEDED, Can.SEARCH: ("read:statuses",)} if only_tags else _NEEDED
    may = [one for one, all_of in needed.items() if scopes is None or all(_covers(scopes, scope) for scope in all_of)]
    if not server.deletes and Can.DELETE in may:
        may.remove(Can.DELETE)
    return Standing(f"@{us.acct}", tuple(may), tuple(one for one in needed if one not in may), expires_at)


def _covers(scopes: Sequence[str], scope: str) -> bool:
    return scope in scopes or scope.partition(":")[0] in scopes


async def _token(client: Client) -> tuple[list[str] | None, datetime | None]:
    """Its scopes (None: nobody can tell) and its end: of the token itself, else of the application that it was made for."""
    for path in ("/oauth/token/info", "/api/v1/apps/verify_credentials"):
        try:
            told = await client.get(path)
        except (NotThere, DoorClosed):
            continue  # the account answered a moment ago: the token lives, only this question is not taken
        scopes = _scopes(told)
        if scopes:
            return scopes, _end(told)
    return None, None


def _scopes(told: dict[str, Any]) -> list[str]:
    scopes = told.get("scope") or told.get("scopes") or []
    return scopes.split() if isinstance(scopes, str) else [str(one) for one in scopes]


def _end(told: dict[str, Any]) -> datetime | None:
    seconds = told.get("expires_in")
    return datetime.now(UTC) + timedelta(seconds=seconds) if isinstance(seconds, int) else None
