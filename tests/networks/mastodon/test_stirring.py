"""Streams tell at once that something came, and what no list tells; they come back by themselves, and never in a rush."""

import asyncio
import json
import time
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from bot.networks.mastodon import stirring
from bot.networks.mastodon.server import Server
from handlers.errors import DoorClosed
from handlers.networks import Gone
from handlers.ports import Event, Mention
from tests.networks.contract.asking import unlike
from tests.networks.mastodon.conftest import searching
from tests.networks.mastodon.test_reading import payload

US = "1"


@asynccontextmanager
async def following(source):
    """Everything that is told while the block runs."""
    told = []

    async def follow():
        async for one in source.stirs():
            told.append(one)

    task = asyncio.create_task(follow())
    try:
        yield told, task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


async def until(what, within=8.0):
    deadline = time.monotonic() + within
    while not what():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


def streaming(*parts, hold=True):
    """A stream as the server sends it."""

    async def stream(request):
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for part in parts:
            await response.write(part)
        while hold:
            await asyncio.sleep(0.2)
            await response.write(b":thump\n\n")
        return response

    return stream


@pytest.fixture
async def stream_server(script):
    """The script's server with real streams: path → stream."""
    streams, opened = {}, []

    async def answer(request):
        opened.append((request.path, dict(request.query), time.monotonic()))
        with suppress(ConnectionError):
            return await streams.get(request.path, lambda _: _gone())(request)
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    urls = {"streaming": f"ws://127.0.0.1:{port}"}
    script.answers["GET", "/api/v2/instance"] = {"configuration": {"urls": urls, "statuses": {"max_characters": 500}}}
    script.streams, script.opened = streams, opened
    script.source.server = Server(script.client)
    yield script
    await script.client.close()
    await runner.cleanup()


async def _gone():
    return web.Response(status=404)


def event(name, data):
    text = data if isinstance(data, str) else json.dumps(data)
    return f"event: {name}\ndata: {text}\n\n".encode()


def naming_us(**changes):
    status = payload("notifications")[0]["status"]
    return status | {"mentions": [{"id": US}], "edited_at": "2026-10-14T19:07:53.998Z"} | changes


async def test_what_a_customer_writes_is_told_at_once_and_by_a_hashtag_too(stage):
    source = searching(stage, f"#leak{stage.us}")
    async with following(source) as (told, _):
        await until(lambda: len(told) >= 2)  # each stream, as it begins
        before = len(told)
        await stage.say(unlike("Hello"))
        await until(lambda: len(told) > before)
        before = len(told)
        await stage.write("anna", f"about them #leak{stage.us}")
        await until(lambda: len(told) > before, 20)
    assert set(told) == {None}


async def test_edits_and_deletions_are_told_as_they_are(stream_server):
    parts = [event("status.update", naming_us()), event("delete", "77"), event("status.update", naming_us(mentions=[], id="5"))]
    stream_server.streams["/api/v1/streaming/user"] = streaming(*parts)
    async with following(stream_server.source) as (told, _):
        await until(lambda: len(told) >= 3)
        await asyncio.sleep(0.3)
    assert told[0] is None
    assert isinstance(told[1], Mention)
    assert told[1].event is Event.EDITED
    assert told[2:] == [Gone("77")]


@pytest.mark.parametrize(
    "part",
    [
        event("update", naming_us()),  # of somebody whom we follow: no matter of ours
        event("filters_changed", "undefined"),
        event("announcement", {"id": "1"}),
        event("status.update", {"account": None}),
        event("status.update", naming_us(account={"id": US, "acct": "meridia"})),
        b":thump\n\n",
        b"data: without a name\n\n",
        b"\n\n\n",
    ],
)
async def test_what_is_no_matter_of_ours_is_not_told(stream_server, part):
    stream_server.streams["/api/v1/streaming/user"] = streaming(part, event("delete", "end"))
    async with following(stream_server.source) as (told, task):
        await until(lambda: Gone("end") in told)
        assert not task.done()
    assert told == [None, Gone("end")]


async def test_a_post_of_another_server_that_arrives_late_is_told_itself(stream_server):
    late = naming_us(created_at=(datetime.now(UTC) - timedelta(hours=2)).isoformat(), edited_at=None, mentions=[])
    stream_server.streams["/api/v1/streaming/hashtag"] = streaming(event("update", late))
    stream_server.source.search = ("#leak",)
    async with following(stream_server.source) as (told, _):
        await until(lambda: any(isinstance(one, Mention) for one in told))
    assert [one.event for one in told if isinstance(one, Mention)] == [Event.POSTED]
    assert [query for path, query, _ in stream_server.opened if path.endswith("hashtag")] == [{"tag": "leak"}]


async def test_a_storm_is_told_a_few_times(stream_server, monkeypatch):
    stream_server.streams["/api/v1/streaming/user"] = streaming(*[event("notification", {})] * 500)
    async with following(stream_server.source) as (told, _):
        await asyncio.sleep(4)
    assert 1 <= len(told) <= 3


async def test_a_stream_that_ends_at_once_is_begun_anew_later_each_time(stream_server, monkeypatch):
    monkeypatch.setattr(stirring, "FIRST_WAIT", 0.2)
    stream_server.streams["/api/v1/streaming/user"] = streaming(hold=False)
    async with following(stream_server.source) as (_, task):
        await asyncio.sleep(4)
        assert not task.done()
    assert 3 <= len(stream_server.opened) <= 7


async def test_a_server_without_streams_is_not_asked_again_and_again(stream_server):
    async with following(stream_server.source) as (told, task):
        await asyncio.sleep(2)
        assert not task.done()
    assert told == []
    assert len(stream_server.opened) == 1


async def test_a_dead_token_ends_what_pushes(stream_server):
    async def refused(_):
        return web.json_response({"error": "The access token is invalid"}, status=401)

    stream_server.streams["/api/v1/streaming/user"] = refused
    async with following(stream_server.source) as (_, task):
        with pytest.raises(DoorClosed) as closed:
            await asyncio.wait_for(task, 5)
    assert closed.value.whole


@pytest.mark.parametrize(
    ("told", "streaming_url"),
    [
        ("wss://streaming.m.example", "https://streaming.m.example"),
        ("https://streaming.m.example", "https://streaming.m.example"),
        ("ws://streaming.m.example", "own"),  # not encrypted: our token is not told there
        ("wss://", "own"),
        (None, "own"),
        (7, "own"),
    ],
)
async def test_streams_are_where_the_server_says_if_our_token_is_safe_there(script, told, streaming_url):
    script.answers["GET", "/api/v2/instance"] = {"configuration": {"urls": {"streaming": told}}}
    server = Server(script.client)
    await server.learn()
    assert server.streaming == (script.url if streaming_url == "own" else streaming_url)
