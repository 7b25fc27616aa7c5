"""A reply is as open as what it answers, names its customer and nobody else, and is never sent twice."""

import asyncio
import socket
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.networks.mastodon.client import Client
from bot.networks.mastodon.publishing import Publishing
from bot.networks.mastodon.server import Server
from bot.networks.mastodon.threads import Threads
from handlers.errors import DoorClosed, Refused, TryLater, Unconfirmed
from handlers.networks import Reply
from handlers.ports import Customer
from tests.networks.contract.asking import a_while_ago, answer, said_and_heard, unlike

ANNA = Customer("2", "@anna@fedi.example", "Anna")
REPLY = Reply("token-1", "Your data is safe.", "en", private=False, in_reply_to="7", conversation_id="7", customer=ANNA)


def parent(**changes):
    account = {"id": "2", "acct": "anna@fedi.example"}
    return {"id": "7", "visibility": "public", "spoiler_text": "", "account": account, "created_at": "2026-11-22T12:00:00Z"} | changes


def ready(script, **changes):
    script.answers["GET", "/api/v1/statuses/7"] = parent(**changes)
    script.answers["POST", "/api/v1/statuses"] = {"id": "8", "url": "https://m.example/@meridia/8"}
    return script


def sent(script):
    (one,) = [one for one in script.asked if one[0] == "POST"]
    return {name: values[0] if len(values) == 1 else values for name, values in one[3].items()}


async def test_what_leaves_is_just_what_was_approved_addressed_to_its_customer(script):
    published = await ready(script).network.publish(REPLY)
    assert (published.external_id, published.url) == ("8", "https://m.example/@meridia/8")
    said = {"status": "@anna@fedi.example Your data is safe.", "in_reply_to_id": "7", "visibility": "public", "language": "en"}
    assert sent(script) == said
    headers = script.calls("/api/v1/statuses")[0][4]
    assert headers["Idempotency-Key"] == "token-1"


@pytest.mark.parametrize(
    ("theirs", "private", "ours"),
    [
        ("public", False, "public"),
        ("unlisted", False, "unlisted"),
        ("public", True, "direct"),
        ("private", True, "direct"),
        ("direct", True, "direct"),
    ],
)
async def test_a_reply_is_as_open_as_what_it_answers(script, theirs, private, ours):
    await ready(script, visibility=theirs).network.publish(replace(REPLY, private=private))
    assert sent(script)["visibility"] == ours


@pytest.mark.parametrize("visibility", ["private", "direct", "something_new"])
async def test_what_has_become_private_since_is_not_answered_in_public(script, visibility):
    with pytest.raises(Refused) as refused:
        await ready(script, visibility=visibility).network.publish(replace(REPLY, context='{"visibility": "public"}'))
    assert refused.value.reason == "private_in_public"
    assert not [one for one in script.asked if one[0] == "POST"]


async def test_what_was_private_is_refused_without_a_call(script):
    with pytest.raises(Refused) as refused:
        await ready(script).network.publish(replace(REPLY, context='{"visibility": "direct"}'))
    assert refused.value.reason == "private_in_public"
    assert script.asked == []


@pytest.mark.parametrize("text", ["Ask @bruno", "See @bruno@other.example please", "(@bruno)", "x @ANNA@fedi.example @bruno"])
async def test_a_private_reply_that_names_somebody_else_is_refused(script, text):
    with pytest.raises(Refused) as refused:
        await ready(script).network.publish(replace(REPLY, text=text, private=True))
    assert refused.value.reason == "names_others"
    assert script.asked == []


@pytest.mark.parametrize(
    "text", ["Write to help@meridia.example", "See https://m.example/@bruno", "@anna@fedi.example hello", "at 5 @ noon"]
)
async def test_what_only_looks_like_a_name_stops_no_private_reply(script, text):
    await ready(script).network.publish(replace(REPLY, text=text, private=True))
    assert sent(script)["allowed_mentions[]"] == "2"


async def test_a_customer_who_is_named_already_is_not_named_twice(script):
    await ready(script).network.publish(replace(REPLY, text="Hello @anna@fedi.example!"))
    assert sent(script)["status"] == "Hello @anna@fedi.example!"


