"""Attestations, the clocks of the crisis, call-backs, and what happens when a deadline passes."""

import asyncio
from datetime import timedelta

import pytest

from handlers.errors import BadInput, NoSuchCallback, NoSuchCase, NoSuchPerson, NotAllowed, NothingAttested
from handlers.room import promises
from storage import attestations, deadlines


async def standing(room):
    async with room.store.read() as work:
        return {(one.gate, one.subject): one for one in await attestations.all_standing(work, room.crisis.id)}


TOLD = {"told_by": "Care by email", "share": "all 1,200", "at": "08:30", "how": "email"}


async def test_that_customers_were_told_first_is_vouched_for_by_name(room, dial):
    await room.house.attestations.attest_customers_first(room.dpo, **TOLD)
    told = (await standing(room))[("customers_first", "")]
    assert told.person == "The dpo" and told.what["at"] == dial().replace(hour=8, minute=30).isoformat()
    assert await room.acts() == ["customers_first_attested"]
    assert (await room.facts_of("room.customers_told"))[0]["by"] == "The dpo"
    await room.house.attestations.withdraw(room.lead, "customers_first")
    assert await standing(room) == {}
    with pytest.raises(NothingAttested):
        await room.house.attestations.withdraw(room.lead, "customers_first")


@pytest.mark.parametrize("field", TOLD)
async def test_an_attestation_without_one_of_its_parts_is_none(room, field):
    with pytest.raises(BadInput) as refused:
        await room.house.attestations.attest_customers_first(room.dpo, **{**TOLD, field: " "})
    assert refused.value.facts["field"] == field and await standing(room) == {}


async def test_nobody_attests_what_lies_ahead_and_agents_attest_nothing(room):
    with pytest.raises(BadInput):
        await room.house.attestations.attest_customers_first(room.dpo, **{**TOLD, "at": "2030-01-01T10:00"})
    with pytest.raises(NotAllowed):
        await room.house.attestations.attest_customers_first(room.agent, **TOLD)


async def test_planned_posts_are_stopped_account_by_account(room):
    for account in ("@acme", "@acme_es"):
        await room.house.attestations.attest_posts_stopped(room.marketing, account)
    assert set(await standing(room)) == {("posts_stopped", "@acme"), ("posts_stopped", "@acme_es")}
    await room.house.attestations.fill(room.marketing, "posts_stopped", {"account": ["@acme_fr"]})
    await room.house.attestations.withdraw(room.marketing, "posts_stopped", "@acme")
    assert set(await standing(room)) == {("posts_stopped", "@acme_es"), ("posts_stopped", "@acme_fr")}
    with pytest.raises(BadInput):
        await room.house.attestations.attest_posts_stopped(room.marketing, "")


async def test_the_authority_s_time_runs_from_when_we_came_to_know(room, dial):
    within = room.house.flow.rules.authority_within
    assert (await room.clock(f"authority:{room.crisis.id}")).due_at == dial() + within
    aware = await room.house.clocks.aware(room.dpo, "2026-11-18T08:00")
    assert (await room.clock(f"authority:{room.crisis.id}")).due_at == aware + within
    assert (await room.now()).aware_at == aware
    for who in (room.lead, room.agent, room.press_officer):
        with pytest.raises(NotAllowed):
            await room.house.clocks.aware(who, "08:00")
    for at in ("2030-01-01T08:00", "tomorrow"):
        with pytest.raises(BadInput):
            await room.house.clocks.aware(room.dpo, at)


async def test_a_naive_time_is_by_the_clock_of_whoever_typed_it(room):
    madrid = await room.house.person("Ana", "dpo", timezone="Europe/Madrid")
    assert (await room.house.clocks.aware(madrid, "2026-11-19T08:00")).hour == 7


async def test_the_authority_s_deadline_is_told_once_to_the_room_and_to_those_who_answer_for_it(room, dial):
    dial.forward(seconds=room.house.flow.rules.authority_within.total_seconds())
    await asyncio.gather(*(room.house.due.fire() for _ in range(4)))
    await room.house.due.fire()
    lanes = [lane for lane, _ in await room.told("due.authority")]
    assert sorted(lanes) == ["slack:C1", "slack:U_dpo", "slack:U_legal", "slack:U_manager", "slack:U_manager2"]
    assert "deadline_passed" in await room.acts()


async def test_an_authority_that_was_told_is_not_brought_to_mind_and_closing_frees_nobody(room, dial):
    await room.house.crises.close(room.manager)
    assert (await room.clock(f"authority:{room.crisis.id}")).met_at is None
    second = await room.house.crises.open(room.manager, "Again")
    await room.house.clocks.authority_told(room.dpo)
    assert (await room.clock(f"authority:{second.id}")).met_at is not None
    dial.forward(days=4)
    await room.house.due.fire()
    assert len(await room.told("due.authority", lane="C1")) == 1


async def test_a_promised_update_is_due_until_it_is_out_and_then_the_next_is(room, dial):
    due = await room.house.clocks.promise_update(room.press_officer, "90m")
    assert due == dial() + timedelta(minutes=90)
    dial.forward(minutes=90)
    await room.house.due.fire()
    assert len(await room.told("due.update", lane="C1")) == 1
    assert len(await room.told("due.update", lane="U_press_officer")) == 1
    again = await room.house.clocks.updated(room.press_officer)
    assert again == dial() + room.house.flow.rules.update_every
    dial.forward(seconds=room.house.flow.rules.update_every.total_seconds() - 1)
    await room.house.due.fire()
    assert len(await room.told("due.update", lane="C1")) == 1
    dial.forward(seconds=1)
    await room.house.due.fire()
    assert len(await room.told("due.update", lane="C1")) == 2
    with pytest.raises(BadInput):
        await room.house.clocks.promise_update(room.lead, "2020-01-01T10:00")


