"""The crisis itself, and what reaches us outside the networks."""

import asyncio

import pytest
import sqlalchemy as sa

from handlers.errors import BadInput, CrisisOpen, NoCrisis, NotAllowed
from storage import cases, tables
from storage.types import CRITICAL


async def waiting(house):
    async with house.store.read() as work:
        rows = await work.execute(
            sa.select(tables.outbox.c.lane, tables.outbox.c.severity, tables.outbox.c.facts).where(tables.outbox.c.kind == "words")
        )
        return [(row.lane, row.severity, row.facts["name"]) for row in rows]


async def test_opening_a_crisis_tells_its_channel_and_each_of_those_whom_flow_names_first(house):
    manager = await house.person("Max", "manager")
    first = house.flow.first_told[0]
    await house.person("Lea", first, slack_id="U7")
    await house.person("Nobody", "marketing", slack_id="U8")
    crisis = await house.crises.open(manager, "  Data breach  ")
    assert crisis.name == "Data breach"
    told = await waiting(house)
    assert ("slack:C1", CRITICAL, "crisis.opened") in told
    assert [lane for lane, _, name in told if name == "crisis.you_are_told"] == ["slack:U7"]


async def test_one_crisis_is_open_at_a_time_even_if_two_open_it_at_once(house):
    people = [await house.person(f"M{number}", "manager") for number in range(4)]
    outcomes = await asyncio.gather(*(house.crises.open(who, f"Crisis {who.external_id}") for who in people), return_exceptions=True)
    opened = [one for one in outcomes if not isinstance(one, Exception)]
    assert len(opened) == 1
    assert {(type(error), error.facts["name"]) for error in outcomes if isinstance(error, Exception)} == {(CrisisOpen, opened[0].name)}


async def test_a_crisis_is_closed_once_and_told_once(house):
    people = [await house.person(f"M{number}", "manager") for number in range(3)]
    await house.crises.open(people[0], "Breach")
    outcomes = await asyncio.gather(*(house.crises.close(who) for who in people), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Crisis", "NoCrisis", "NoCrisis"]
    assert [name for _, _, name in await waiting(house)].count("crisis.closed") == 1
    await house.crises.open(people[0], "Second breach")


async def test_who_may_open_may_not_always_close(house):
    lead = await house.person("Lee", "lead")
    with pytest.raises(BadInput):
        await house.crises.open(lead, "   ")
    await house.crises.open(lead, "Breach")
    with pytest.raises(NotAllowed):
        await house.crises.close(lead)
    with pytest.raises(NoCrisis):
        manager = await house.person("Max", "manager")
        await house.crises.close(manager)
        await house.crises.close(manager)


async def test_a_crisis_case_belongs_to_the_crisis_that_is_open(house):
    crisis = await house.crises.open(await house.person("Max", "manager"), "Breach")
    about, other = await house.case("my_data"), await house.case("ordinary question")
    async with house.store.read() as work:
        assert [(await cases.get(work, one)).crisis_id for one in (about, other)] == [crisis.id, None]


async def test_a_call_becomes_a_case_and_the_same_caller_is_one_customer(house):
    ana = await house.person("Ana")
    one = await house.logbook.record(ana, "phone", "Mrs Pérez", "+34 600 000 000", "asks about my_data")
    two = await house.logbook.record(ana, "phone", "Mrs Perez", "+34 600 000 000 ", "calls again")
    three = await house.logbook.record(ana, "letter", "Anonymous", "", "a letter")
    async with house.store.read() as work:
        found = [await cases.get(work, number) for number in (one, two, three)]
    assert one != two and found[0].customer_id == found[1].customer_id != found[2].customer_id
    assert found[0].private and found[0].network == "phone"


@pytest.mark.parametrize(
    ("way", "name", "text", "field"), [("telex", "A", "b", "way"), ("phone", " ", "b", "name"), ("phone", "A", "", "text")]
)
async def test_what_a_log_entry_lacks_is_said_by_field(house, way, name, text, field):
    with pytest.raises(BadInput) as problem:
        await house.logbook.record(await house.person("Ana"), way, name, "", text)
    assert problem.value.facts["field"] == field


async def test_a_message_of_the_workspace_becomes_one_case_however_often_it_is_asked_for(house):
    ana = await house.person("Ana", slack_id="U1")
    asked = [house.logbook.make_case(ana, "C1:17.1", "Bo", "a customer told me \x00 her data is out \ud83d", None) for _ in range(5)]
    assert len(set(await asyncio.gather(*asked))) == 1