async def test_their_warning_is_repeated_and_cut_where_the_text_needs_the_room(script):
    await ready(script, spoiler_text="data leak").network.publish(REPLY)
    assert sent(script)["spoiler_text"] == "data leak"
    script.asked.clear()
    most = script.network.most(private=False)
    await ready(script, spoiler_text="w" * 400).network.publish(replace(REPLY, text="a" * most))
    said = sent(script)
    assert said["spoiler_text"].endswith("…")
    assert script.network.length(said["status"]) + len(said["spoiler_text"]) <= 500


async def test_a_handle_that_takes_the_room_of_the_text_is_refused_before_it_is_sent(script):
    account = {"id": "2", "acct": "a" * 80 + "@fedi.example"}
    with pytest.raises(Refused) as refused:
        await ready(script, account=account).network.publish(replace(REPLY, text="a" * script.network.most(private=False)))
    assert refused.value.reason == "too_long"
    assert not [one for one in script.asked if one[0] == "POST"]


async def test_what_somebody_else_wrote_is_not_answered_as_if_it_were_the_customers(script):
    with pytest.raises(Refused) as refused:
        await ready(script, account={"id": "3", "acct": "bruno"}).network.publish(REPLY)
    assert refused.value.reason == "other_author"


async def test_the_limit_is_the_servers_own(script):
    assert script.network.most(private=False) == 466
    ready(script).answers["GET", "/api/v2/instance"] = {"configuration": {"statuses": {"max_characters": 5000}}}
    new = Publishing(Server(script.client), Threads(script.client))
    await new.publish(replace(REPLY, text="a" * 4000))
    assert new.most(private=True) == 4966


@pytest.mark.parametrize(
    ("text", "length"),
    [("abc", 3), ("https://example.com/" + "a" * 90, 23), ("@anna@fedi.example hi", 8), ("👩🏽‍🚀", 1), ("é", 1), ("你好", 2)],
)
def test_signs_are_counted_as_people_see_them(script_free_network, text, length):
    assert script_free_network.length(text) == length


@pytest.fixture
def script_free_network():
    client = Client("https://m.example", SecretStr("t"))
    return Publishing(Server(client), Threads(client))


@pytest.mark.parametrize(
    ("told", "raised"),
    [
        ((422, {"error": "Validation failed: Text character limit of 500 exceeded"}, {}), Refused),
        ((400, {"error": "bad"}, {}), Refused),
        ((404, {"error": "The post you are trying to reply to does not appear to exist."}, {}), Refused),
        ((401, {"error": "The access token was revoked"}, {}), DoorClosed),
        ((403, {"error": "This action is outside the authorized scopes"}, {}), DoorClosed),
        ((403, {"error": "This action is not allowed"}, {}), Refused),
        ((429, {"error": "Too many requests"}, {}), TryLater),
        ((500, {"error": "oops"}, {}), Unconfirmed),
        ((502, b"<html>bad gateway", {}), Unconfirmed),
        ((503, {"error": "There was a temporary problem"}, {}), Unconfirmed),
        ((503, {"error": "down"}, {"Retry-After": "5"}), Unconfirmed),
        ((200, b'{"id": "8", "ur', {}), Unconfirmed),
        ((200, {}, {}), Unconfirmed),
        ((200, [], {}), Unconfirmed),
        ((302, {}, {"Location": "https://other.example/"}), TryLater),
    ],
)
async def test_what_the_server_says_to_a_reply_means(script, told, raised):
    ready(script).answers["POST", "/api/v1/statuses"] = told
    with pytest.raises(raised) as error:
        await script.network.publish(REPLY)
    assert type(error.value) is raised or raised is Refused
    assert len(error.value.reason) <= 300
    assert len([one for one in script.asked if one[0] == "POST"]) == 1


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"X-RateLimit-Reset": lambda now: (now + timedelta(minutes=20)).isoformat()}, 1000, 1200),
        ({"X-RateLimit-Reset": lambda now: str(int(now.timestamp()) + 600)}, 500, 600),
        ({"Retry-After": "77"}, 70, 77),
        ({}, 300, 300),
        ({"X-RateLimit-Reset": "2020-01-01T00:00:00Z"}, 1, 1),
    ],
)
async def test_quiet_is_kept_for_as_long_as_the_server_asks(script, headers, least, most):
    told = {name: value(datetime.now(UTC)) if callable(value) else value for name, value in headers.items()}
    ready(script).answers["POST", "/api/v1/statuses"] = (429, {"error": "Too many requests"}, told)
    with pytest.raises(TryLater) as later:
        await script.network.publish(REPLY)
    assert least <= later.value.after.total_seconds() <= most


