"""Channels and workspaces that let nobody through: an alarm, nothing lost, the fallback, and the way back."""

import pytest
import sqlalchemy as sa

from handlers.errors import DoorClosed, Unconfirmed
from storage import cases, tables
from tests.handlers.sending import post_office


@pytest.fixture
async def post(store, dial):
    return await post_office(store, dial, also=("teams",))


@pytest.fixture
async def post_without_fallback(store, dial):
    return await post_office(store, dial, fallback=False, also=("teams",))


def alarms(workspace):
    return [one for one in workspace.messages if one.shows("door.closed")]


async def test_a_closed_channel_is_told_once_to_the_other_workspaces(post_without_fallback):
    post = post_without_fallback
    post.slack.closed["C1"] = DoorClosed("is_archived")
    await post.house.case("my_data")
    for _ in range(4):
        await post.send(20)
        await post.house.ticks.alarm()
    await post.send(5)
    assert len(alarms(post.others["teams"])) == 1
    assert alarms(post.others["teams"])[0].card.title.facts["reason"] == "is_archived"
    assert (await post.door("slack:C1")).state == "closed"


async def test_what_waits_for_a_closed_channel_without_a_fallback_leaves_when_it_opens(post_without_fallback):
    post = post_without_fallback
    post.slack.closed["C1"] = DoorClosed("not_in_channel")
    await post.house.case("my_data")
    await post.send(90)
    assert await post.states(workspace="slack") == ["pending"]
    assert 2 <= post.slack.calls.count(("post", "C1")) <= 4, "tried every half minute, no oftener"
    post.slack.closed.clear()
    await post.send(31)
    assert post.slack.texts("C1") == ["my_data"]
    assert (await post.door("slack:C1")).state == "well"


async def test_a_channel_that_closes_again_is_told_again(post_without_fallback):
    post = post_without_fallback
    for _ in range(2):
        post.slack.closed["C1"] = DoorClosed("is_archived")
        await post.house.case("my_data")
        await post.send(31)
        await post.house.ticks.alarm()
        post.slack.closed.clear()
        await post.send(65)
    assert len(alarms(post.others["teams"])) == 2


async def test_a_revoked_token_closes_the_whole_workspace_which_is_told_to_the_others_only(post):
    post.slack.closed[""] = DoorClosed("token_revoked", whole=True)
    await post.house.case("my_data")
    await post.send(1)
    await post.house.ticks.alarm()
    await post.send(60)
    assert (await post.door("slack")).reason == "token_revoked"
    assert len(alarms(post.others["teams"])) == 1
    assert await post.states(workspace="slack") == ["pending"], "no stale alarm waits for its return, nothing is diverted inside it"
    post.slack.closed.clear()
    await post.send(31)
    assert post.slack.texts("C1") == ["my_data"] and (await post.door("slack")).state == "well"


async def test_a_workspace_that_fails_for_a_moment_is_not_alarmed(post):
    await post.house.case("my_data")
    post.slack.fail.append(Unconfirmed("reset"))
    await post.send()
    await post.house.ticks.alarm()
    await post.send(5)
    await post.house.ticks.alarm()
    assert not alarms(post.others["teams"]) and (await post.door("slack")).state == "well"


async def test_a_workspace_that_keeps_failing_is_alarmed_within_a_minute(post):
    await post.house.case("my_data")
    post.slack.fail.extend(Unconfirmed("connection_refused") for _ in range(50))
    for _ in range(12):
        await post.send(5)
        await post.house.ticks.alarm()
    await post.send(1)
    assert len(alarms(post.others["teams"])) == 1


async def test_what_was_meant_for_a_closed_channel_goes_to_the_fallback_within_a_minute(post):
    post.slack.closed["C1"] = DoorClosed("is_archived")
    cases_ = [await post.house.case(text) for text in ("one", "two", "three")]
    await post.send(60)
    assert sorted(post.slack.texts("C9")) == ["one", "three", "two"]
    ana = await post.house.person("Ana")
    await post.house.cases.claim(ana, cases_[0])
    await post.send(5)
    updated = next(one for one in post.slack.messages if one.place.channel_id == "C9" and len(one.states) == 2)
    assert updated.card.small[0].facts["owner"] == "Ana", "and lives on there"


async def test_a_message_that_may_have_reached_the_closed_channel_is_not_repeated_in_the_fallback(post):
    await post.house.case("my_data")
    post.slack.lost.append(Unconfirmed("timeout"))
    await post.send()
    post.slack.closed["C1"] = DoorClosed("is_archived")
    await post.send(90)
    assert len(post.slack.messages) == 1
    post.slack.closed.clear()
    await post.send(60)
    assert len(post.slack.messages) == 1 and await post.states(workspace="slack") == ["sent"]


async def test_a_case_whose_card_stands_in_a_channel_that_closed_is_shown_in_the_fallback_with_what_is_new(post):
    case = await post.house.case("first", by="ana", conversation_id="c")
    await post.send()
    post.slack.closed["C1"] = DoorClosed("is_archived")
    await post.house.case("still waiting", by="ana", conversation_id="c")
    await post.send(75)
    new = next(one for one in post.slack.messages if one.place.channel_id == "C9" and not one.place.thread_id)
    assert new.card.title.facts["number"] == case
    assert [one.card.body[0].raw for one in post.slack.threads(new.id)] == ["still waiting"]
    post.slack.closed.clear()
    await post.send(60)
    assert post.slack.messages[0].shows("case.moved"), "once the channel is open again its old card points away"
    assert (await post.door("slack:C1")).state == "well"


async def test_new_cases_go_to_the_first_channel_again_when_it_opens(post):
    post.slack.closed["C1"] = DoorClosed("is_archived")
    await post.house.case("one")
    await post.send(60)
    post.slack.closed.clear()
    await post.house.case("two")
    await post.send(40)
    assert post.slack.texts("C9") == ["one"] and post.slack.texts("C1") == ["two"]
    assert (await post.door("slack:C1")).state == "well"


async def test_a_closed_fallback_takes_nothing(post):
    post.slack.closed["C1"] = DoorClosed("is_archived")
    post.slack.closed["C9"] = DoorClosed("channel_not_found")
    await post.house.case("one")
    for _ in range(3):
        await post.send(40)
    assert await post.states(workspace="slack") == ["pending"]
    post.slack.closed.pop("C9")
    await post.send(60)
    assert post.slack.texts("C9") == ["one"]


async def test_the_status_counts_what_waits_behind_a_closed_channel(post_without_fallback):
    post = post_without_fallback
    post.slack.closed["C1"] = DoorClosed("is_archived")
    for _ in range(3):
        await post.house.case("my_data")
    await post.send(10)
    status = await post.house.desk.status(await post.house.person("Ana"))
    assert {(one.lane, one.state, one.rows) for one in status.backlog} == {("slack:C1", "pending", 3)}
    assert {(door.door, door.state) for door in status.doors if door.state != "well"} == {("slack:C1", "closed")}


async def test_one_card_is_current_in_each_workspace(post):
    case = await post.house.case("first", by="ana", conversation_id="c")
    await post.send()
    post.slack.closed["C1"] = DoorClosed("is_archived")
    await post.house.case("again", by="ana", conversation_id="c")
    await post.send(75)
    async with post.store.read() as work:
        current = [post for post in (await cases.posts_of(work, [case]))[case] if post.current]
        assert sorted((one.workspace, one.channel_id) for one in current) == [("slack", "C9"), ("teams", "T1")]
        assert await work.scalar(sa.select(sa.func.count()).select_from(tables.cases)) == 1
