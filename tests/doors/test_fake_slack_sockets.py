"""Proves the fake Slack's Socket Mode with the real client: several connections, refreshes, cuts, outages."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack, Limits
from tests.fakes.slack.hand import Hand
from tests.fakes.slack.sample_app import over_socket, sample_app


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(limits=Limits(burst=10)) as fake:
        fake.add_user("ana", user_id="U1")
        fake.add_channel("crisis", channel_id="C1")
        yield fake


async def test_each_payload_goes_to_one_of_several_connections(slack: FakeSlack):
    first: list[dict[str, Any]] = []
    second: list[dict[str, Any]] = []
    async with over_socket(slack, sample_app(slack, first)), over_socket(slack, sample_app(slack, second)):
        await slack.sockets.connected(2)
        for number in range(6):
            assert (await slack.command("U1", "/crisis", str(number))).acknowledged
    assert (len(first), len(second)) == (3, 3)


async def test_the_client_connects_anew_when_asked_and_misses_nothing(slack: FakeSlack):
    heard: list[dict[str, Any]] = []
    async with over_socket(slack, sample_app(slack, heard)):
        old = slack.sockets.connections[0]
        await slack.sockets.ask_to_reconnect("refresh_requested")
        await slack.sockets.connected()
        assert (await slack.command("U1", "/crisis", "after")).acknowledged
        assert old not in [c for c in slack.sockets.connections if c.usable]


async def test_a_payload_during_a_cut_is_not_acknowledged(slack: FakeSlack):
    heard: list[dict[str, Any]] = []
    slack.limits.ack_seconds = 0.3
    async with over_socket(slack, sample_app(slack, heard)):
        await slack.sockets.cut()
        await asyncio.sleep(0.1)
        assert not (await slack.command("U1", "/crisis", "lost")).acknowledged
    assert heard == []


async def test_an_event_that_found_no_connection_is_repeated(slack: FakeSlack):
    heard: list[dict[str, Any]] = []
    slack.limits.retry_delays = (0.5,)
    delivered = await slack.open_home("U1")
    async with over_socket(slack, sample_app(slack, heard)):
        await asyncio.wait_for(delivered.over.wait(), 5)
    assert [ack.how for ack in delivered.attempts] == ["nobody", "socket"]
    assert [h["event_id"] for h in heard] == [delivered.event_id]


async def test_an_eleventh_connection_is_sent_away(slack: FakeSlack):
    slack.limits.socket_connections = 1
    client = AsyncWebClient(base_url=slack.base_url)
    async with over_socket(slack, sample_app(slack, [])), aiohttp.ClientSession() as session:
        url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
        async with session.ws_connect(url) as socket:
            frame = await socket.receive_json()
    assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")


async def test_a_ticket_works_once(slack: FakeSlack):
    client = AsyncWebClient(base_url=slack.base_url)
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)


async def test_an_outage_drops_the_sockets_and_the_client_returns_after_it(slack: FakeSlack):
    heard: list[dict[str, Any]] = []
    app = sample_app(slack, heard)
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.2)
    await handler.connect_async()
    await slack.sockets.connected()
    slack.down = True
    await asyncio.sleep(0.3)
    assert slack.sockets.connections == []
    slack.down = False
    await slack.sockets.connected(seconds=15)
    assert (await slack.command("U1", "/crisis", "back")).acknowledged
    await handler.close_async()


async def test_the_page_to_act_by_hand_clicks_commands_and_submits():
    heard: list[dict[str, Any]] = []
    slack = FakeSlack(limits=Limits(burst=10))
    slack.add_user("ana", user_id="U1")
    slack.add_channel("crisis", channel_id="C1")
    slack.pages = Hand(slack).routes()
    async with slack, over_socket(slack, sample_app(slack, heard)), aiohttp.ClientSession(slack.base_url.removesuffix("api/")) as browser:

        async def act(what: str, **form: str) -> str:
            async with browser.post(f"/act/{what}", data={"user": "U1", "channel": "C1", **form}) as page:
                return await page.text()

        button = {"type": "button", "action_id": "claim", "text": {"type": "plain_text", "text": "Claim <it>"}}
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        ts = (await client.chat_postMessage(channel="C1", text="x", blocks=[{"type": "actions", "elements": [button]}]))["ts"]
        shown = await act("click", ts=ts, action_id="claim")
        assert "acknowledged in" in shown
        assert "Claim &lt;it&gt;" in shown
        assert "<h3>A form</h3>" in await act("command", text="/crisis form")
        assert "closed" in await act("submit", reason="water")
    assert [h.get("type", "command") for h in heard] == ["block_actions", "command", "view_submission"]
