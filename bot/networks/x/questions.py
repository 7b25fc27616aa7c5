"""The kinds of question by which we hear: who named us, who quoted us, who used the crisis's words, who wrote in private."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from bot.networks.x import costs, fields
from bot.networks.x.client import Json, X, body
from bot.networks.x.faults import Answered
from bot.networks.x.positions import Position, id_at, is_after, youngest
from bot.networks.x.reading import messages, posts
from handlers.networks import Unread
from handlers.ports import Mention

NAMED, PRIVATE, QUOTED = "named", "private", "quoted"
PAGE, FIRST_MESSAGES = 100, 25  # messages are read page by page from the youngest, and each costs twice a post
_INDEX = timedelta(days=6, hours=23)  # X's recent search looks back seven days, and refuses what is older


@dataclass(frozen=True)
class Page:
    """What one question brought, and where its kind stands now. `paid`: the ids of all that X delivered."""

    news: list[Mention | Unread]
    position: Position
    paid: list[str]
    what: str
    each: Decimal


def searched(query: str) -> str:
    """The name of a query's position: another query begins anew."""
    return f"search:{sha256(query.encode()).hexdigest()[:12]}"


async def named(x: X, at: Position, now: datetime) -> Page:
    asked = _asked(at, at.since)
    told = await body(await x.api.get_users_mentions(x.account, user_auth=True, **asked))
    return _page(told, at, x.account, now, ("own_read", costs.OWNED_READ))


async def searching(x: X, query: str, at: Position, now: datetime) -> Page:
    since = youngest([at.since, id_at(now - _INDEX)])
    told = await body(await x.api.search_recent_tweets(query, **_asked(at, since)))
    return _page(told, at, x.account, now, ("read", costs.READ))


async def private(x: X, at: Position, now: datetime) -> Page:
    """X knows no "since" here: we read from the youngest on until we meet what we know."""
    try:
        told = await _messages(x, at.token)
    except Answered as error:
        if error.status != 400 or not at.token:
            raise
        return await private(x, Position(at.since, seen=at.seen), now)  # pages go stale: from the youngest on again
    ids = _ids(told)
    fresh = {one for one in ids if is_after(one, at.since)}
    heard = _only(told, fresh - set(at.seen))
    more = (told.get("meta") or {}).get("next_token", "") if fresh and len(fresh) == len(ids) else ""
    news = messages({**told, "data": heard}, x.account)
    return Page(news[::-1], at.after(fresh, now, token=more), ids, "message_read", costs.DM_READ)


async def _messages(x: X, token: str) -> Json:
    page = {"max_results": PAGE, "pagination_token": token} if token else {"max_results": FIRST_MESSAGES}
    return await body(await x.api.get_direct_message_events(**fields.MESSAGES, **page))


def _asked(at: Position, since: str) -> dict[str, Any]:
    until = {"until_id": at.until} if at.until else {}
    return {**fields.POSTS, "max_results": PAGE, "since_id": since, **until}


def _page(told: Json, at: Position, account: str, now: datetime, price: tuple[str, Decimal]) -> Page:
    """X tells the youngest first; we tell them the other way round, a page at a time."""
    ids = _ids(told)
    more = bool((told.get("meta") or {}).get("next_token")) and bool(ids)
    news = posts({**told, "data": _only(told, set(ids) - set(at.seen))}, account)
    return Page(news[::-1], at.after(ids, now, until=min(ids, key=int) if more else ""), ids, *price)


def _only(told: Json, ids: set[str]) -> list[Any]:
    """Those, and what has no id that could be known again."""
    return [one for one in told.get("data") or () if _id(one) in ids or not _id(one)]


def _ids(told: Json) -> list[str]:
    return [_id(one) for one in told.get("data") or () if _id(one)]


def _id(payload: Any) -> str:
    found = str(payload.get("id", "")) if isinstance(payload, dict) else ""
    return found if found.isdigit() and found.isascii() else ""


def begin(now: datetime, look_back: timedelta) -> Position:
    return Position(id_at(now.astimezone(UTC) - look_back))
