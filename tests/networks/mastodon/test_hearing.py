"""What is heard beside plain mentions: hashtags, phrases, edits and deletions; and what may not stop the rest."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.networks.mastodon import watching
from bot.networks.mastodon.hearing import position
from handlers.errors import DoorClosed, TryLater
from handlers.networks import Can, Gone, Unread
from handlers.ports import Event, Mention
from tests.networks.contract.asking import Ear, unlike
from tests.networks.mastodon.conftest import TOKEN, searching
from tests.networks.mastodon.test_reading import payload


def rested(cursor):
    """As if the pauses between two looks were over."""
    kept = json.loads(cursor)
    kept["watched"]["looked_at"] = 0
    for trail in kept["trails"].values():
        trail["asked_at"] = 0
    return json.dumps(kept)


async def test_a_hashtag_and_a_phrase_are_heard_from_whoever_does_not_name_us(stage):
    source = searching(stage, f"#leak{stage.us}", f"{stage.us}gate")  # the stand-in reads no quotation marks
    tagged = await stage.write("anna", f"my data too #leak{stage.us}")
    phrased = await stage.write("bruno", f"they call it {stage.us}gate")
    hearing = Ear(source)
    first, second = await hearing.until(tagged, phrased)
    assert (first.no_answer, second.no_answer) == ("", "")
    hearing.cursor = rested(hearing.cursor)
    await hearing.ask()
    assert sorted(one.external_id for one in hearing.mentions) == sorted([tagged, phrased])


async def test_what_names_us_and_a_hashtag_comes_once(stage):
    source = searching(stage, f"#leak{stage.us}")
    both = await stage.say(f"#leak{stage.us}")
    hearing = Ear(source)
    await hearing.until(both)
    assert [one.external_id for one in hearing.mentions] == [both]


async def test_our_own_words_are_not_found_by_a_search(stage):
    source = searching(stage, f"#leak{stage.us}")
    await stage.write(stage.us, f"we look into it #leak{stage.us}")
    theirs = await stage.write("anna", f"and? #leak{stage.us}")
    hearing = Ear(source)
    await hearing.until(theirs)
    assert [one.external_id for one in hearing.mentions] == [theirs]


async def test_a_phrase_that_is_new_is_looked_for_a_day_back(stage):
    before = await stage.write("anna", f"so {stage.us}gone")
    hearing = Ear(stage.source)
    await hearing.ask()
    later = Ear(searching(stage, f"{stage.us}gone"), cursor=hearing.cursor)
    await later.until(before)


@pytest.mark.parametrize("told", [(403, {"error": "This action is outside the authorized scopes"}, {}), (404, {"error": "Not Found"}, {})])
async def test_a_search_that_is_not_allowed_does_not_close_the_door(script, told):
    script.answers["GET", "/api/v2/search"] = told
    script.answers["GET", "/api/v1/notifications"] = _above(payload("notifications"))
    source = replace(script.source, search=("data breach",))
    heard = await source.since(None)
    assert [one.external_id for one in heard.news] == ["117440821885976823"]
    assert not heard.more
    await source.since(rested(heard.cursor))
    assert len(script.calls("/api/v2/search")) == 1


async def test_a_phrase_is_looked_for_as_one(script):
    await replace(script.source, search=("data breach", "is:mine", "breach")).since(None)
    assert [one[2]["q"] for one in script.calls("/api/v2/search")] == ['"data breach"', '"is:mine"', "breach"]


async def test_those_whom_the_server_keeps_apart_are_heard(script):
    await script.source.since(None)
    assert script.calls("/api/v1/notifications")[0][2]["include_filtered"] == "true"


def _above(items, at=None):
    """A list as Mastodon pages it."""
    for one in items:
        one["created_at"] = one["status"]["created_at"] = at or datetime.now(UTC).isoformat()

    def page(request):
        low, high = int(request.query.get("min_id", -1)), int(request.query.get("max_id", 10**18))
        return [one for one in items if low < int(one["id"]) < high]

    return page


async def test_one_that_cannot_be_read_is_set_aside_once(script):
    broken = payload("notifications")[0] | {"id": "22", "status": {"id": "9", "account": None}}
    script.answers["GET", "/api/v1/notifications"] = _above([broken, *payload("notifications")])
    heard = await script.source.since(None)
    assert [type(one) for one in heard.news] == [Mention, Unread]
    assert json.loads(heard.news[1].raw)["id"] == "22"
    assert (await script.source.since(heard.cursor)).news == []


async def test_what_was_deleted_before_we_looked_is_no_matter(script):
    script.answers["GET", "/api/v1/notifications"] = lambda _: [payload("notifications")[0] | {"status": None}]
    assert (await script.source.since(None)).news == []


async def test_a_thread_that_the_server_cannot_tell_holds_nothing_up_for_ever(script):
    items = payload("notifications")
    items[0]["status"]["in_reply_to_id"] = "5"
    script.answers["GET", "/api/v1/notifications"] = _above(items)
    script.answers["GET", f"/api/v1/statuses/{items[0]['status']['id']}/context"] = (500, {}, {})
    for _ in range(2):
        with pytest.raises(TryLater):
            await script.source.since(None)
    assert [one.conversation_id for one in (await script.source.since(None)).news] == [items[0]["status"]["id"]]


async def test_an_edit_and_a_deletion_are_found_by_looking_again(stage):
    hearing = Ear(stage.source)
    edited, gone, left = [await stage.say(unlike("My PIN is 1234")) for _ in range(3)]
    await hearing.until(edited, gone, left)
    await stage.edit(edited, "Never mind")
    await stage.take_away(gone)
    heard = await stage.source.since(rested(hearing.cursor))
    changed = [one for one in heard.news if isinstance(one, Mention)]
    assert [(one.external_id, one.event) for one in changed] == [(edited, Event.EDITED)]
    assert "Never mind" in changed[0].text
    assert [one for one in heard.news if isinstance(one, Gone)] == [Gone(gone)]
    assert (await stage.source.since(rested(heard.cursor))).news == []


async def test_an_empty_answer_alone_deletes_nothing(script):
    items = payload("notifications")
    script.answers["GET", "/api/v1/notifications"] = _above(items)
    heard = await script.source.since(None)
    script.answers["GET", "/api/v1/statuses"] = []
    script.answers["GET", f"/api/v1/statuses/{items[0]['status']['id']}"] = items[0]["status"]
    assert (await script.source.since(rested(heard.cursor))).news == []


async def test_no_more_ids_are_asked_for_at_once_than_mastodon_takes(script):
    heard = await script.source.since(None)
    kept = json.loads(heard.cursor)
    kept["watched"] = {"edits": [[str(one), ""] for one in range(35)], "looked_at": 0}
    asked = []
    script.answers["GET", "/api/v1/statuses"] = lambda request: (
        asked.append(request.query.getall("id[]")) or [{"id": one, "edited_at": None} for one in request.query.getall("id[]")]
    )
    await script.source.since(json.dumps(kept))
    assert [len(one) for one in asked] == [20, 15]
    assert max(map(len, asked)) <= watching.AT_ONCE


async def test_listening_leaves_calls_for_answering(script):
    end = (datetime.now(UTC) + timedelta(seconds=100)).isoformat()
    few = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "39", "X-RateLimit-Reset": end}
    script.answers["GET", "/api/v1/notifications"] = (200, [], few)
    with pytest.raises(TryLater) as later:
        await script.source.since(None)
    assert timedelta(seconds=90) < later.value.after <= timedelta(seconds=100)
    assert await script.client.get("/api/v2/instance")


async def test_a_position_grows_no_further_than_what_is_watched(stage):
    hearing = Ear(stage.source)
    said = [await stage.say(unlike(f"Number {number}")) for number in range(70)]
    await hearing.until(*said)
    kept = position(hearing.cursor)
    assert len(kept.watched.edits) <= watching.MOST
    assert len(hearing.cursor) < 10_000


async def test_our_token_is_not_given_to_whoever_the_server_points_at(script):
    elsewhere = []
    script.answers["GET", "/elsewhere"] = lambda request: elsewhere.append(request) or []
    script.answers["GET", "/api/v1/notifications"] = (302, {}, {"Location": f"{script.url}/elsewhere"})
    with pytest.raises(TryLater):
        await script.source.since(None)
    assert elsewhere == []


@pytest.mark.parametrize(
    ("scopes", "may_not"),
    [
        (["read", "write"], set()),
        (["read"], {Can.ANSWER, Can.ANSWER_PRIVATE, Can.DELETE}),
        (["read:notifications", "read:statuses", "write:statuses", "read:accounts"], {Can.SEARCH}),
        (["write", "read:accounts"], {Can.HEAR, Can.HEAR_PRIVATE, Can.SEARCH}),
    ],
)
async def test_the_scopes_of_the_token_tell_what_it_may(script, scopes, may_not):
    script.answers["GET", "/oauth/token/info"] = {"scope": scopes, "expires_in": None}
    standing = await script.source.standing()
    assert standing.account == "@meridia"
    assert set(standing.may_not) == may_not
    assert set(standing.may) == {Can.HEAR, Can.HEAR_PRIVATE, Can.SEARCH, Can.ANSWER, Can.ANSWER_PRIVATE, Can.DELETE} - may_not
    assert standing.expires_at is None


async def test_where_the_token_cannot_be_asked_its_application_is(script):
    script.answers["GET", "/api/v1/apps/verify_credentials"] = payload("app") | {"scopes": ["read", "profile"]}
    assert set((await script.source.standing()).may_not) == {Can.ANSWER, Can.ANSWER_PRIVATE, Can.DELETE}


async def test_an_end_of_the_token_is_told(script):
    script.answers["GET", "/oauth/token/info"] = {"scope": ["read"], "expires_in": 3600}
    end = (await script.source.standing()).expires_at
    assert timedelta(minutes=59) < end - datetime.now(UTC) <= timedelta(hours=1)


async def test_a_suspended_account_closes_the_door(script):
    script.answers["GET", "/api/v1/notifications"] = (403, {"error": "Your login is currently disabled"}, {})
    with pytest.raises(DoorClosed) as closed:
        await script.source.since(None)
    assert closed.value.whole
    assert TOKEN not in str(closed.value)


async def test_answers_without_end_are_not_waited_for(script, monkeypatch):
    monkeypatch.setattr("bot.networks.mastodon.client.LARGEST", 1000)
    script.answers["GET", "/api/v1/notifications"] = (200, b"[" + b" " * 5000 + b"]", {})
    with pytest.raises(TryLater):
        await asyncio.wait_for(script.source.since(None), 5)
