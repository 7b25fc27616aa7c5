"""What is wrong with the house itself is found, told to the owners by every door, past the outbox, once, and once when it is over."""

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from handlers.errors import DoorClosed, Refused, TryLater, Unconfirmed
from handlers.escalation.course import STEP
from handlers.watch.findings import CODES, TICKS_LATE, Announcement, Finding, Ledger
from storage import deadlines, health, outbox, tables
from storage.database import Store
from storage.deadlines import Deadline
from storage.migrate import upgrade
from storage.types import NORMAL
from templates import LANGUAGES, say
from tests.handlers.watched import URL, under_watch

EVERYWHERE = ["slack:C1", "slack:U-Ada", "teams:T1", "ada@example.com"]


@pytest.fixture
async def watched(store, dial):
    """A house that was well when it was last looked at."""
    found = await under_watch(store, dial)
    await found.look()
    return found


async def put(watched, lane="slack:C1", not_before=None):
    async with watched.house.store.begin() as work:
        wish = outbox.Wish(lane.partition(":")[0], lane, "post", "words", NORMAL, facts={"name": "x", "facts": {}}, not_before=not_before)
        await outbox.put(work, [wish])
        await work.commit()


async def report(watched, door, state, reason=None):
    async with watched.house.store.begin() as work:
        await health.report(work, door, state, reason)
        await work.commit()


async def spend(watched, lane="slack:C1", until=None):
    """Somebody tries a row of this lane now, or the destination asks for quiet."""
    async with watched.house.store.begin() as work:
        limits = watched.slack.limits(lane.partition(":")[2], "post")
        if until:
            await outbox.buckets.pause(work, limits[0].name, until)
        else:
            await outbox.buckets.take(work, limits)
        await work.commit()


async def test_a_house_that_is_well_tells_nobody_anything(watched):
    await watched.look(20)
    assert watched.told() == [] and watched.watch.found() == [] and watched.watch.unfit() == []


# the database


async def test_a_database_that_goes_away_is_told_once_by_every_door_and_its_return_too(fresh_postgres, postgres, dial):
    store = Store(fresh_postgres, dial)
    watched = await under_watch(store, dial)
    await watched.look(2)
    postgres.stop()
    try:
        await watched.look(5)
        assert watched.watch.unfit() == watched.watch.found() == ["database_away"]
        assert watched.told() == [(where, "watch.title", "database_away") for where in EVERYWHERE]
    finally:
        postgres.start()
    await watched.look(5)
    assert watched.watch.unfit() == [] and len(watched.told()) == 4, "not before it has stayed for a while"
    await watched.look(3)
    assert len(watched.told()) == 8
    assert watched.codes() == {("watch.title", "database_away"), ("watch.over_title", "database_away")}
    over = watched.mail.told[-1].notice
    assert over.over and over.thread == watched.mail.told[0].notice.thread
    assert over.lines[0].facts["seconds"] == 25, "how long it was away"
    await store.close()


async def test_who_is_told_is_remembered_since_the_database_may_be_what_is_away(dial, tmp_path):
    file = tmp_path / "t.db"
    store = Store(f"sqlite:///{file}", dial)
    await upgrade(store)
    watched = await under_watch(store, dial)
    await watched.look()
    await store.close()
    file.rename(tmp_path / "away.db")
    file.mkdir()
    await watched.look(3)
    assert watched.told() == [(where, "watch.title", "database_away") for where in EVERYWHERE]
    await store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 4 MB, where the machine lets us mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        os.getuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], check=False, capture_output=True).returncode
    ):
        pytest.skip("no right to mount a small disk here")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


async def test_a_disk_that_is_full_is_told_and_what_was_accepted_is_still_there(small_disk: Path, dial):
    store = Store(f"sqlite:///{small_disk}/t.db", dial)
    await upgrade(store)
    watched = await under_watch(store, dial)
    await watched.look()
    (small_disk / "ballast").write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize))
    await watched.look(400)  # the journal still had a little room
    assert watched.watch.unfit() == ["disk_full"]
    assert watched.told(watched.mail) == [("ada@example.com", "watch.title", "disk_full")]
    (small_disk / "ballast").unlink()
    await watched.look()
    assert watched.watch.unfit() == []
    async with store.read() as work:
        assert await work.scalar(sa.select(sa.func.count()).select_from(tables.people)) == 1
    await store.close()


