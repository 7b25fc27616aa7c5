"""The watch tells the owners by every door: a door that fails hears later, nothing rings too often, every finding has its words."""

from datetime import timedelta

import pytest

from handlers.errors import DoorClosed, Refused, TryLater, Unconfirmed
from handlers.watch.findings import CLOCK_JUMPED, CODES, TICKS_LATE, Announcement, Finding, Ledger
from templates import LANGUAGES, say
from tests.handlers.watched import EVERYWHERE, URL, put, under_watch


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
    await watched.look(17)
    assert len(watched.mail.calls) == 1 and watched.told(watched.mail) == []


@pytest.mark.parametrize(("harmless", "tries"), [(True, 5), (False, 3)])
async def test_what_may_have_rung_rings_a_few_times_at_most(watched, harmless, tries):
    watched.mail.repeats_harmlessly = harmless
    watched.mail.lost.extend([Unconfirmed("timeout")] * 4)
    watched.ticking.stopped = ["climb"]
    await watched.look(25)
    assert len(watched.mail.calls) == tries
    assert len(watched.mail.told) == (1 if harmless else 3)


def test_a_tick_that_stops_too_later_is_told_when_ten_minutes_have_passed(dial):
    ledger, told = Ledger(), []
    for turn in range(150):
        names = ("expire",) if turn < 5 else ("climb", "expire")
        told += [(turn * 5, one.finding.subjects) for one in ledger.note([Finding(TICKS_LATE, dial(), names)], turn * 5.0, dial())]
    assert told == [(10, ("expire",)), (610, ("climb", "expire"))]


def test_what_has_passed_is_said_for_ten_minutes(dial):
    ledger = Ledger()
    jumped = Finding(CLOCK_JUMPED, dial(), facts={"seconds": 60})
    assert [one.ended_at for one in ledger.note([jumped], 0.0, dial())] == [None]
    assert ledger.note([], 5.0, dial()) == [], "and is never over"
    assert ledger.note([jumped], 300.0, dial()) == [], "nor told more often than that"
    assert (ledger.recent(599.0), ledger.recent(601.0)) == ({CLOCK_JUMPED}, set())


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
