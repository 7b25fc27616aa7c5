"""Proves, with a real Bolt app by HTTP and by Socket Mode, what people do in the fake Slack."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import CannotActError, FakeSlack, Limits, ManualClock
from tests.fakes.slack.sample_app import over_http, over_socket, sample_app

CARD = [
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [
            {"type": "button", "action_id": "claim", "text": {"type": "plain_text", "text": "Claim"}, "value": "7"},
            {"type": "button", "action_id": "unheard", "text": {"type": "plain_text", "text": "Nobody listens"}},
        ],
    },
]
Heard = list[dict[str, Any]]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(limits=Limits(burst=10)) as fake:
        fake.add_user("ana", user_id="U1")
        fake.add_user("ben", user_id="U2")
        fake.add_channel("crisis", channel_id="C1", is_private=True, members=["U1"])
        yield fake


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, timeout=5, retry_handlers=[])


@pytest.fixture(params=["http", "socket"])
async def heard(slack: FakeSlack, request: pytest.FixtureRequest) -> AsyncIterator[Heard]:
    """What the app heard, on either road."""
    heard: Heard = []
    road = over_http if request.param == "http" else over_socket
    async with road(slack, sample_app(slack, heard)):
        yield heard


async def card(client: AsyncWebClient) -> str:
    return str((await client.chat_postMessage(channel="C1", text="card", blocks=CARD))["ts"])


async def test_a_click_reaches_the_app_as_slack_would_send_it(slack: FakeSlack, client: AsyncWebClient, heard: Heard):
    ts = await card(client)
    ack = await slack.click("U1", "C1", ts, "claim")
    assert (ack.acknowledged, ack.status) == (True, 200)
    assert 0 < ack.seconds < 3
    [body] = heard
    assert {k: v for k, v in body["actions"][0].items() if k != "action_ts"} == {
        "type": "button",
        "action_id": "claim",
        "block_id": "acts",
        "value": "7",
        "text": {"type": "plain_text", "text": "Claim"},
    }
    assert (body["user"]["id"], body["message"]["ts"], body["channel"]["name"]) == ("U1", ts, "privategroup")
    assert body["response_url"].startswith("http://127.0.0.1:")


async def test_a_click_that_nobody_acknowledges_is_lost_and_never_repeated(slack: FakeSlack, client: AsyncWebClient, heard: Heard):
    slack.limits.ack_seconds = 0.3
    ack = await slack.click("U1", "C1", await card(client), "unheard")
    assert not ack.acknowledged
    assert len(slack.delivery.acks) == 1


async def test_people_cannot_click_what_they_do_not_see(slack: FakeSlack, client: AsyncWebClient):
    ts = await card(client)
    with pytest.raises(CannotActError):
        await slack.click("U2", "C1", ts, "claim")
    with pytest.raises(CannotActError):
        await slack.click("U1", "C1", ts, "not_there")
    await client.chat_update(channel="C1", ts=ts, text="done", blocks=[])
    with pytest.raises(CannotActError):
        await slack.click("U1", "C1", ts, "claim")


async def test_a_stale_card_can_still_be_clicked_on_a_slow_screen(slack: FakeSlack, client: AsyncWebClient, heard: Heard):
    ts = await card(client)
    await client.chat_update(channel="C1", ts=ts, text="claimed", blocks=[])
    ack = await slack.click("U1", "C1", ts, "claim", seen=slack.channel("C1").versions[ts][0])
    assert (ack.acknowledged, heard[0]["actions"][0]["action_id"]) == (True, "claim")


async def test_without_an_app_a_click_reaches_nobody(slack: FakeSlack, client: AsyncWebClient):
    ack = await slack.click("U1", "C1", await card(client), "claim")
    assert (ack.how, ack.acknowledged) == ("nobody", False)


async def test_a_command_is_answered_to_the_person_alone(slack: FakeSlack, heard: Heard):
    ack = await slack.command("U1", "/crisis", "open flood", "C1")
    assert (ack.acknowledged, heard[0]["command"], heard[0]["text"]) == (True, "/crisis", "open flood")
    assert [m["text"] for m in slack.messages_to("U1")] == ["you said open flood"]
    assert slack.messages_to("U2") == []


async def test_a_wrongly_signed_request_is_refused_by_bolt(slack: FakeSlack, client: AsyncWebClient):
    heard: Heard = []
    async with over_http(slack, sample_app(slack, heard)):
        slack.delivery.signing_secret = "another"
        ack = await slack.click("U1", "C1", await card(client), "claim")
    assert (ack.acknowledged, ack.status, heard) == (False, 401, [])


async def test_a_shortcut_carries_the_message_it_was_used_on(slack: FakeSlack, heard: Heard):
    said = await slack.say("U1", "C1", "a customer rang")
    assert (await slack.shortcut("U1", "make_case", "C1", said["ts"])).acknowledged
    assert (await slack.shortcut("U1", "make_case")).acknowledged
    assert [(h["type"], h.get("message", {}).get("text")) for h in heard] == [("message_action", "a customer rang"), ("shortcut", None)]


async def test_mentions_and_direct_messages_become_events_and_chatter_does_not(slack: FakeSlack, heard: Heard):
    await slack.say("U1", "C1", "just talking")
    await slack.say("U1", "C1", f"<@{slack.state.bot_user}> help")
    await slack.say("U1", None, "psst")
    assert [(h["event"]["type"], h["event"]["text"][-4:]) for h in heard] == [("app_mention", "help"), ("message", "psst")]


async def test_an_event_comes_again_with_the_same_id_until_it_is_acknowledged():
    clock, seen = ManualClock(), []
    async with FakeSlack(clock=clock, limits=Limits(ack_seconds=0.2)) as slack:

        async def deaf_at_first(request: aiohttp.web.Request) -> aiohttp.web.Response:
            body = await request.json()
            headers = request.headers
            seen.append((body["event_id"], headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")))
            if len(seen) == 2:
                await asyncio.sleep(0.4)
            return aiohttp.web.Response(status=200 if len(seen) == 4 else 500)

        runner = await served(deaf_at_first, slack)
        delivered = await slack.event({"type": "app_mention", "user": "U1", "text": "x", "channel": "C1"})
        for _ in range(100):
            clock.advance(60)
            await asyncio.sleep(0.02)
            if delivered.over.is_set():
                break
        await runner.cleanup()
    assert [s[1:] for s in seen] == [(None, None), ("1", "http_error"), ("2", "http_timeout"), ("3", "http_error")]
    assert len({s[0] for s in seen}) == 1
    assert delivered.acknowledged


async def test_an_app_may_forbid_the_repetition(slack: FakeSlack):
    asked = []

    async def refuse(request: aiohttp.web.Request) -> aiohttp.web.Response:
        asked.append(request.headers.get("X-Slack-Retry-Num"))
        return aiohttp.web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    runner = await served(refuse, slack)
    delivered = await slack.open_home("U1")
    await runner.cleanup()
    assert (asked, delivered.over.is_set(), delivered.acknowledged) == ([None], True, False)


async def served(handler: Any, slack: FakeSlack) -> aiohttp.web.AppRunner:
    app = aiohttp.web.Application()
    app.router.add_post("/slack/events", handler)
    runner = aiohttp.web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.http_target = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    return runner


async def test_a_request_url_is_verified_by_its_challenge(slack: FakeSlack):
    async with over_http(slack, sample_app(slack, [])):
        assert await slack.events.verify_url()
        slack.delivery.signing_secret = "another"
        assert not await slack.events.verify_url()


async def test_past_the_hourly_limit_events_are_dropped_and_the_app_is_told(slack: FakeSlack):
    slack.limits.events_an_hour, kinds = 2, []

    async def count(request: aiohttp.web.Request) -> aiohttp.web.Response:
        kinds.append((await request.json())["type"])
        return aiohttp.web.Response()

    runner = await served(count, slack)
    for _ in range(3):
        await slack.open_home("U1")
    await runner.cleanup()
    assert kinds == ["event_callback", "event_callback", "app_rate_limited"]


async def test_a_response_url_works_five_times_in_thirty_minutes():
    clock, heard = ManualClock(), []
    async with FakeSlack(clock=clock) as slack:
        slack.add_user("ana", user_id="U1")
        slack.add_channel("crisis", channel_id="C1")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        async with over_http(slack, sample_app(slack, heard)), aiohttp.ClientSession() as session:
            ts = await card(client)
            await slack.click("U1", "C1", ts, "claim")
            await slack.click("U1", "C1", ts, "claim")

            async def post(url: str, body: dict[str, Any]) -> tuple[int, str]:
                async with session.post(url, json=body) as response:
                    return response.status, await response.text()

            first, second = (h["response_url"] for h in heard)
            assert await post(first, {"text": "done", "replace_original": True}) == (200, "ok")
            assert "blocks" not in slack.channel("C1").messages[0]
            for _ in range(4):
                assert (await post(first, {"text": "whisper"}))[0] == 200
            assert (await post(first, {"text": "x"}))[0] == 404
            assert [m["text"] for m in slack.messages_to("U1")] == ["whisper"] * 4
            clock.advance(1801)
            assert "expired_url" in (await post(second, {"text": "x"}))[1]
