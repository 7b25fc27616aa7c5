"""Proves the fake Slack with the real SDK: whatever is built on it may trust it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack

BUTTONS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "A customer writes"}},
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [
            {"type": "button", "action_id": "claim", "text": {"type": "plain_text", "text": "Claim"}, "value": "7"},
            {"type": "button", "action_id": "close", "text": {"type": "plain_text", "text": "Close"}, "value": "7"},
        ],
    },
]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        fake.add_user("ana", user_id="U1", email="ana@example.com")
        fake.add_channel("crisis", channel_id="C1", is_private=True)
        yield fake


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, timeout=5)


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_the_sdk_posts_changes_reads_and_deletes_a_message(slack: FakeSlack, client: AsyncWebClient):
    posted = await client.chat_postMessage(channel="C1", text="hello", blocks=BUTTONS)
    await client.chat_update(channel="C1", ts=posted["ts"], text="changed", blocks=BUTTONS[:1])
    seen = (await client.conversations_history(channel="C1"))["messages"]
    assert [(m["text"], len(m["blocks"]), m["bot_id"]) for m in seen] == [("changed", 1, slack.state.bot_id)]
    assert [len(v["blocks"]) for v in slack.channel("C1").versions[posted["ts"]]] == [2, 1]
    await client.chat_delete(channel="C1", ts=posted["ts"])
    assert slack.channel("crisis").messages == []


async def test_auth_test_names_the_bot_and_its_scopes(slack: FakeSlack, client: AsyncWebClient):
    slack.token().scopes = {"chat:write", "commands"}
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == (slack.state.bot_user, slack.state.bot_id)
    assert answer.headers["x-oauth-scopes"] == "chat:write,commands"


async def test_the_second_post_in_a_second_is_refused_with_retry_after(slack: FakeSlack, client: AsyncWebClient):
    await client.chat_postMessage(channel="C1", text="one")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="two")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    assert [(r.method, r.channel, r.limit) for r in slack.rate_limited] == [("chat.postMessage", "C1", "channel")]
    await asyncio.sleep(1)
    await client.chat_postMessage(channel="C1", text="two")


def listening(slack: FakeSlack, client: AsyncWebClient, heard: list[dict[str, Any]]) -> AsyncApp:
    """A small app that knows one button, one command, one modal and one event."""
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    @app.action("claim")
    async def claim(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        heard.append(body)
        await ack()

    return app


@pytest.fixture
async def http_app(slack: FakeSlack, client: AsyncWebClient) -> AsyncIterator[tuple[AsyncApp, list[dict[str, Any]]]]:
    heard: list[dict[str, Any]] = []
    app = listening(slack, client, heard)
    server = app.server(port=0, path="/slack/events", host="127.0.0.1")
    runner = aiohttp.web.AppRunner(server.web_app, shutdown_timeout=0.2)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.http_target = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield app, heard
    await runner.cleanup()


@pytest.fixture
async def socket_app(slack: FakeSlack, client: AsyncWebClient) -> AsyncIterator[tuple[AsyncApp, list[dict[str, Any]]]]:
    heard: list[dict[str, Any]] = []
    app = listening(slack, client, heard)
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    await slack.sockets.connected()
    yield app, heard
    await handler.close_async()


async def test_a_click_reaches_a_bolt_app_by_signed_http(slack: FakeSlack, client: AsyncWebClient, http_app: Any):
    posted = await client.chat_postMessage(channel="C1", text="card", blocks=BUTTONS)
    ack = await slack.click("U1", "C1", posted["ts"], "claim")
    assert (ack.how, ack.acknowledged, ack.status) == ("http", True, 200)
    assert 0 < ack.seconds < 3
    [body] = http_app[1]
    assert body["actions"][0] | {"action_ts": ""} == {
        "type": "button",
        "action_id": "claim",
        "block_id": "acts",
        "value": "7",
        "text": {"type": "plain_text", "text": "Claim"},
        "action_ts": "",
    }
    assert body["user"]["id"] == "U1"
    assert body["message"]["ts"] == posted["ts"]


async def test_a_click_reaches_a_bolt_app_by_socket_mode(slack: FakeSlack, client: AsyncWebClient, socket_app: Any):
    posted = await client.chat_postMessage(channel="C1", text="card", blocks=BUTTONS)
    ack = await slack.click("U1", "C1", posted["ts"], "claim")
    assert (ack.how, ack.acknowledged) == ("socket", True)
    assert [b["container"]["message_ts"] for b in socket_app[1]] == [posted["ts"]]


async def test_a_wrongly_signed_request_is_refused_by_bolt(slack: FakeSlack, client: AsyncWebClient, http_app: Any):
    posted = await client.chat_postMessage(channel="C1", text="card", blocks=BUTTONS)
    slack.delivery.signing_secret = "another"
    ack = await slack.click("U1", "C1", posted["ts"], "claim")
    assert (ack.acknowledged, ack.status, http_app[1]) == (False, 401, [])