async def test_what_catches_up_after_an_outage_is_not_told_as_a_second_one(watched, tmp_path):
    watched.watch.looks._calm_until = watched.clocks().awake + 60
    watched.ticking.stopped = ["expire"]
    await watched.look(10)
    assert watched.told() == [] and watched.watch.unfit() == []
    await watched.look(10)
    assert watched.codes() == {("watch.title", "ticks_late")}, "but one that stays away is"


# ticks


async def test_ticks_that_stopped_are_told_together_and_make_this_process_unfit(watched):
    watched.ticking.stopped = ["climb", "due", "alarm", "fold", "learn", "recover"]
    await watched.look(3)
    assert watched.told() == [(where, "watch.title", "ticks_late") for where in EVERYWHERE]
    assert watched.mail.told[0].notice.lines[0].facts == {"names": ("alarm", "climb", "due", "fold", "learn"), "more": 1}
    assert "tick_late:climb" in watched.watch.unfit() and watched.watch.found() == ["ticks_late"]
    watched.ticking.stopped = []
    await watched.look(6)
    assert ("ada@example.com", "watch.over_title", "ticks_late") in watched.told() and watched.watch.unfit() == []


async def test_a_tick_that_runs_but_fails_is_told_and_leaves_the_process_in_the_balancer(watched):
    watched.ticking.fails = ["expire"]
    await watched.look(3)
    assert watched.codes() == {("watch.title", "ticks_failing")}
    assert watched.watch.unfit() == [] and watched.watch.found() == ["ticks_failing"]


async def test_a_tick_that_stops_too_later_is_told_when_ten_minutes_have_passed(watched):
    watched.ticking.stopped = ["expire"]
    await watched.look(3)
    watched.ticking.stopped = ["climb", "expire"]
    await watched.look(100)
    assert len(watched.told(watched.mail)) == 1
    await watched.look(40)
    assert [one.notice.lines[0].facts["names"] for one in watched.mail.told] == [("expire",), ("climb", "expire")]


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
    for _ in range(50):
        await put(watched)
    for _ in range(40):
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
    await watched.look(30)
    assert watched.told() == []


async def test_an_untrusted_workspace_is_neither_stalled_nor_told(watched):
    ada = await watched.house.acts.staff.somebody("admin")
    await watched.house.acts.workspaces.mark(ada, "slack", trusted=False)
    await put(watched)
    watched.ticking.stopped = ["climb"]
    await watched.look(30)
    assert watched.watch.found() == ["ticks_late"]
    assert [where for where, *_ in watched.told()] == ["teams:T1", "ada@example.com"]


async def test_a_lane_of_a_door_that_we_do_not_have_is_not_ours_to_watch(watched):
    await put(watched, lane="x-old:@acme")
    await watched.look(30)
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
    await watched.look(30)
    assert watched.told() == []


async def test_a_step_that_was_told_is_not_overdue(watched):
    await arm(watched)
    async with watched.house.store.begin() as work:
        await deadlines.mark_told(work, [one.id for one in await deadlines.due(work, await work.now(), kinds=(STEP,))])
        await work.commit()
    await watched.look(30)
    assert watched.told() == []


# time


@pytest.mark.parametrize(("span", "said"), [({"hours": 1}, 3600), ({"hours": -1}, -3600), ({"seconds": 7}, 7)])
async def test_a_clock_that_was_set_is_told_at_once_and_never_over(watched, span, said):
    watched.clocks.set(**span)
    await watched.look(20)
    assert watched.told() == [(where, "watch.title", "clock_jumped") for where in EVERYWHERE]
    assert watched.mail.told[0].notice.lines[0].facts == {"seconds": said}
    assert watched.watch.found() == ["clock_jumped"]
    await watched.look(120)
    assert watched.watch.found() == [] and watched.watch.unfit() == []


