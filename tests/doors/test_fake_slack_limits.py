"""Proves that the fake Slack refuses what Slack refuses for being too much, and fails as it is told to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack, Limits, ManualClock
from tests.fakes.slack.limits import Pace, Window


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        fake.add_user("ana", user_id="U1")
        for name in ("C1", "C2", "C3"):
            fake.add_channel(name.lower(), channel_id=name)
        yield fake


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    """Without the SDK's own repetition, which would hide what the fake answered."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, timeout=1, retry_handlers=[])


async def limited(call: Any) -> tuple[int, str]:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response.status_code, caught.value.response.headers.get("Retry-After", "")


async def test_the_second_post_in_a_second_is_refused_with_retry_after(slack: FakeSlack, client: AsyncWebClient):
    await client.chat_postMessage(channel="C1", text="one")
    assert await limited(client.chat_postMessage(channel="#c1", text="two")) == (429, "1")
    await client.chat_postMessage(channel="C2", text="elsewhere")
    assert [(r.method, r.channel, r.limit) for r in slack.rate_limited] == [("chat.postMessage", "C1", "channel")]
    await asyncio.sleep(1)
    await client.chat_postMessage(channel="C1", text="two")


async def test_a_person_and_their_direct_conversation_are_one_place(slack: FakeSlack, client: AsyncWebClient):
    direct = (await client.conversations_open(users="U1"))["channel"]["id"]
    await client.chat_postMessage(channel="U1", text="one")
    assert await limited(client.chat_postMessage(channel=direct, text="two")) == (429, "1")


async def test_the_sdks_own_retry_handler_obeys_the_fake(slack: FakeSlack, client: AsyncWebClient):
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    for text in ("one", "two"):
        await client.chat_postMessage(channel="C1", text=text)
    assert [m["text"] for m in slack.channel("C1").messages] == ["one", "two"]
    assert len(slack.rate_limited) == 1


async def test_a_burst_can_be_allowed_and_time_can_be_turned_by_hand():
    clock = ManualClock()
    async with FakeSlack(limits=Limits(burst=3), clock=clock) as slack:
        slack.add_channel("c1", channel_id="C1")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        for _ in range(3):
            await client.chat_postMessage(channel="C1", text="x")
        assert await limited(client.chat_postMessage(channel="C1", text="x")) == (429, "1")
        clock.advance(1)
        await client.chat_postMessage(channel="C1", text="x")
        assert await limited(client.chat_postMessage(channel="C1", text="x")) == (429, "1")


async def test_the_whole_workspace_has_a_cap_on_posts(slack: FakeSlack, client: AsyncWebClient):
    slack.limits.workspace_posts_per_minute = 2
    await client.chat_postMessage(channel="C1", text="x")
    await client.chat_postMessage(channel="C2", text="x")
    status, wait = await limited(client.chat_postMessage(channel="C3", text="x"))
    assert (status, slack.rate_limited[0].limit) == (429, "workspace")
    assert 58 <= int(wait) <= 60


async def test_a_tier_is_a_sliding_minute_for_each_method():
    clock = ManualClock()
    async with FakeSlack(clock=clock) as slack:
        slack.add_channel("c1", channel_id="C1")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        for _ in range(50):
            await client.conversations_history(channel="C1")
        assert await limited(client.conversations_history(channel="C1")) == (429, "60")
        await client.conversations_info(channel="C1")
        clock.advance(61)
        await client.conversations_history(channel="C1")


async def test_hastened_time_lets_the_limits_pass_sooner():
    async with FakeSlack(speed=20) as slack:
        slack.add_channel("c1", channel_id="C1")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
        for _ in range(4):
            await client.chat_postMessage(channel="C1", text="x")
            await asyncio.sleep(0.06)
        assert slack.rate_limited == []


def test_a_window_never_holds_more_than_its_quota_in_any_minute():
    window, taken = Window(60), []
    for tenth in range(3000):
        now = tenth / 10
        if not window.wait(now, 7):
            window.take(now)
            taken.append(now)
    assert all(taken[i + 7] - taken[i] >= 60 - 1e-9 for i in range(len(taken) - 7))
    assert len(taken) == 35


