"""Who is called, at every door: told directly, rung for, acknowledged, taken over, given on, put off; who is on duty, and the drill."""

from storage import cases as case_rows
from storage import escalations
from tests.doors.slack_house import until
from tests.story.every_door.hand import Colleague, Hand, proves

DANGER = "threat_to_life critical: I cannot go on"


async def called(hand: Hand, count: int = 1) -> list[int]:
    """Cases for which Bo, who is on duty, has been called."""
    cases = [await hand.house.case(DANGER) for _ in range(count)]
    for case in cases:
        await hand.sees("Bo", f"#{case} ", f"/cases/{case}")
    await hand.house.climb.fire()
    hand.house.store.wake.set()
    return cases


async def state_of(hand: Hand, case: int) -> str:
    async with hand.house.store.read() as work:
        return str((await escalations.of_cases(work, [case]))[case].state)


@proves("direct", "acknowledge", "waiting", presses=("acknowledge", "acknowledge_listed"))
async def test_who_is_called_is_told_sees_what_waits_and_acknowledges(hand: Hand):
    first, second = await called(hand, 2)
    await hand.notified("Bo", f"#{first}")
    await hand.press("Bo", "acknowledge", first, f"/cases/{first}")
    assert await state_of(hand, first) == "acknowledged"
    assert await state_of(hand, second) == "climbing"
    await hand.does("Bo", "waiting")
    await hand.press("Bo", "acknowledge_listed", second, "/waiting")
    assert await state_of(hand, second) == "acknowledged"


@proves("acknowledge", presses=("acknowledge_all",))
async def test_all_that_one_is_called_for_is_acknowledged_at_once(hand: Hand):
    cases = await called(hand, 2)
    await hand.notified("Bo", f"#{cases[-1]}")
    await hand.press("Bo", "acknowledge_all", None, "/waiting")
    assert [await state_of(hand, case) for case in cases] == ["acknowledged"] * 2


@proves("mentioned")
async def test_a_mention_rings_for_whoever_is_called(hand: Colleague):
    (case,) = await called(hand)
    await until(lambda: hand.rung("Bo"), 15)
    await hand.sees("Ana", "step 1", f"/cases/{case}")


@proves("take_over", "reassign", "snooze", presses=("claim", "take_over", "reassign", "snooze"))
async def test_a_case_is_taken_over_given_on_and_put_off(hand: Hand):
    (case,) = await called(hand)
    page = f"/cases/{case}"
    await hand.press("Ana", "claim", case, page)
    await hand.press("Max", "take_over", case, page)
    await hand.fill("Max", "reassign", case, page, name="Bo")
    async with hand.house.store.read() as work:
        assert (await case_rows.get(work, case)).owner == "Bo"
    await hand.fill("Bo", "snooze", case, page, span="30m")
    assert await state_of(hand, case) == "snoozed"


@proves("on_call", "flow", "drill")
async def test_who_is_on_duty_is_told_and_a_drill_begins(hand: Hand):
    await hand.does("Max", "oncall")
    await hand.told("Max", "Bo")
    await hand.draws("Max")
    await hand.does("Max", "drill")
    async with hand.house.store.read() as work:
        assert await case_rows.exercises(work)
