"""Facts: the first questions with their owners, what is confirmed, what is taken back, and what rests on it."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from handlers.errors import BadInput, FactSettled, NoSuchFact, NoSuchPerson, NotAllowed
from handlers.ports import Words
from handlers.room.facts import Facts, Resting
from storage import facts as storage_facts
from storage import statements
from storage.facts import FactStatus


async def fact(room, number):
    async with room.store.read() as work:
        return await storage_facts.get(work, number)


async def test_a_crisis_opens_with_its_first_questions_each_with_an_owner_and_a_time(room, dial):
    asked = room.house.flow.rules.questions
    known = await room.known()
    assert asked and [one.question for one in known] == [one.name for one in asked]
    for question, one in zip(asked, known, strict=True):
        assert one.owner == await room.name(question.role)
        assert (await room.clock(f"fact:{one.id}")).due_at == dial() + question.within


async def test_what_somebody_adds_is_not_confirmed_until_somebody_who_may_says_so(room, dial):
    number = await room.house.facts.add(room.press_officer, " 1,200 addresses ", "hearsay", ["email"])
    added = await fact(room, number)
    assert (added.text, added.status, added.source, added.data_types) == ("1,200 addresses", FactStatus.UNKNOWN, "hearsay", ("email",))
    assert added.owner == await room.name("press_officer")
    for who in (room.agent, room.lead, room.press_officer, room.marketing):
        with pytest.raises(NotAllowed):
            await room.house.facts.confirm(who, number)
    dial.forward(minutes=5)
    await room.house.facts.confirm(room.security, number, source="log review")
    confirmed = await fact(room, number)
    assert (confirmed.status, confirmed.text, confirmed.source) == (FactStatus.CONFIRMED, "1,200 addresses", "log review")
    assert confirmed.changed_at == dial()
    assert await room.acts() == ["fact_added", "fact_confirmed"]
    assert await room.told("fact.confirmed_now") == [("slack:C1", "fact.confirmed_now")]


async def test_an_answer_meets_its_question_s_deadline(room, dial):
    question = (await room.known())[0]
    with pytest.raises(BadInput, match="text"):
        await room.house.facts.confirm(room.dpo, question.id)
    await room.house.facts.confirm(room.dpo, question.id, "Email addresses and names", data_types=["email", "name"])
    assert (await room.clock(f"fact:{question.id}")).met_at == dial()
    dial.forward(days=3)
    await room.house.due.fire()
    assert question.id not in [said["number"] for said in await room.facts_of("due.fact")]


async def test_what_was_confirmed_is_never_written_anew(room):
    number = await room.house.facts.add(room.dpo, "1,200 addresses")
    await room.house.facts.confirm(room.dpo, number)
    with pytest.raises(FactSettled):
        await room.house.facts.confirm(room.dpo, number, "12,000 addresses")
    with pytest.raises(FactSettled):
        await room.house.facts.mark_unknown(room.press_officer, number)
    await room.house.facts.retract(room.dpo, number)
    for again in (room.house.facts.confirm(room.dpo, number), room.house.facts.retract(room.dpo, number)):
        with pytest.raises(FactSettled):
            await again
    assert (await fact(room, number)).text == "1,200 addresses"


async def test_two_who_settle_the_same_fact_at_once_do_not_overwrite_each_other(room):
    number = await room.house.facts.add(room.dpo, "how many?")
    both = (room.house.facts.confirm(room.dpo, number, "1,200"), room.house.facts.confirm(room.security, number, "12,000"))
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["FactSettled", "NoneType"]


async def test_what_is_not_known_stays_open_and_is_asked_again(room, dial):
    question = (await room.known())[0]
    within = room.house.flow.rules.questions[0].within
    dial.forward(minutes=1)
    await room.house.facts.mark_unknown(room.lead, question.id)
    assert (await room.clock(f"fact:{question.id}")).due_at == dial() + within
    assert (await fact(room, question.id)).changed_at == dial()


async def test_a_question_whose_answer_is_taken_back_is_open_again_with_its_owner(room):
    question = (await room.known())[0]
    await room.house.facts.confirm(room.dpo, question.id, "Names only")
    await room.house.facts.retract(room.dpo, question.id, "addresses too")
    again = (await room.known())[-1]
    assert (again.question, again.owner, again.text, again.status) == (question.question, question.owner, "", FactStatus.UNKNOWN)
    assert again.id != question.id and (await room.clock(f"fact:{again.id}")).met_at is None


@dataclass
class Ground:
    """What rests on statements, by number."""

    asked: list[tuple[int, ...]] = field(default_factory=list)

    async def on_statements(self, _work, statement_ids):
        self.asked.append(tuple(statement_ids))
        return Resting(drafts=3, replies=7)

    async def on_new_statement(self, _work, _crisis, _statement):
        raise AssertionError


async def test_taking_back_a_fact_says_how_much_rests_on_what_was_said_with_it(room):
    ground = Ground()
    facts = Facts(room.house.room.room, ground)
    used, unused = await facts.add(room.dpo, "1,200 addresses"), await facts.add(room.dpo, "no cards")
    async with room.store.begin() as work:
        said = await statements.propose(work, room.crisis.id, "full", int(room.legal.external_id), {"en": "x"}, [used])
        await work.commit()
    assert await facts.retract(room.legal, unused) == Resting()
    assert await facts.retract(room.legal, used) == Resting(3, 7)
    assert ground.asked == [(said.id,)]
    assert [(one["drafts"], one["replies"]) for one in await room.facts_of("fact.retracted_now")] == [(0, 0), (3, 7)]


async def test_an_owner_is_told_and_told_again_when_the_time_has_passed(room, dial):
    number = await room.house.facts.add(room.lead, "a second server?")
    await room.house.facts.assign(room.lead, number, "the SECURITY", "2h")
    assert await room.told("fact.assigned") == [("slack:U_security", "fact.assigned")]
    assert (await room.clock(f"fact:{number}")).due_at == dial() + timedelta(hours=2)
    with pytest.raises(NoSuchPerson):
        await room.house.facts.assign(room.lead, number, "Nobody", "2h")
    with pytest.raises(BadInput):
        await room.house.facts.assign(room.lead, number, "The security", "2020-01-01T10:00")
    dial.forward(hours=2)
    await asyncio.gather(*(room.house.due.fire() for _ in range(3)))
    await room.house.due.fire()
    about = [said for said in await room.facts_of("due.fact") if said["number"] == number]
    assert len(about) == 1 and about[0]["owner"] == "The security"
    mine = [said for said in await room.facts_of("due.your_fact") if said["number"] == number]
    assert len(mine) == 1


async def test_a_fact_of_another_crisis_is_not_there(room):
    old = (await room.known())[0].id
    await room.house.crises.close(room.manager)
    await room.house.crises.open(room.manager, "Another")
    for number in (old, 10**9):
        with pytest.raises(NoSuchFact):
            await room.house.facts.confirm(room.dpo, number, "x")


async def test_an_agent_adds_no_facts_and_unknown_kinds_of_data_are_refused(room):
    with pytest.raises(NotAllowed):
        await room.house.facts.add(room.agent, "x")
    for text, types in (("  ", ()), ("x", ("shoe size",))):
        with pytest.raises(BadInput):
            await room.house.facts.add(room.lead, text, "", types)


async def test_the_form_does_what_the_commands_do(room):
    fill = room.house.facts.fill
    added = await fill(room.lead, "", {"text": ["1,200"], "source": ["logs"], "data_types": ["email", "name"]})
    number = added.facts["number"]
    assert added == Words("fact.added", {"number": number})
    await fill(room.lead, str(number), {"outcome": ["assigned"], "owner": ["The dpo"], "at": ["90m"]})
    assert (await fact(room, number)).owner == "The dpo"
    await fill(room.dpo, f"#{number}", {"outcome": ["confirmed"], "text": ["1,300"], "data_types": ["email"]})
    assert ((await fact(room, number)).text, (await fact(room, number)).data_types) == ("1,300", ("email",))
    await fill(room.dpo, str(number), {"outcome": ["retracted"], "text": ["counted twice"]})
    assert (await fact(room, number)).status is FactStatus.RETRACTED
    for ids, said in (("", {}), (str(number), {}), ("seven", {"outcome": ["unknown"]}), (str(number), {"outcome": ["assigned"]})):
        with pytest.raises(BadInput):
            await fill(room.dpo, ids, said)