async def test_where_nobody_listens_nothing_was_sent():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        client = Client(f"http://127.0.0.1:{closed.getsockname()[1]}", SecretStr("t"))
        with pytest.raises(TryLater):
            await client.post("/api/v1/statuses", {"status": "x"}, "key")
        await client.close()


async def test_a_server_that_never_answers_is_given_up_in_time(script, monkeypatch):
    monkeypatch.setattr("bot.networks.mastodon.client.TOTAL", 0.5)

    over, served = asyncio.Event(), []

    async def forever(_reader, writer):
        served.append(asyncio.current_task())
        await over.wait()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(forever, "127.0.0.1", 0)
    client = Client(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", SecretStr("t"))
    with pytest.raises(Unconfirmed):
        await client.post("/api/v1/statuses", {"status": "x"}, "key")
    with pytest.raises(TryLater):
        await client.get("/api/v1/notifications")
    await client.close()
    over.set()
    await asyncio.gather(*served)
    server.close()
    await server.wait_closed()


async def test_the_same_token_is_taken_once_by_a_server_that_knows_it(stage):
    mention = await said_and_heard(stage, unlike("Is my data safe?"))
    reply = answer(mention)
    first = await stage.network.publish(reply)
    again = await stage.network.publish(reply)
    assert first.external_id == again.external_id
    assert len(await stage.ours()) == 1


@pytest.mark.parametrize(
    "text", ["*bold* and `code` ~~x~~", "two\n\nparagraphs\nand lines", "see https://example.com/?a=1&b=2 <now>", "@meridia_other hi"]
)
async def test_what_was_sent_is_found_however_the_server_shows_it(stage, text):
    mention = await said_and_heard(stage, unlike("Is my data safe?"))
    published = await stage.network.publish(reply := answer(mention, text))
    found = await stage.network.find(reply, a_while_ago())
    assert found is not None
    assert found.external_id == published.external_id
    assert await stage.network.find(replace(reply, text=text + " more"), a_while_ago()) is None


async def test_what_was_sent_is_found_when_its_parent_is_gone(script):
    mine = {"id": "8", "account": {"id": "1"}, "in_reply_to_id": None, "created_at": datetime.now(UTC).isoformat()}
    other = mine | {"id": "9", "content": "<p>@anna Something else.</p>"}
    script.answers["GET", "/api/v1/accounts/1/statuses"] = [other, mine | {"content": "<p>@<span>anna</span> Your data is safe.</p>"}]
    found = await script.network.find(REPLY, a_while_ago())
    assert found.external_id == "8"


async def test_what_was_said_before_the_first_attempt_is_another_answer(script):
    old = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    mine = {"id": "8", "account": {"id": "1"}, "in_reply_to_id": "7", "created_at": old, "content": "<p>@anna Your data is safe.</p>"}
    script.answers["GET", "/api/v1/statuses/7/context"] = {"ancestors": [], "descendants": [mine]}
    assert await script.network.find(REPLY, datetime.now(UTC)) is None


@pytest.mark.parametrize("told", [{"ancestors": []}, [], {"descendants": {}}, {"descendants": [{"id": "8"}]}])
async def test_an_answer_that_says_nothing_is_not_taken_for_no(script, told):
    script.answers["GET", "/api/v1/statuses/7/context"] = told
    with pytest.raises((Unconfirmed, TryLater)):
        await script.network.find(REPLY, a_while_ago())


async def test_a_server_that_knows_no_deletion_is_not_taken_for_one_where_nothing_is_left(script):
    script.answers["GET", "/api/v1/statuses/8"] = parent(id="8")
    with pytest.raises(Refused) as refused:
        await script.network.delete("8")
    assert refused.value.reason == "cannot_delete"
    del script.answers["GET", "/api/v1/statuses/8"]
    await script.network.delete("8")


def test_in_no_window_of_mastodons_more_is_spent_than_it_gives(script_free_network):
    windows = {"publish": (timedelta(hours=3), 300), "delete": (timedelta(minutes=30), 30)}
    for act, (window, most) in windows.items():
        lane, calls = script_free_network.limits(act)
        assert lane.burst + window / lane.every <= most
        assert 2 * (calls.burst + timedelta(minutes=5) / calls.every) < 300 - 40
