"""One thing on Mastodon that can never be read must stop nothing else, and what is not looked for is told."""

from datetime import UTC, datetime

import pytest

from bot.networks.mastodon import client
from handlers.errors import TryLater, Unconfirmed
from tests.networks.mastodon.conftest import script  # noqa: F401 - a fixture
from tests.networks.mastodon.test_publishing import REPLY, ready
from tests.networks.mastodon.test_reading import status


def named(number: int, **changes):
    said = status(id=f"20{number}", created_at=datetime.now(UTC).isoformat(), **changes)
    return {"id": str(number), "type": "mention", "created_at": said["created_at"], "status": said}


async def test_a_thread_that_is_too_large_to_be_read_keeps_nothing_else_from_being_heard(script, monkeypatch):  # noqa: F811
    monkeypatch.setattr(client, "LARGEST", 100_000)
    script.answers["GET", "/api/v1/notifications"] = [named(2), named(1, in_reply_to_id="7", in_reply_to_account_id="9")]
    script.answers["GET", "/api/v1/statuses/201/context"] = {"ancestors": [], "descendants": ["x" * 200_000]}
    heard = []
    for _ in range(4):
        try:
            heard += (await script.source.since(None)).news
            break
        except TryLater:
            continue
    assert sorted(one.external_id for one in heard) == ["201", "202"]


async def test_a_reply_whose_thread_cannot_be_read_is_for_a_person_to_decide_and_stops_no_other(script, monkeypatch):  # noqa: F811
    monkeypatch.setattr(client, "LARGEST", 100_000)
    ready(script)
    script.answers["GET", f"/api/v1/statuses/{REPLY.in_reply_to}/context"] = {"ancestors": [], "descendants": ["x" * 200_000]}
    with pytest.raises(Unconfirmed):
        await script.network.find(REPLY, datetime.now(UTC))


async def test_a_hashtag_that_the_server_does_not_let_us_read_is_told_and_asked_for_again(script, monkeypatch):  # noqa: F811
    script.source.search = ("#leak",)
    script.answers["GET", "/api/v1/timelines/tag/leak"] = (422, {"error": "no"}, {})
    assert (await script.source.since(None)).left_out == "search_away"
    script.answers["GET", "/api/v1/timelines/tag/leak"] = [named(3)["status"]]
    script.source._refused = dict.fromkeys(script.source._refused, 0)  # an hour later
    heard = await script.source.since(None)
    assert heard.left_out == "" and [one.external_id for one in heard.news] == ["203"]
