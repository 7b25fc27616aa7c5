"""The Workspace port over Slack: what arrived, what did not, how fast, and what is never said twice."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import sqlalchemy as sa
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.workspace import SlackWorkspace
from handlers.errors import DoorClosed, Gone, Refused, TryLater, Unconfirmed
from handlers.escalation.telling import Outcome
from handlers.ports import Card, Place, Words
from handlers.renderer import Renderer
from handlers.sender import Sender
from handlers.showing import ways_to
from storage import tables
from tests.builders import mention
from tests.doors.slack_house import all_text, slack_house, until
from tests.fakes.slack import FakeSlack, Limits

CARD = Card(Words("plain.text", {"text": "hello"}))


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
async def slack():
    async with FakeSlack(limits=Limits(channel_posts_per_second=1000, burst=1000)) as fake:
        fake.add_user("ana", user_id="U1", email="ana@example.com")
        fake.add_channel("crisis", channel_id="C1", is_private=True)
        yield fake


@pytest.fixture
async def workspace(slack):
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.5)) as session:
        yield SlackWorkspace(AsyncWebClient(token=slack.bot_token, base_url=slack.base_url, session=session, retry_handlers=[]))


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        ("429:7", TryLater, "ratelimited"),
        ("500", Unconfirmed, "http_500"),
        ("timeout", Unconfirmed, "timeout"),
        ("timeout_after_accept", Unconfirmed, "timeout"),
        ("close_after_accept", Unconfirmed, "ServerDisconnectedError"),
        ("garbage", Unconfirmed, "unreadable_answer"),
        ("error:internal_error", Unconfirmed, "internal_error"),
        ("error:channel_not_found", DoorClosed, "channel_not_found"),
        ("error:is_archived", DoorClosed, "is_archived"),
        ("error:not_in_channel", DoorClosed, "not_in_channel"),
        ("error:token_revoked", DoorClosed, "token_revoked"),
        ("error:missing_scope", DoorClosed, "missing_scope"),
        ("error:invalid_blocks", Refused, "invalid_blocks"),
        ("error:msg_too_long", Refused, "msg_too_long"),
        ("error:something_new", Refused, "something_new"),
    ],
)
async def test_every_answer_of_slack_says_what_became_of_the_send(slack, workspace, fault, error, reason):
    slack.faults.next("chat.postMessage", fault)
    with pytest.raises(error) as raised:
        await workspace.post(Place("C1"), CARD, "en", "t")
    assert raised.value.reason == reason
    assert len(slack.calls_of("chat.postMessage")) == 1  # nobody repeats it behind our back


@pytest.mark.parametrize(("reason", "whole"), [("account_inactive", True), ("missing_scope", True), ("is_archived", False)])
async def test_a_bad_token_closes_the_whole_workspace_an_archived_channel_its_own_lane(slack, workspace, reason, whole):
    slack.faults.next("chat.postMessage", f"error:{reason}")
    with pytest.raises(DoorClosed) as raised:
        await workspace.post(Place("C1"), CARD, "en", "t")
    assert raised.value.whole is whole


async def test_retry_after_is_obeyed_to_the_second_and_names_the_limit_of_its_method(slack, workspace):
    ts = await workspace.post(Place("C1"), CARD, "en", "t")
    for method, bucket in (
        ("chat.postMessage", ""),
        ("chat.update", "slack:chat.update"),
        ("conversations.history", "slack:conversations.history"),
    ):
        slack.faults.next(method, "429:7")
        with pytest.raises(TryLater) as raised:
            await {
                "chat.postMessage": lambda: workspace.post(Place("C1"), CARD, "en", "t"),
                "chat.update": lambda: workspace.update(Place("C1"), ts, CARD, "en"),
                "conversations.history": lambda: workspace.find(Place("C1"), "t", long_ago()),
            }[method]()
        assert (raised.value.after, raised.value.bucket) == (timedelta(seconds=7), bucket)


async def test_nothing_was_sent_when_nobody_answers_the_door(workspace, slack):
    address = f"http://127.0.0.1:{slack._port + 1 if slack._port < 65535 else 1}/api/"
    async with aiohttp.ClientSession() as session:
        closed = SlackWorkspace(AsyncWebClient(token="xoxb-1", base_url=address, session=session, retry_handlers=[]))
        with pytest.raises(TryLater):
            await closed.post(Place("C1"), CARD, "en", "t")


async def test_an_update_of_a_message_that_is_gone_says_so(workspace):
    with pytest.raises(Gone) as raised:
        await workspace.update(Place("C1"), "1.000001", CARD, "en")
    assert raised.value.reason == "message_not_found"


async def test_a_token_is_found_in_a_channel_a_thread_and_a_direct_message_and_nowhere_else(slack, workspace):
    root = await workspace.post(Place("C1"), CARD, "en", "root")
    reply = await workspace.post(Place("C1", root), CARD, "en", "reply")
    direct = await workspace.post(Place("U1"), CARD, "en", "direct")
    assert await workspace.find(Place("C1"), "root", long_ago()) == root
    assert await workspace.find(Place("C1", root), "reply", long_ago()) == reply
    assert await workspace.find(Place("U1"), "direct", long_ago()) == direct
    assert await workspace.find(Place("C1"), "reply", long_ago()) is None
    assert await workspace.find(Place("C1", "1.000001"), "reply", long_ago()) is None
    await workspace.update(Place("U1"), direct, Card(Words("plain.text", {"text": "changed"})), "en")
    assert "changed" in all_text(slack.messages_to("U1"))


async def test_a_token_is_found_behind_pages_of_other_messages(slack, workspace):
    first = await workspace.post(Place("C1"), CARD, "en", "first")
    for number in range(450):
        slack.state.add_message(slack.channel("C1"), {"user": "U1", "text": str(number)})
    assert await workspace.find(Place("C1"), "first", long_ago()) == first
    assert len(slack.calls_of("conversations.history")) == 3


async def test_no_message_is_unfurled(slack, workspace):
    await workspace.post(Place("C1"), CARD, "en", "t")
    sent = slack.calls_of("chat.postMessage")[0].args
    assert (sent["unfurl_links"], sent["unfurl_media"]) in ((False, False), ("0", "0"))


@pytest.mark.slow
async def test_a_dozen_posts_leave_at_one_a_second_and_slack_never_says_too_many(tmp_path):
    async with slack_house(tmp_path) as there:
        await there.house.mentions.receive([mention("my_data") for _ in range(12)])
        await until(lambda: len(there.messages()) == 12, seconds=20)
        stamps = [float(one["ts"]) for one in there.messages()]
        assert there.slack.rate_limited == []
        assert (len(stamps) - 1) / (stamps[-1] - stamps[0]) >= 0.97


@pytest.mark.slow
async def test_a_new_critical_case_is_the_very_next_post_of_its_channel(tmp_path):
    async with slack_house(tmp_path) as there:
        await there.house.mentions.receive([mention("my_data") for _ in range(12)])
        for posts in (3, 6):
            await until(lambda wanted=posts: len(there.messages()) == wanted, seconds=20)
            await there.house.mentions.receive([mention(f"critical my_data {posts}")])
            await until(lambda wanted=posts: len(there.messages()) > wanted, seconds=20)
            assert f"critical my_data {posts}" in all_text(there.messages()[-1:])
        assert there.slack.rate_limited == []


def test_no_minute_holds_more_posts_or_updates_than_slack_takes():
    workspace = SlackWorkspace(AsyncWebClient())
    for act, most in (("post", 300), ("update", 50)):
        bucket = workspace.limits("C1", act)[1]
        # GCRA: a burst at once, then one per `every`; the fullest minute begins with the burst
        times = [timedelta()] * bucket.burst + [bucket.every * n for n in range(1, 400)]
        assert max(sum(start <= at <= start + timedelta(minutes=1) for at in times) for start in times) < most


async def test_a_burst_of_updates_stays_within_the_window_of_the_method(slack, workspace):
    ts = await workspace.post(Place("C1"), CARD, "en", "t")
    bucket = workspace.limits("C1", "update")[1]
    for _ in range(bucket.burst):
        await workspace.update(Place("C1"), ts, CARD, "en")
    assert slack.rate_limited == []


class Lane:
    """One card on its way to C1 through the real outbox and sender."""

    def __init__(self, house, workspace):
        self.house = house
        self.sender = Sender(
            house.store, ways_to({"slack": workspace}, Renderer(house.store, house.shelf, {"slack": "en"}), Outcome(house.course.caller))
        )

    async def state(self):
        async with self.house.store.read() as work:
            return await work.scalar(sa.select(tables.outbox.c.state))

    async def health(self):
        async with self.house.store.read() as work:
            return {row.door: (row.state, row.reason) for row in await work.execute(sa.select(tables.health))}


@pytest.fixture
async def lane(house, workspace):
    await house.case("my_data")
    return Lane(house, workspace)


@pytest.mark.parametrize("fault", ["timeout_after_accept", "close_after_accept", "500_after_accept"])
async def test_a_post_whose_answer_was_lost_is_found_and_never_posted_twice(slack, lane, dial, fault):
    slack.faults.next("chat.postMessage", fault)
    await lane.sender.drain()
    assert len(slack.channel("C1").messages) == 1
    dial.forward(seconds=5)
    await lane.sender.drain()
    assert len(slack.calls_of("chat.postMessage")) == 1
    async with lane.house.store.read() as work:
        posted = (await work.execute(sa.select(tables.posts.c.message_id))).scalars().all()
    assert list(posted) == [slack.channel("C1").messages[0]["ts"]]


@pytest.mark.parametrize("fault", ["timeout", "close", "500"])
async def test_a_post_that_surely_did_not_arrive_is_posted_again(slack, lane, dial, fault):
    slack.faults.next("chat.postMessage", fault)
    await lane.sender.drain()
    assert slack.channel("C1").messages == []
    dial.forward(seconds=5)
    await lane.sender.drain()
    assert len(slack.channel("C1").messages) == 1


async def test_after_a_429_nobody_posts_there_before_the_time_that_slack_named(slack, lane, dial):
    slack.faults.next("chat.postMessage", "429:30")
    await lane.sender.drain()
    for seconds, calls in ((29, 1), (2, 2)):
        dial.forward(seconds=seconds)
        await lane.sender.drain()
        assert len(slack.calls_of("chat.postMessage")) == calls
    assert len(slack.channel("C1").messages) == 1


async def test_an_archived_channel_is_an_alarm_and_what_was_meant_for_it_waits(slack, lane):
    slack.channel("C1").is_archived = True
    await lane.sender.drain()
    assert (await lane.health())["slack:C1"] == ("closed", "is_archived")
    assert await lane.state() == "pending"


async def test_a_revoked_token_is_an_alarm_of_the_whole_workspace_and_nothing_is_lost(slack, lane, dial):
    slack.token().trouble = "token_revoked"
    await lane.sender.drain()
    assert (await lane.health())["slack"] == ("closed", "token_revoked")
    slack.token().trouble = None
    dial.forward(seconds=31)
    await lane.sender.drain()
    assert len(slack.channel("C1").messages) == 1
    assert (await lane.health())["slack"][0] == "well"


async def test_a_storm_of_faults_loses_nothing_and_doubles_nothing(slack, house, workspace, dial):
    slack.faults.chance({"429": 0.1, "500_after_accept": 0.2, "close_after_accept": 0.1, "500": 0.1}, seed=7, methods={"chat.postMessage"})
    slack.limits.enforce = False
    numbers = [await house.case("my_data") for _ in range(20)]
    sender = Lane(house, workspace).sender
    workspace._pace.every = 0.0
    for _ in itertools.repeat(None, 400):
        await sender.drain()
        dial.forward(seconds=2)
        if len(slack.channel("C1").messages) >= len(numbers) and not slack.faults._odds:
            break
        if len(slack.calls_of("chat.postMessage")) > 60:
            slack.faults.clear()
    titles = sorted(all_text(one["blocks"][:1]).split(" · ")[0].split()[-1] for one in slack.channel("C1").messages)
    assert titles == sorted(f"#{number}" for number in numbers)


async def test_a_post_that_would_wait_too_long_for_its_turn_is_surely_not_sent(slack, workspace):
    slack.faults.next("chat.postMessage", "timeout")
    results = await asyncio.gather(*(workspace.post(Place("C1"), CARD, "en", str(n)) for n in range(4)), return_exceptions=True)
    assert [type(one).__name__ for one in results] == ["Unconfirmed", "str", "TryLater", "TryLater"]
    assert len(slack.channel("C1").messages) == 1


async def test_a_deleted_message_is_gone_and_deleting_it_again_is_fine(slack, workspace):
    message = await workspace.post(Place("C1"), CARD, "en", "t")
    reply = await workspace.post(Place("C1", message), CARD, "en", "t2")
    for _ in range(2):
        await workspace.delete(Place("C1", message), reply)
    assert await workspace.find(Place("C1", message), "t2", long_ago()) is None
    assert await workspace.find(Place("C1"), "t", long_ago()) == message


async def test_a_deletion_in_a_direct_conversation_finds_its_way(slack, workspace):
    message = await workspace.post(Place("U1"), CARD, "en", "t")
    await workspace.delete(Place("U1"), message)
    assert await workspace.find(Place("U1"), "t", long_ago()) is None


@pytest.mark.parametrize(
    ("fault", "error"),
    [("429:7", TryLater), ("error:cant_delete_message", Refused), ("500", Unconfirmed), ("error:channel_not_found", DoorClosed)],
)
async def test_a_deletion_that_slack_does_not_do_says_why(slack, workspace, fault, error):
    message = await workspace.post(Place("C1"), CARD, "en", "t")
    slack.faults.next("chat.delete", fault)
    with pytest.raises(error):
        await workspace.delete(Place("C1"), message)
