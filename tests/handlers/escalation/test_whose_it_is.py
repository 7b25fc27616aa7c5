"""Whose a case is, when two want it, when somebody is given it, when whoever had it leaves."""

import pytest

from handlers.errors import CaseOwned, NothingWaits
from storage.escalations import Climbing
from tests.handlers.escalation.test_ladder import LIFE


async def test_who_comes_second_is_told_who_has_it_and_nothing_changes(world):
    case = await world.house.case(LIFE)
    await world.now()
    await world.house.acknowledging.acknowledge(world.people["Lea"], case)
    with pytest.raises(CaseOwned) as refused:
        await world.house.acknowledging.acknowledge(world.people["Max"], case)
    assert refused.value.facts == {"case": case, "owner": "Lea"}
    assert (await world.standing(case)).name == "Lea"
    assert await world.house.acknowledging.acknowledge(world.people["Lea"], case), "whoever clicks twice hears the same twice"


async def test_all_of_a_notice_are_those_that_nobody_else_has(world):
    first, second = await world.house.case(LIFE), await world.house.case(LIFE)
    await world.now()
    every = world.direct("U2")[0].card.buttons[0][0].ids
    await world.house.acknowledging.acknowledge(world.people["Max"], first)
    assert await world.house.acknowledging.acknowledge_all(world.people["Lea"], int(every)) == [second]
    with pytest.raises(NothingWaits):
        await world.house.acknowledging.acknowledge_all(world.people["Lea"], int(every))


async def test_who_was_given_a_case_and_says_so_is_asked_no_more(world):
    case = await world.house.case(LIFE)
    await world.now()
    await world.house.acknowledging.reassign(world.people["Lea"], case, "Ana")
    await world.now()
    assert world.direct("U1")[0].card.buttons
    assert await world.house.acknowledging.acknowledge(world.people["Ana"], case)
    await world.now()
    card = world.direct("U1")[0].card
    assert (card.title.name, card.buttons) == ("notice.yours_title", ())
    assert not await world.house.escalation.desk.waiting(world.people["Ana"])
    assert (await world.standing(case)).state is Climbing.ACKNOWLEDGED
