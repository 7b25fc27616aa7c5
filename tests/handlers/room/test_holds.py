"""The hold: who sets it, what it stops, what it never stops, and the one case that may pass."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from handlers.errors import BadInput, HoldStands, NoCrisis, NoSuchCase, NotAllowed, NothingHeld
from handlers.room.holds import Holds
from storage import exceptions
from storage.types import Hold


@dataclass
class Heard:
    """The queued replies, as far as they are told of the hold."""

    said: list[tuple[str, str]] = field(default_factory=list)

    async def hold(self, _work, crisis):
        self.said.append(("hold", str(crisis.hold)))

    async def lift(self, _work, crisis):
        self.said.append(("lift", str(crisis.hold)))


async def first_answer(room, case):
    return await room.clock(f"first_answer:{case}")


async def test_the_room_hears_who_set_which_hold_and_it_stands_from_its_first_moment(room, dial):
    began = dial()
    await room.house.holds.set(room.lead, "silent")
    dial.forward(hours=1)
    await room.house.holds.set(room.manager, "holding")
    crisis = await room.now()
    assert (crisis.hold, crisis.hold_since) == (Hold.HOLDING, began)
    await room.house.holds.set(room.lead, "off")
    assert (await room.now()).hold_since is None
    assert [said["hold"] for said in await room.facts_of("room.hold_set")] == ["silent", "holding", "off"]
    assert {lane for lane, _ in await room.told("room.hold_set")} == {"slack:C1"}
    assert await room.acts() == ["hold_set"] * 3


async def test_the_same_hold_again_changes_nothing_and_is_not_told_again(room):
    await asyncio.gather(*(room.house.holds.set(room.lead, "silent") for _ in range(4)))
    assert len(await room.told("room.hold_set")) == 1 and await room.acts() == ["hold_set"]


async def test_only_a_lead_or_a_manager_sets_it_in_a_crisis_that_is_open(room):
    for who in (room.agent, room.legal, room.security, room.press_officer):
        with pytest.raises(NotAllowed):
            await room.house.holds.set(who, "silent")
    with pytest.raises(BadInput):
        await room.house.holds.set(room.lead, "quiet")
    await room.house.crises.close(room.manager)
    with pytest.raises(NoCrisis):
        await room.house.holds.set(room.lead, "silent")


async def test_the_queued_replies_hear_of_every_change_as_it_stands_after_it(room):
    heard = Heard()
    holds = Holds(room.house.room.room, heard)
    for hold in ("silent", "holding", "holding", "off"):
        await holds.set(room.lead, hold)
    assert heard.said == [("hold", "silent"), ("hold", "holding"), ("lift", "off")]


async def test_first_answers_wait_for_the_hold_and_have_then_what_was_left(room, dial):
    case, ordinary = await room.house.case("my_data?"), await room.house.case("an ordinary question")
    dial.forward(hours=1)
    await room.house.holds.set(room.lead, "silent")
    assert (await first_answer(room, case)).paused_at == dial()
    assert (await first_answer(room, ordinary)).paused_at is None
    left = (await first_answer(room, case)).due_at - dial()
    dial.forward(hours=30)
    await room.house.holds.set(room.lead, "holding")
    assert (await first_answer(room, case)).paused_at is not None
    await room.house.holds.set(room.lead, "off")
    clock = await first_answer(room, case)
    assert (clock.paused_at, clock.due_at - dial()) == (None, left)


async def test_no_hold_stops_the_clock_of_somebody_whose_life_may_be_at_stake(room, dial):
    before = await room.house.case("threat_to_life now")
    await room.house.holds.set(room.lead, "silent")
    during = await room.house.case("threat_to_life critical")
    for case in (before, during):
        assert (await first_answer(room, case)).paused_at is None
    later = await room.house.case("my_data", by="ana")
    assert (await first_answer(room, later)).paused_at is not None
    dial.forward(hours=2)
    await room.house.case("threat_to_life, please", by="ana")
    assert (await first_answer(room, later)).paused_at is None


async def test_a_persons_word_on_danger_counts_for_the_clock_too(room):
    case = await room.house.case("my_data")
    await room.house.holds.set(room.lead, "silent")
    assert (await first_answer(room, case)).paused_at is not None
    await room.house.tags.toggle(room.agent, case, "threat_to_life")
    assert (await first_answer(room, case)).paused_at is None


async def test_a_case_that_proves_to_be_about_the_crisis_during_the_hold_waits_too(room):
    await room.house.holds.set(room.lead, "silent")
    moved, wrote_again = await room.house.case("an ordinary question"), await room.house.case("ordinary", by="bo")
    assert (await first_answer(room, moved)).paused_at is None
    await room.house.cases.move(room.agent, moved, crisis=True)
    await room.house.case("is my_data out?", by="bo")
    for case in (moved, wrote_again):
        assert (await first_answer(room, case)).paused_at is not None
    await room.house.cases.move(room.agent, moved, crisis=False)
    assert (await first_answer(room, moved)).paused_at is not None, "clicking Ordinary is no way round"
    await room.house.holds.set(room.lead, "off")
    for case in (moved, wrote_again):
        assert (await first_answer(room, case)).paused_at is None


async def test_one_case_passes_for_as_long_as_this_hold_lasts(room, dial):
    case = await room.house.case("my_data")
    with pytest.raises(NothingHeld):
        await room.house.holds.excuse(room.manager, case, "stalked")
    await room.house.holds.set(room.lead, "silent")
    since = (await room.now()).hold_since
    for who in (room.lead, room.agent, room.legal):
        with pytest.raises(NotAllowed):
            await room.house.holds.excuse(who, case, "stalked")
    with pytest.raises(BadInput):
        await room.house.holds.excuse(room.manager, case, "  ")
    with pytest.raises(NoSuchCase):
        await room.house.holds.excuse(room.manager, 10**9, "stalked")
    await room.house.holds.excuse(room.manager, case, "lives with the one who stalks her")
    assert (await first_answer(room, case)).paused_at is None
    async with room.store.read() as work:
        assert await exceptions.holds_for(work, case, since)
    assert "excused" in await room.acts() and await room.acts(case) == ["excused"]
    dial.forward(seconds=1)
    await room.house.holds.set(room.lead, "off")
    await room.house.holds.set(room.lead, "silent")
    async with room.store.read() as work:
        assert not await exceptions.holds_for(work, case, (await room.now()).hold_since)


async def test_a_hold_that_lasts_is_brought_to_mind_with_growing_numbers(room, dial):
    every = room.house.flow.rules.nag_every
    await room.house.holds.set(room.lead, "silent")
    await room.house.due.fire()
    assert await room.told("due.hold_nag") == []
    for _ in range(3):
        dial.forward(seconds=every.total_seconds())
        await asyncio.gather(*(room.house.due.fire() for _ in range(3)))
    minutes = int(every / timedelta(minutes=1))
    assert [said["minutes"] for said in await room.facts_of("due.hold_nag")] == [minutes, 2 * minutes, 3 * minutes]
    await room.house.holds.set(room.lead, "off")
    dial.forward(hours=5)
    await room.house.due.fire()
    assert len(await room.told("due.hold_nag")) == 3


async def test_a_crisis_is_not_closed_over_what_is_held(room):
    await room.house.holds.set(room.lead, "holding")
    with pytest.raises(HoldStands):
        await room.house.crises.close(room.manager)
    await room.house.holds.set(room.lead, "off")
    await room.house.crises.close(room.manager)


async def test_whatever_happens_while_holds_come_and_go_each_clock_stands_or_runs_as_the_last_hold_says(room):
    made = [await room.house.case("an ordinary question", by=f"before{number}") for number in range(6)]

    async def toggle(last):
        for hold in ("silent", "off", "holding", "off", last):
            await room.house.holds.set(room.lead, hold)
            await asyncio.sleep(0)

    for last in ("silent", "off"):
        arriving = [room.house.case("my_data", by=f"{last}{number}") for number in range(12)]
        moving = [room.house.cases.move(room.agent, case, crisis=True) for case in made]
        tagging = [room.house.tags.toggle(room.agent, case, "my_data") for case in made]
        results = await asyncio.gather(toggle(last), *arriving, *moving, *tagging)
        made += [one for one in results if isinstance(one, int)]
        paused = {(await first_answer(room, case)).paused_at is not None for case in made}
        assert paused == {last == "silent"}