def test_a_pace_gives_one_a_second_after_its_burst():
    pace, taken = Pace(), []
    for tenth in range(100):
        now = 1000 + tenth / 10
        if not pace.wait(now, 1.0, 3):
            pace.take(now, 1.0)
            taken.append(tenth)
    assert taken == [0, 1, 2, 10, 20, 30, 40, 50, 60, 70, 80, 90]


async def test_planned_faults_strike_once_each_in_order(slack: FakeSlack, client: AsyncWebClient):
    slack.faults.next("chat.postMessage", "429:7")
    slack.faults.next("chat.postMessage", "error:fatal_error")
    slack.faults.next("chat.postMessage", "500")
    assert await limited(client.chat_postMessage(channel="C1", text="x")) == (429, "7")
    assert await limited(client.chat_postMessage(channel="C1", text="x")) == (200, "")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="x")
    assert caught.value.response.status_code == 500
    assert slack.channel("C1").messages == []
    await client.chat_postMessage(channel="C1", text="x")
    assert [c.answer for c in slack.calls] == ["ratelimited", "fatal_error", "500", "ok"]


@pytest.mark.parametrize("kind", ["timeout", "close", "garbage"])
async def test_a_broken_call_carries_nothing_out(slack: FakeSlack, client: AsyncWebClient, kind: str):
    slack.faults.next("chat.postMessage", kind)
    with pytest.raises((aiohttp.ClientError, TimeoutError, SlackApiError)):
        await client.chat_postMessage(channel="C1", text="x")
    assert slack.channel("C1").messages == []


@pytest.mark.parametrize("kind", ["timeout_after_accept", "close_after_accept", "500_after_accept"])
async def test_an_answer_can_be_lost_after_the_message_was_posted(slack: FakeSlack, client: AsyncWebClient, kind: str):
    slack.faults.next("chat.postMessage", kind)
    with pytest.raises((aiohttp.ClientError, TimeoutError, SlackApiError)):
        await client.chat_postMessage(channel="C1", text="x")
    assert [m["text"] for m in slack.channel("C1").messages] == ["x"]


async def test_the_sdk_repeats_a_post_by_itself_after_a_lost_connection_unless_told_not_to(slack: FakeSlack):
    """Why a client that posts must be made with retry_handlers=[]."""
    slack.limits.burst = 2
    slack.faults.next("chat.postMessage", "close_after_accept")
    await AsyncWebClient(token=slack.bot_token, base_url=slack.base_url).chat_postMessage(channel="C1", text="x")
    assert [m["text"] for m in slack.channel("C1").messages] == ["x", "x"]


async def test_faults_by_chance_repeat_with_their_seed():
    struck = []
    for _ in range(2):
        async with FakeSlack() as slack:
            slack.faults.chance({"500": 0.3}, seed=7, methods={"auth.test"})
            client = AsyncWebClient(token=slack.bot_token, base_url=slack.base_url)
            for _call in range(20):
                with contextlib.suppress(SlackApiError):
                    await client.auth_test()
            struck.append([call.answer for call in slack.calls])
    assert struck[0] == struck[1]
    assert 0 < struck[0].count("500") < 20


async def test_an_unknown_fault_is_a_mistake_of_the_test(slack: FakeSlack):
    with pytest.raises(ValueError, match="no such fault"):
        slack.faults.next("chat.postMessage", "earthquake")


async def test_slack_can_be_down_refuse_or_be_out_of_reach_and_come_back(slack: FakeSlack, client: AsyncWebClient):
    slack.down = True
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response.status_code == 503
    slack.down = "refuse"
    with pytest.raises(aiohttp.ClientError):
        await client.auth_test()
    slack.down = False
    await slack.stop_listening()
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.auth_test()
    await slack.listen()
    assert (await client.auth_test())["ok"]
