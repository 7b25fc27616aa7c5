"""What is promised to a customer besides the first answer: that the matter is settled in time; and time that only people's work counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.ladder import Fits, Ladder
from handlers.board import Board
from storage import deadlines
from tests.builders import Scripted, TestHouse, data_breach
from tests.handlers.room.crisis import led

HOUR = timedelta(hours=1)
LABEL = dict.fromkeys(("en", "es", "fr"), "Ladder")
SETTLED = Ladder("settled", LABEL, Fits(tags=("my_data",)), resolution=8 * HOUR)
BY_DAY = Ladder("by_day", LABEL, Fits(tags=("press",)), first_answer=4 * HOUR, working=True, hours_of=("press_officer",))


@pytest.fixture
async def promised(store):
    board = Board({"slack": {"crisis": "C1", "ordinary": "C2", "fallback": "C9"}})
    room = await led(await TestHouse(store, replace(data_breach(), ladders=(SETTLED, BY_DAY)), board, Scripted()).begin())
    await room.house.person("The press_officer", "press_officer", slack_id="U_press_officer", hours="mon-fri 09:00-18:00")
    return room


async def test_a_grave_matter_that_is_not_settled_in_time_is_named_to_its_channel_and_its_owner_once(promised, dial):
    case = await promised.house.case("my_data critical")
    await promised.house.cases.claim(promised.agent, case)
    dial.forward(hours=9)
    for _ in range(3):
        await promised.house.due.fire()
    assert sorted(lane for lane, _ in await promised.told("due.resolution")) == ["slack:C1", "slack:U_agent"]
    (said, _) = await promised.facts_of("due.resolution")
    assert (said["number"], said["owner"]) == (case, "The agent")


async def test_others_are_counted_at_once_and_every_quarter_of_an_hour_until_they_are_closed(promised, dial):
    made = [await promised.house.case("my_data") for _ in range(3)]
    dial.forward(hours=9)
    await promised.house.due.fire()
    await promised.house.due.fire()
    assert [said["count"] for said in await promised.facts_of("due.resolutions")] == [3]
    assert not await promised.told("due.resolution")
    await promised.house.cases.close(promised.agent, made[0])
    dial.forward(minutes=15)
    await promised.house.due.fire()
    assert [said["count"] for said in await promised.facts_of("due.resolutions")] == [3, 2]
    for case in made[1:]:
        await promised.house.cases.close(promised.agent, case)
    dial.forward(hours=1)
    await promised.house.due.fire()
    dial.forward(days=1)
    await promised.house.due.fire()
    assert len(await promised.told("due.resolutions")) == 2


async def test_what_was_closed_in_time_is_not_late(promised, dial):
    case = await promised.house.case("my_data critical")
    dial.forward(hours=7)
    await promised.house.cases.close(promised.agent, case)
    dial.forward(hours=7)
    await promised.house.due.fire()
    assert not await promised.told("due.resolution", "due.resolutions")


async def test_more_clocks_than_are_taken_at_once_are_told_at_one_call(promised, dial):
    async with promised.store.begin() as work:
        now = await work.now()
        await deadlines.arm(work, [deadlines.Deadline(f"update:{number}", "update", now, promised.crisis.id) for number in range(120)])
        await work.commit()
    assert await promised.house.due.fire() >= 120
    assert len(await promised.told("due.update", lane="C1")) == 120


@pytest.mark.parametrize("excused", [False, True])
async def test_after_a_hold_working_time_runs_on_in_working_time(promised, dial, excused):
    dial.at = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # a Friday: three of the four hours are left of it
    case = await promised.house.case("press")
    dial.forward(hours=1)
    await promised.house.holds.set(promised.lead, "silent")
    dial.at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    if excused:
        await promised.house.holds.excuse(promised.manager, case, "her house is watched")
    else:
        await promised.house.holds.set(promised.lead, "off")
    clock = await promised.clock(f"first_answer:{case}")
    assert (clock.paused_at, clock.due_at) == (None, datetime(2026, 11, 23, 12, 0, tzinfo=UTC))


async def test_after_a_hold_the_clock_of_a_case_goes_by_the_flow_that_it_started_with(promised, dial):
    dial.at = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    case = await promised.house.case("press")
    await promised.house.holds.set(promised.lead, "silent")
    house, board = promised.house, promised.house.board
    newer = await TestHouse(house.store, replace(data_breach(), version=99, ladders=()), board, Scripted()).begin()
    dial.at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    await newer.holds.set(promised.lead, "off")
    assert (await promised.clock(f"first_answer:{case}")).due_at == datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
