"""The fake answers in X's own shapes: X's official SDK reads every one of them, and nothing is left over."""

from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from tests.networks.x.conftest import answering

schemas: Any = pytest.importorskip("xdk.schemas", reason="X's official SDK (xdk) is not installed")

MODELS = {
    "me": "GetUsersMeResponse",
    "mentions": "GetUsersMentionsResponse",
    "tweets_of": "GetUsersPostsResponse",
    "search": "SearchPostsRecentResponse",
    "dm_events": "GetDirectMessagesEventsResponse",
    "dm_with": "GetDirectMessagesEventsByParticipantIdResponse",
    "create": "CreatePostsResponse",
    "delete": "DeletePostsResponse",
    "hide": "HidePostsReplyResponse",
    "dm_create": "CreateDirectMessagesByParticipantIdResponse",
    "dm_delete": "DeleteDirectMessagesEventsResponse",
    "rules": "GetRulesResponse",
    "rules_change": "UpdateRulesResponse",
    "stream": "StreamPostsResponse",
}
# X's pages say "tweet" where its SDK already says "post"
RENAMED = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts",
    "note_tweet": "note_post",
    "tweets": "posts",
}

KNOWN = {".meta.sent"}  # in the page of GET /2/tweets/search/stream/rules


def _in_new_words(payload: Any) -> Any:
    if isinstance(payload, dict):
        return {RENAMED.get(name, name): _in_new_words(value) for name, value in payload.items() if name != "tweet_count"}
    return [_in_new_words(one) for one in payload] if isinstance(payload, list) else payload


def _left_over(model: Any, path: str = "") -> list[str]:
    """Fields that X's SDK has no name for."""
    if isinstance(model, list):
        return [one for value in model for one in _left_over(value, path)]
    if not isinstance(model, BaseModel):
        return []
    extra = [f"{path}.{name}" for name in model.model_extra or ()]
    return extra + [one for name in type(model).model_fields for one in _left_over(getattr(model, name), f"{path}.{name}")]


async def test_xs_official_sdk_reads_everything_that_the_fake_answers(fake, ours):
    ours.connect("data leak")
    anna = fake.world.user("anna")
    mine = fake.world.write(fake.world.us, "Hello")
    fake.world.write(anna, "@acme " + "a very long story " * 30, pictures=1)
    fake.world.write(anna, "what a data leak https://example.com", quote=mine)
    fake.world.write(anna, "so?", to=mine)
    fake.world.message(anna, fake.world.us, "hello?")
    async with aclosing(ours.source.stirs()) as stirring:
        assert await anext(stirring) is None
    heard = await ours.hear()
    for one in (next(one for one in heard if one.text.startswith("@acme a")), next(one for one in heard if one.private)):
        published = await ours.network.publish(answering(one, "We are here.", private=one.private))
        await ours.network.find(answering(one, "We are here.", private=one.private), datetime.now(UTC) - timedelta(minutes=1))
        await ours.network.delete(published.external_id)
    await ours.network.hide(next(one for one in heard if one.text.endswith("so?")).external_id)
    fake.streaming._shown(fake.world.write(anna, "@acme again"), {"expansions": "author_id"})
    assert {operation for operation, _ in fake.answers} == set(MODELS)
    for operation, answer in fake.answers:
        model = getattr(schemas, MODELS[operation]).model_validate(_in_new_words(answer))
        assert [one for one in _left_over(model) if one not in KNOWN] == [], operation