async def test_the_clocks_of_a_crisis_that_is_over_are_silent(room, dial):
    await room.house.crises.close(room.manager)
    dial.forward(hours=60)
    await room.house.due.fire()
    assert await room.told("due.update", "due.fact", "due.your_fact") == []


async def test_a_call_back_is_asked_of_a_named_leader_and_told_again_when_it_is_late(room, dial):
    case = await room.house.case("my_data", by="ana")
    number = await room.house.callbacks.ask(room.agent, case, "The lead", "+34 600 000 000")
    assert await room.told("callback.you_are_asked") == [("slack:U_lead", "callback.you_are_asked")]
    assert "+34" not in str(await room.facts_of("callback.asked_now")) + str(await room.facts_of("callback.you_are_asked"))
    (listed,) = await room.house.callbacks.list(room.lead)
    assert (listed.id, listed.leader, listed.reach_at) == (number, "The lead", "+34 600 000 000")
    within = room.house.flow.answers.callback_within
    assert listed.due_at == dial() + within
    dial.forward(seconds=within.total_seconds())
    await asyncio.gather(*(room.house.due.fire() for _ in range(3)))
    assert sorted(lane for lane, _ in await room.told("due.callback", "due.your_callback")) == ["slack:C1", "slack:U_lead"]
    await room.house.callbacks.done(room.lead, number, "reached her")
    assert await room.house.callbacks.list(room.lead) == []
    assert (await room.clock(f"callback:{number}")).met_at == dial()
    assert await room.acts(case) == ["callback_asked", "deadline_passed", "called_back"]


async def test_who_cannot_call_back_is_refused(room):
    case = await room.house.case("my_data")
    ask = room.house.callbacks.ask
    for leader, error in (("Nobody", NoSuchPerson), ("The agent", BadInput)):
        with pytest.raises(error):
            await ask(room.agent, case, leader)
    with pytest.raises(NoSuchCase):
        await ask(room.agent, 10**9, "The lead")
    with pytest.raises(NotAllowed):
        await ask(room.security, case, "The lead")
    number = await ask(room.agent, case, "The lead", due_at="2h")
    with pytest.raises(BadInput):
        await room.house.callbacks.done(room.lead, number, "")
    with pytest.raises(NoSuchCallback):
        await room.house.callbacks.done(room.lead, 10**9, "x")
    answer = await room.house.callbacks.fill(room.agent, str(case), {"leader": ["The manager"], "at": ["90m"]})
    assert answer.facts["leader"] == "The manager"


async def test_a_case_is_due_its_first_answer_by_its_severity(room, dial):
    rules = room.house.flow.rules.first_answer
    for word in ("low", "normal", "high", "critical"):
        case = await room.house.case(f"my_data {word}")
        severity = next(one for one in rules if one.word == word)
        assert (await room.clock(f"first_answer:{case}")).due_at == dial() + rules[severity]


async def test_a_batch_of_cases_gets_its_clocks_each_once(room):
    made = await asyncio.gather(*(room.house.case("my_data", by=f"c{number % 7}") for number in range(20)))
    assert len(set(made)) == 7
    for case in set(made):
        assert await room.clock(f"first_answer:{case}")


async def test_customers_who_wait_too_long_are_counted_and_the_gravest_named(room, dial, monkeypatch):
    monkeypatch.setattr(promises, "LATE_EVERY", timedelta(minutes=15))
    for number in range(30):
        await room.house.case("my_data", by=f"late{number}")
    critical = await room.house.case("my_data critical", by="grave")
    await room.house.cases.claim(room.agent, critical)
    await room.house.case("an ordinary question")
    dial.forward(days=2)
    await asyncio.gather(*(room.house.due.fire() for _ in range(3)))
    named = await room.facts_of("due.first_answer")
    assert {said["number"] for said in named} == {critical} and named[0]["owner"] == "The agent"
    assert sorted(lane for lane, _ in await room.told("due.first_answer")) == ["slack:C1", "slack:U_agent"]
    counted = await room.told("due.first_answers")
    assert sorted(lane for lane, _ in counted) == ["slack:C1", "slack:C2"]
    assert {said["count"] for said in await room.facts_of("due.first_answers")} == {31, 1}


async def test_the_count_of_those_who_wait_comes_again_every_quarter_of_an_hour_and_ends(room, dial):
    first = await room.house.case("my_data", by="one")
    dial.forward(days=2)
    await room.house.due.fire()
    second = await room.house.case("my_data critical", by="two")
    dial.forward(minutes=14)
    await room.house.due.fire()
    assert len(await room.told("due.first_answers")) == 1
    dial.forward(minutes=1)
    await room.house.due.fire()
    assert [said["count"] for said in await room.facts_of("due.first_answers")] == [1, 1]
    dial.forward(minutes=15)
    await room.house.due.fire()
    await room.house.due.fire()
    assert [said["count"] for said in await room.facts_of("due.first_answers")] == [1, 1, 2]
    async with room.store.begin() as work:
        await deadlines.meet(work, f"first_answer:{first}", f"first_answer:{second}")
        await work.commit()
    dial.forward(minutes=15)
    await room.house.due.fire()
    dial.forward(hours=3)
    await room.house.due.fire()
    assert len(await room.told("due.first_answers")) == 3
