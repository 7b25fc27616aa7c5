"""What stands still in the rows that all processes share is found: lanes on which nothing leaves, steps that nobody told, closed doors."""

from datetime import timedelta

import pytest

from handlers.errors import DoorClosed
from handlers.escalation.course import STEP
from storage import buckets, deadlines, health
from storage.deadlines import Deadline
from templates import say
from tests.builders import mention
from tests.handlers.watched import EVERYWHERE, URL, put


async def report(watched, door, state, reason=None):
    async with watched.house.store.begin() as work:
        await health.report(work, door, state, reason)
        await work.commit()


async def spend(watched, lane="slack:C1", until=None):
    """Somebody tries a row of this lane now, or the destination asks for quiet."""
    async with watched.house.store.begin() as work:
        limits = watched.slack.limits(lane.partition(":")[2], "post")
        if until:
            await buckets.pause(work, limits[0].name, until)
        else:
            await buckets.take(work, limits)
        await work.commit()


# lanes


async def test_a_lane_on_which_nothing_leaves_is_told(watched):
    await put(watched)
    since = watched.dial()
    await watched.look(11)
    assert watched.told() == []
    await watched.look(4)
    assert watched.told() == [(where, "watch.title", "lanes_stalled") for where in EVERYWHERE]
    notice = watched.mail.told[0].notice
    assert notice.lines[0].facts["names"] == ("slack:C1",) and notice.lines[-1].facts["at"] == since
    assert watched.watch.found() == ["lanes_stalled"] and watched.watch.unfit() == [], "every replica sees the same"


async def test_a_backlog_that_moves_is_no_stall(watched):
    await watched.house.mentions.receive([mention(f"my_data {number}") for number in range(110)])
    await watched.work(90)
    assert watched.told() == [] and 70 < len(watched.slack.messages) < 110, "some waited for more than a minute and wait still"


async def test_a_lane_whose_rows_turn_out_to_be_pointless_moves_too(watched):
    for _ in range(20):
        await put(watched)
        await spend(watched)
        await watched.look()
    assert watched.told() == []


async def test_a_destination_that_asked_for_quiet_is_not_stalled(watched):
    await put(watched)
    await spend(watched, until=watched.dial() + timedelta(seconds=150))
    await watched.look(28)
    assert watched.told() == []
    await watched.look(6)
    assert watched.codes() == {("watch.title", "lanes_stalled")}, "but it is when the quiet is over and nothing leaves"


async def test_what_is_to_leave_later_is_not_stalled(watched):
    await put(watched, not_before=watched.dial() + timedelta(hours=1))
    await watched.look(17)
    assert watched.told() == []


async def test_an_untrusted_workspace_is_neither_stalled_nor_told(watched):
    ada = await watched.house.acts.staff.somebody("admin")
    await watched.house.acts.workspaces.mark(ada, "slack", trusted=False)
    await put(watched)
    watched.ticking.stopped = ["climb"]
    await watched.look(17)
    assert watched.watch.found() == ["ticks_late"]
    assert [where for where, *_ in watched.told()] == ["teams:T1", "ada@example.com"]


async def test_a_lane_of_a_door_that_we_do_not_have_is_not_ours_to_watch(watched):
    await put(watched, lane="x-old:@acme")
    await watched.look(17)
    assert watched.told() == []


# steps


async def arm(watched, *, due_in=0, paused=False, kind=STEP):
    async with watched.house.store.begin() as work:
        now = await work.now()
        await deadlines.arm(work, [Deadline("one", kind, now + timedelta(seconds=due_in), paused_at=now if paused else None)])
        await work.commit()


async def test_a_step_that_is_overdue_by_more_than_a_minute_is_told(watched):
    await arm(watched)
    await watched.look(11)
    assert watched.told() == []
    await watched.look(4)
    assert watched.told() == [(where, "watch.title", "steps_overdue") for where in EVERYWHERE]
    assert watched.mail.told[0].notice.severity == "critical"
    async with watched.house.store.begin() as work:
        await deadlines.meet(work, "one")
        await work.commit()
    await watched.look(6)
    assert ("ada@example.com", "watch.over_title", "steps_overdue") in watched.told()


@pytest.mark.parametrize("how", [{"paused": True}, {"due_in": 3600}, {"kind": "unheard_of"}])
async def test_a_step_that_stands_still_or_is_not_due_is_not_overdue(watched, how):
    await arm(watched, **how)
    await watched.look(17)
    assert watched.told() == []


async def test_a_step_that_was_told_is_not_overdue(watched):
    await arm(watched)
    async with watched.house.store.begin() as work:
        await deadlines.mark_told(work, [one.id for one in await deadlines.due(work, await work.now(), kinds=(STEP,))])
        await work.commit()
    await watched.look(17)
    assert watched.told() == []


# doors


async def test_when_slack_is_down_the_owner_gets_a_mail(watched):
    watched.slack.closed[""] = DoorClosed("token_revoked", whole=True)
    await watched.house.case()
    await watched.work(20)
    assert watched.told() == [("ada@example.com", "watch.title", "doors_closed")], "the channels of others hear by the outbox"
    notice = watched.mail.told[0].notice
    assert (notice.link, notice.language, notice.over) == (URL, "es", False)
    said = notice.lines[0]
    assert say(said.name, "es", doors=[say(one.name, "es", **one.facts) for one in said.facts["doors"]], more=said.facts["more"]) == (
        "Por aquí no pasa nada: slack (cerrado: se ha revocado su token). Lo que iba hacia allí espera y no se pierde."
    )
    watched.slack.closed.clear()
    await watched.work(90)
    assert watched.told(watched.mail)[1:] == [("ada@example.com", "watch.over_title", "doors_closed")]
    assert watched.told(watched.slack) == [], "nobody has to be told through a door that it opened"


async def test_a_door_that_fails_for_a_moment_is_nothing_to_wake_anybody_for(watched):
    await report(watched, "slack", health.FAILING, "timeout")
    await watched.look(2)
    await report(watched, "slack", health.WELL)
    await watched.look(20)
    assert watched.told() == []


async def test_a_lane_whose_door_is_closed_is_told_as_the_door_alone(watched):
    await put(watched)
    await report(watched, "slack:C1", health.CLOSED, "is_archived")
    await watched.look(17)
    assert watched.watch.found() == ["doors_closed"]
