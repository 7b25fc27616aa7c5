"""Many steps at once: what cannot be done keeps nobody else from theirs, a clock that was wrong keeps nobody from being told."""

from datetime import timedelta

from storage import deadlines
from tests.handlers.escalation.test_ladder import LIFE


async def test_a_case_whose_step_fails_is_left_overdue_and_the_others_are_told(world, monkeypatch):
    made = [await world.house.case(LIFE) for _ in range(4)]
    lapses, ladder = world.house.climb, type(world.house.course).ladder

    async def breaks(self, work, case):
        if case.id == made[1]:
            raise ValueError(case.id)
        return await ladder(self, work, case)

    monkeypatch.setattr(type(world.house.course), "ladder", breaks)
    assert await lapses.fire() == 3
    assert [len(await world.called(case)) for case in made] == [1, 0, 1, 1]
    async with world.store.read() as work:
        waits = await deadlines.peek(work, await work.now(), kinds=("step",))
    assert [one.case_id for one in waits] == [made[1]], "everybody sees that it is overdue"
    monkeypatch.setattr(type(world.house.course), "ladder", ladder)
    assert await lapses.fire() == 0
    world.dial.forward(minutes=5)
    await lapses.fire()
    assert len(await world.called(made[1])) == 1


async def test_after_the_clock_was_set_back_a_call_joins_no_notice_of_a_time_that_lies_ahead(world):
    world.dial.forward(days=1)
    await world.house.case(LIFE)
    await world.now()
    world.dial.at -= timedelta(hours=20)
    await world.house.case(LIFE)
    await world.house.climb.fire()
    _, second = await world.rows(kind="notice")
    assert (second.act, second.not_before) == ("post", world.dial())


async def test_more_steps_than_are_told_at_once_are_one_notice_to_one_person(world):
    made = [await world.house.case(LIFE) for _ in range(60)]
    assert await world.house.climb.fire() == 60
    await world.now()
    (message,) = world.direct("U2")
    assert message.card.title.facts["cases"] == 60
    assert [len(await world.called(case)) for case in (made[0], made[-1])] == [1, 1]