async def test_a_clock_that_is_put_right_little_by_little_is_not_told(watched):
    for _ in range(20):
        watched.clocks.set(seconds=1)
        await watched.look()
    assert watched.told() == []


async def test_a_machine_that_slept_is_told_as_that_and_not_as_a_clock_that_was_set(watched):
    watched.clocks.sleep(hours=8)
    watched.ticking.stopped = ["climb"]
    await watched.look()
    watched.ticking.stopped = []
    await watched.look(30)
    assert watched.codes() == {("watch.title", "was_asleep")}
    assert watched.mail.told[0].notice.lines[0].facts == {"seconds": 8 * 3600 + 5}


async def test_a_process_that_was_stopped_for_a_while_is_told_as_asleep(watched):
    watched.dial.forward(minutes=2)
    await watched.look()
    assert watched.codes() == {("watch.title", "was_asleep")}


async def test_our_clock_is_held_against_the_databases(fresh_postgres, dial):
    store = Store(fresh_postgres)  # its own clock, and it is not the dial's year
    watched = await under_watch(store, dial)
    await watched.look(3)
    assert watched.codes() == {("watch.title", "clock_off")} and watched.watch.unfit() == []
    await store.close()


# doors


async def test_when_slack_is_down_the_owner_gets_a_mail(watched):
    watched.slack.closed[""] = DoorClosed("token_revoked", whole=True)
    await report(watched, "slack", health.CLOSED, "token_revoked")
    await watched.look(3)
    assert watched.told() == [("ada@example.com", "watch.title", "doors_closed")], "the channels of others hear by the outbox"
    notice = watched.mail.told[0].notice
    assert (notice.link, notice.language, notice.over) == (URL, "es", False)
    said = notice.lines[0]
    assert say(said.name, "es", doors=[say(one.name, "es", **one.facts) for one in said.facts["doors"]], more=said.facts["more"]) == (
        "Por aquí no pasa nada: slack (cerrado: se ha revocado su token). Lo que iba hacia allí espera y no se pierde."
    )
    watched.slack.closed.clear()
    await report(watched, "slack", health.WELL)
    await watched.look(70)
    assert watched.told(watched.mail)[1:] == [("ada@example.com", "watch.over_title", "doors_closed")]
    assert watched.told(watched.slack) == [("slack:U-Ada", "watch.over_title", "doors_closed")], "there too, once it lets through"


async def test_a_door_that_fails_for_a_moment_is_nothing_to_wake_anybody_for(watched):
    await report(watched, "slack", health.FAILING, "timeout")
    await watched.look(2)
    await report(watched, "slack", health.WELL)
    await watched.look(20)
    assert watched.told() == []


async def test_a_lane_whose_door_is_closed_is_told_as_the_door_alone(watched):
    await put(watched)
    await report(watched, "slack:C1", health.CLOSED, "is_archived")
    await watched.look(30)
    assert watched.watch.found() == ["doors_closed"]


# telling


async def test_a_door_that_fails_does_not_keep_the_others_waiting_and_hears_later(watched):
    watched.slack.fail.extend([TryLater("away", timedelta(seconds=1))] * 2)
    watched.ticking.stopped = ["climb"]
    await watched.look(3)
    assert [where for where, *_ in watched.told()] == ["teams:T1", "ada@example.com"]
    await watched.look(2)
    assert sorted(where for where, *_ in watched.told()) == sorted(EVERYWHERE)


async def test_a_door_that_stays_shut_is_tried_ever_more_seldom(watched):
    watched.mail.closed[""] = DoorClosed("login_refused", whole=True)
    crier, told = watched.watch.crier, Announcement(Finding(TICKS_LATE, watched.dial(), ("climb",), {"names": ("climb",), "more": 0}))
    crier.take(told, watched.watch.looks.team, 0.0)
    for second in range(0, 3600, 5):
        await crier.cry(float(second), {TICKS_LATE})
    assert 10 < len(watched.mail.calls) < 25
    assert len({token for _, token in watched.mail.calls}) == 1
    watched.mail.closed.clear()
    await crier.cry(4000.0, {TICKS_LATE})
    assert watched.told(watched.mail) == [("ada@example.com", "watch.title", "ticks_late")]


