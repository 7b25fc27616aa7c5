"""Replies to what the fake's customers wrote, as they would leave."""

from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.networks import Reply
from handlers.ports import Mention


async def all_heard(source: Any, cursor: str | None = None) -> list[Any]:
    news, more = [], True
    while more:
        page = await source.since(cursor)
        news += page.news
        cursor, more = page.cursor, page.more
    return news


async def heard(ours: Any, external_id: str) -> Mention:
    return next(one for one in await all_heard(ours.source) if isinstance(one, Mention) and one.external_id == external_id)


async def comment(ours: Any, text: str = "Is my data safe?", who: str = "anna", below: str = "") -> Mention:
    person = ours.world.person(ours.name, who)
    return await heard(ours, ours.world.add_comment(ours.name, person, text, below or ours.own.id).id)


async def message(ours: Any, text: str = "Is my data safe?", who: str = "anna") -> Mention:
    return await heard(ours, ours.world.add_message(ours.name, ours.world.person(ours.name, who), text, by_us=False).id)


def reply(mention: Mention, text: str = "Your data is safe, Anna.", *, private: bool = False) -> Reply:
    return Reply("token", text, "en", private, mention.external_id, mention.conversation_id, mention.customer, mention.context)


def a_while_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=30)
