"""Whose a case is, when two want it, when somebody is given it, when whoever had it leaves."""

import pytest
import sqlalchemy as sa

from handlers.errors import CaseOwned, NothingWaits
from storage import tables
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


@pytest.fixture
async def admin(world):
    return await world.house.person("Ada", "admin")


async def test_what_somebody_had_in_hand_escalates_at_once_when_they_are_removed(world, admin):
    acknowledged, put_off, anothers = [await world.house.case(LIFE) for _ in range(3)]
    await world.now()
    await world.house.acknowledging.acknowledge(world.people["Lea"], acknowledged)
    await world.house.cases.note(world.people["Lea"], acknowledged, "on the phone with them")
    await world.house.acknowledging.snooze(world.people["Lea"], put_off, "2h")
    await world.house.acknowledging.acknowledge(world.people["Max"], anothers)
    await world.house.staff.remove(admin, "Lea")
    await world.now()
    for case in (acknowledged, put_off):
        assert [call.name for call in await world.called(case)] == ["Lea", "Max"]
        assert (await world.standing(case)).name == ""
    assert (await world.standing(anothers)).name == "Max"


async def test_nobody_waits_for_the_answer_of_somebody_who_was_removed(world, admin):
    case, other = await world.house.case("extortion critical"), await world.house.case(LIFE)
    await world.now()
    await world.house.staff.remove(admin, "Lou")
    assert await world.house.acknowledging.acknowledge(world.people["Max"], case), "of an *everyone* step the others are enough"
    await world.house.staff.remove(admin, "Lea")
    await world.now()
    assert [call.name for call in await world.called(other)] == ["Lea", "Max"], "the next step comes at once"


async def test_who_was_removed_is_told_nothing_any_more(world, admin):
    await world.house.case(LIFE)
    await world.house.climb.fire()
    await world.house.staff.remove(admin, "Lea")
    await world.now()
    assert not world.direct("U2")
    assert len(world.direct("U3")) == 1


async def test_no_address_is_kept_of_somebody_who_was_removed(world, admin):
    await world.house.person("Kim", "agent", slack_id="U9", phone="+49 30 1", pagers={"ntfy": "kim-topic"})
    await world.house.staff.remove(admin, "Kim")
    p = tables.people.c
    async with world.store.read() as work:
        kept = (await work.execute(sa.select(p.slack_id, p.email, p.phone, p.pagers).where(p.name == "Kim"))).one()
    assert not any(kept)