async def test_who_missed_it_hears_only_that_it_is_over(watched):
    watched.mail.closed[""] = DoorClosed("login_refused", whole=True)
    watched.ticking.stopped = ["climb"]
    await watched.look(4)
    watched.ticking.stopped = []
    await watched.look(6)
    watched.mail.closed.clear()
    await watched.look(20)
    assert watched.told(watched.mail) == [("ada@example.com", "watch.over_title", "ticks_late")]


async def test_an_address_that_refuses_is_left_alone(watched):
    watched.mail.fail.append(Refused("no_such_address"))
    watched.ticking.stopped = ["climb"]
    await watched.look(30)
    assert len(watched.mail.calls) == 1 and watched.told(watched.mail) == []


@pytest.mark.parametrize(("harmless", "tries"), [(True, 5), (False, 3)])
async def test_what_may_have_rung_rings_a_few_times_at_most(watched, harmless, tries):
    watched.mail.repeats_harmlessly = harmless
    watched.mail.lost.extend([Unconfirmed("timeout")] * 4)
    watched.ticking.stopped = ["climb"]
    await watched.look(40)
    assert len(watched.mail.calls) == tries
    assert len(watched.mail.told) == (1 if harmless else 3)


def test_what_comes_and_goes_rings_every_ten_minutes_at_most(dial):
    ledger, told = Ledger(), []
    for turn in range(240):  # twenty minutes
        found = [Finding(TICKS_LATE, dial(), ("climb",))] if turn % 12 < 5 else []
        told += ledger.note(found, turn * 5.0, dial())
        dial.forward(seconds=5)
    assert [bool(one.ended_at) for one in told] == [False, True, False, True]
    assert told[2].finding.since - told[0].finding.since == timedelta(minutes=10)


async def test_an_owner_of_whom_no_door_knows_and_one_who_left_are_not_told(watched):
    await watched.house.person("Bo", "admin")
    await watched.house.person("Cy", "lead", email="cy@example.com")
    ada = await watched.house.acts.staff.somebody("admin")
    await watched.house.person("Di", "admin", email="di@example.com")
    await watched.house.acts.staff.remove(ada, "Ada")
    watched.ticking.stopped = ["climb"]
    await watched.look(4)
    assert [where for where, *_ in watched.told()] == ["slack:C1", "teams:T1", "di@example.com"]


async def test_two_processes_that_see_the_same_say_the_same_and_each_speaks_for_itself_of_its_own(store, dial):
    one, other = await under_watch(store, dial), await under_watch(store, dial, owners=())
    other.watch.crier.wording = type(other.watch.crier.wording)(URL, "web-2")
    await put(one)
    for each in (one, other):
        each.ticking.stopped = ["climb"]
        await each.look(20)
    shared = [{told.notice.token for told in each.mail.told if told.notice.title.facts["code"] == "lanes_stalled"} for each in (one, other)]
    own = [{told.notice.thread for told in each.mail.told if told.notice.title.facts["code"] == "ticks_late"} for each in (one, other)]
    assert shared[0] == shared[1] and len(shared[0]) == 1
    assert own[0] != own[1] and all(own)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_finding_has_its_words(code, language):
    facts = {"names": ["climb"], "doors": ["slack"], "more": 0, "count": 3, "seconds": -400}
    needs = {name: facts[name] for name in ARGUMENTS.get(code, ())}
    said = [say(f"watch.{code}", language, **needs), say("watch.title", language, code=code), say("watch.remedy", language, code=code)]
    over = [say("watch.over_title", language, code=code), say("watch.over", language, code=code, seconds=90)]
    assert all(len(one) > 10 for one in (*said, *over))


ARGUMENTS = {
    "ticks_late": ("names", "more"),
    "ticks_failing": ("names", "more"),
    "lanes_stalled": ("names", "more"),
    "steps_overdue": ("count", "more"),
    "doors_closed": ("doors", "more"),
    **dict.fromkeys(("clock_off", "clock_jumped", "was_asleep"), ("seconds",)),
}
