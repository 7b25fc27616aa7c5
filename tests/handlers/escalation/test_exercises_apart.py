"""A drill leaves no trace in what is counted, learnt or handed out: only who answers for it sees it."""

import pytest

from handlers.errors import NothingWaits
from handlers.escalation.drills import DRILL
from storage import cases, escalations
from storage.escalations import Climbing
from storage.types import ReplyState
from tests.handlers.test_hostile_answers import approved, reply_of

LIFE = "threat_to_life critical"


async def exercise(world, text=LIFE):
    return await world.house.case(text, source=DRILL, network=DRILL)


async def test_the_next_case_is_never_one_of_a_drill(world):
    await exercise(world)
    with pytest.raises(NothingWaits):
        await world.house.cases.next(world.people["Ana"])
    real = await world.house.case("my_data normal")
    assert await world.house.cases.next(world.people["Ana"]) == real


async def test_what_a_drill_says_counts_among_nobodys_messages(world):
    await exercise(world)
    await exercise(world)
    real, same = await world.house.case(LIFE), await world.house.case(LIFE)
    async with world.store.read() as work:
        case = await cases.get(work, real)
        assert await cases.count_like_this(work, case) == 1
        assert [one.id for one in await cases.like_this(work, case)] == [same]


async def test_nothing_is_learnt_from_clicks_in_a_drill(world):
    drilled, real = await exercise(world), await world.house.case(LIFE)
    for case in (drilled, real):
        await world.house.tags.toggle(world.people["Ana"], case, "press")
    world.dial.forward(minutes=1)
    async with world.store.read() as work:
        assert {row.word for row in await cases.clicks_after(work, 0)} == {"press"}
        assert len(await cases.clicks_after(work, 0)) == 1


async def test_a_case_of_a_drill_is_not_red_among_the_others(world):
    drilled, real = await exercise(world), await world.house.case(LIFE)
    await world.turn(minutes=40)
    assert (await world.standing(drilled)).state is Climbing.UNANSWERED
    async with world.store.read() as work:
        assert await escalations.unanswered(work) == [real]


async def test_the_gate_keeps_a_reply_of_a_drill_whatever_path_it_came_by(post, ana, lea):
    number, version_id = await approved(post, ana, lea)
    async with post.store.begin() as work:
        await cases.change(work, number, exercise=True)
        await work.commit()
    await post.send(5)
    _, reply = await reply_of(post, version_id)
    assert post.house.networks["x"].texts == []
    assert (reply.state, reply.reason) == (ReplyState.HELD, "exercise")
