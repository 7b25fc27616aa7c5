"""The one way out: what leaves, in which order, and what happens when the destination does not say yes."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from handlers.errors import DoorClosed, Refused, TryLater, Unconfirmed
from handlers.ports import Words


async def test_a_card_is_posted_and_its_case_knows_where(post):
    case = await post.house.case("my_data")
    await post.send()
    assert post.slack.texts("C1") == ["my_data"]
    assert await post.states() == ["sent"]
    assert (await post.rows())[0].external_id == post.slack.messages[0].id
    thread = await post.house.desk.thread(await post.house.person("Ana"), case)
    assert thread.view.case.id == case


async def test_the_gravest_leaves_first(post):
    for text in ("low", "normal", "critical", "high"):
        await post.house.case(text)
    await post.send(3)
    assert post.slack.texts() == ["critical", "high", "normal", "low"]


async def test_a_low_case_that_waited_long_overtakes_a_fresh_high_one_but_never_a_critical_one(post):
    await post.house.case("low")
    post.dial.forward(minutes=61)
    await post.house.case("high")
    await post.house.case("critical")
    await post.send(2)
    assert post.slack.texts() == ["critical", "low", "high"]


async def test_one_channel_gets_one_post_a_second_and_two_channels_two(post):
    for _ in range(3):
        await post.house.case("my_data")
        await post.house.case("ordinary question")
    await post.send()
    assert len(post.slack.messages) == 2
    await post.send(1)
    assert len(post.slack.messages) == 4


async def test_ten_changes_cost_one_update_which_shows_the_last(post):
    case, ana = await post.house.case("my_data"), await post.house.person("Ana")
    await post.send()
    for _ in range(4):
        await post.house.tags.toggle(ana, case, "phishing")
        await post.house.tags.toggle(ana, case, "press")
    await post.house.cases.claim(ana, case)
    await post.send(5)
    assert [act for act, _ in post.slack.calls] == ["post", "update"]
    assert post.slack.messages[0].card.small[0].facts["owner"] == "Ana"


async def test_a_change_during_the_send_is_sent_after_it(post):
    case, ana = await post.house.case("my_data"), await post.house.person("Ana")
    post.slack.during = lambda: post.house.cases.claim(ana, case)
    await post.send(2)
    assert [act for act, _ in post.slack.calls] == ["post", "update"]
    assert [card.small[0].facts["owner"] for card in post.slack.messages[0].states] == ["", "Ana"]
    assert await post.states() == ["sent"]


async def test_what_was_taken_without_an_answer_is_found_and_not_posted_twice(post):
    case, ana = await post.house.case("my_data"), await post.house.person("Ana")
    post.slack.lost.append(Unconfirmed("timeout"))
    await post.send()
    assert await post.states() == ["failed_for_now"]
    await post.house.cases.claim(ana, case)
    await post.send(5)
    assert [act for act, _ in post.slack.calls][:2] == ["post", "find"] and len(post.slack.messages) == 1
    assert post.slack.messages[0].card.small[0].facts["owner"] == "Ana", "found as it was, then shown as it is"
    assert await post.states() == ["sent"]


async def test_what_surely_did_not_arrive_is_posted(post):
    await post.house.case("my_data")
    post.slack.fail.append(Unconfirmed("reset"))
    await post.send(5)
    assert [act for act, _ in post.slack.calls] == ["post", "find", "post"]
    assert len(post.slack.messages) == 1


async def test_a_row_that_waited_for_hours_asks_only_about_the_time_since_its_first_try(post):
    await post.house.case("my_data")
    post.dial.forward(hours=50)
    tried_at = post.dial.at
    post.slack.lost.append(Unconfirmed("timeout"))
    await post.send()
    assert (await post.rows())[0].first_tried_at == tried_at
    await post.send(3)
    assert len(post.slack.messages) == 1


async def test_a_sender_that_dies_leaves_its_row_to_another_who_asks_first(post):
    await post.house.case("my_data")
    dead = post.sender()
    row = await anext(dead._claims())
    sent = await dead.ways["slack"].send(row)
    await post.send(50)
    assert await post.states() == ["sending"], "while the lease runs nobody else touches it"
    await post.send(15)
    assert len(post.slack.messages) == 1 and await post.states() == ["sent"]
    await dead._finish(row, replace(sent, external_id="late"))
    assert (await post.rows())[0].external_id == post.slack.messages[0].id, "a lost lease finishes nothing"


async def test_an_answer_that_never_comes_is_an_unknown_outcome(post):
    await post.house.case("my_data")
    post.slack.hangs = True
    await replace(post.sender(), lease=timedelta(seconds=0.2)).drain()
    assert [(row.state, row.error) for row in await post.rows()] == [("failed_for_now", "timeout")]


async def test_a_destination_that_asks_for_quiet_is_left_alone_by_all_lanes_that_share_the_limit(post):
    for text in ("my_data", "my_data again", "ordinary question"):
        await post.house.case(text)
    post.slack.fail.append(TryLater("rate_limited", timedelta(seconds=30), "slack#post"))
    await post.send(1)
    before = len(post.slack.calls)
    assert before <= 2
    await post.send(27)
    assert len(post.slack.calls) == before
    await post.send(5)
    assert sorted(post.slack.texts()) == ["my_data", "my_data again", "ordinary question"]
    assert "find" not in {act for act, _ in post.slack.calls}, "it said that it did not take it"


async def test_quiet_for_one_channel_stops_no_other(post):
    await post.house.case("my_data")
    post.slack.fail.append(TryLater("rate_limited", timedelta(seconds=30)))
    await post.send()
    await post.house.case("ordinary question")
    await post.house.case("my_data again")
    await post.send(20)
    assert post.slack.texts() == ["ordinary question"]
    await post.send(15)
    assert len(post.slack.messages) == 3


async def test_what_is_refused_is_given_up_and_counted(post):
    await post.house.case("my_data")
    post.slack.fail.append(Refused("invalid_blocks"))
    await post.send(60)
    assert post.slack.calls == [("post", "C1")]
    status = await post.house.desk.status(await post.house.person("Ana"))
    assert [(one.state, one.rows) for one in status.backlog] == [("failed_for_good", 1)]


async def test_nothing_leaves_for_a_workspace_that_is_not_trusted_until_it_is_again(post):
    admin = await post.house.person("Max", "admin")
    await post.house.case("my_data")
    await post.house.workspaces.mark(admin, "slack", trusted=False)
    await post.send(30)
    assert not post.slack.calls
    assert await post.sender()._pause() >= 0.2, "a sender must not spin on what it may not send"
    await post.house.workspaces.mark(admin, "slack", trusted=True)
    await post.send(1)
    assert post.slack.texts() == ["my_data"]


async def test_a_row_that_cannot_be_shown_does_not_stop_the_others(post):
    async with post.store.begin() as work:
        await post.house.board.tell(work, "crisis", Words("door.no_such_message", {}), None, 3)
        await work.commit()
    await post.house.case("my_data")
    post.slack.fail.append(ValueError("a bug"))
    await post.send(4)
    assert "my_data" in post.slack.texts()


async def test_a_case_that_cannot_be_confirmed_is_left_to_a_person_in_the_end(post):
    await post.house.case("my_data")
    post.slack.fail.extend(Unconfirmed("odd") for _ in range(40))
    for _ in range(25):
        post.dial.forward(minutes=2)
        await post.send()
    assert await post.states() == ["unconfirmed"]


async def test_a_sender_runs_until_told_and_survives_a_wrong_row(post):
    stop = asyncio.Event()
    running = asyncio.create_task(post.sender().run(stop))
    await post.house.case("my_data")
    async with asyncio.timeout(5):
        while not post.slack.messages:
            await asyncio.sleep(0.01)
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_a_closed_door_keeps_the_attempt_uncounted(post):
    await post.house.case("my_data")
    post.slack.closed["C1"] = DoorClosed("is_archived")
    await post.send()
    assert [(row.attempt, row.state, row.error) for row in await post.rows()] == [(0, "pending", "is_archived")]
