"""The statement: proposed in several languages, rested on facts, approved by others, replaced by its next version."""

import asyncio
from dataclasses import dataclass, field

import pytest

from handlers.errors import (
    BadInput,
    FactsNotConfirmed,
    NoCrisis,
    NoSuchStatement,
    NotAllowed,
    NotTheirTurn,
    OwnDraft,
    StatementOver,
)
from handlers.room.facts import Resting
from handlers.room.statements import Statements, missing
from storage import people, statement_approvals, statements
from storage.statements import StatementStatus

WORDS = {"en": "We are looking into it.", "es": "Lo estamos investigando.", "fr": "Nous vérifions."}


@pytest.fixture
async def confirmed(room) -> int:
    number = await room.house.facts.add(room.dpo, "1,200 addresses")
    await room.house.facts.confirm(room.dpo, number)
    return number


async def latest(room, kind):
    async with room.store.read() as work:
        return await statements.latest(work, room.crisis.id, kind)


async def status(room, number):
    async with room.store.read() as work:
        return (await statements.get(work, number)).status


async def approved(room, kind="holding", facts=()):
    made = await room.house.statements.propose(room.press_officer, kind, WORDS, facts)
    assert not await room.house.statements.approve(room.legal, made.id)
    assert await room.house.statements.approve(room.manager, made.id)
    return made


async def test_it_is_what_we_say_once_the_last_stage_has_said_yes_and_the_words_are_posted(room):
    made = await room.house.statements.propose(room.press_officer, "holding", {**WORDS, "fr": "  "})
    assert missing(made.texts) == ["fr"]
    assert await latest(room, "holding") is None
    assert not await room.house.statements.approve(room.legal, made.id)
    assert await latest(room, "holding") is None
    assert await room.house.statements.approve(room.manager, made.id)
    assert (await latest(room, "holding")).texts == {"en": WORDS["en"], "es": WORDS["es"]}
    said = await room.facts_of("statement.approved_now")
    assert [one["texts"] for one in said] == [[WORDS["en"], WORDS["es"]]]
    assert await room.acts() == ["statement_proposed", "statement_approved", "statement_approved"]


async def test_stages_come_in_flow_s_order_and_each_person_counts_once(room):
    made = await room.house.statements.propose(room.press_officer, "holding", WORDS)
    with pytest.raises(NotTheirTurn):
        await room.house.statements.approve(room.manager, made.id)
    with pytest.raises(NotAllowed):
        await room.house.statements.approve(room.agent, made.id)
    await room.house.statements.approve(room.legal, made.id)
    assert not await room.house.statements.approve(room.legal, made.id), "a second click changes nothing"
    assert await room.acts() == ["statement_proposed", "statement_approved"]


async def test_nobody_approves_what_they_wrote_whatever_their_role(room):
    made = await room.house.statements.propose(room.legal, "holding", WORDS)
    with pytest.raises(OwnDraft):
        await room.house.statements.approve(room.legal, made.id)
    other = await room.house.person("Another lawyer", "legal", "manager")
    await room.house.statements.approve(other, made.id)
    with pytest.raises(NotTheirTurn):
        await room.house.statements.approve(room.lead, made.id)
    assert await room.house.statements.approve(room.manager, made.id)


async def test_a_hundred_who_approve_at_once_approve_it_once(room):
    made = await room.house.statements.propose(room.press_officer, "holding", WORDS)
    await room.house.statements.approve(room.legal, made.id)
    whos = [room.manager, room.manager2] * 10
    outcomes = await asyncio.gather(*(room.house.statements.approve(who, made.id) for who in whos), return_exceptions=True)
    assert all(one is True or isinstance(one, StatementOver) for one in outcomes)
    assert len(await room.told("statement.approved_now")) == 1
    async with room.store.read() as work:
        assert len(await statement_approvals.of(work, made)) == 2


async def test_a_deputy_may_stand_in_while_the_one_who_named_them_is_away(room, dial):
    async with room.store.begin() as work:
        night = {"hours": "mon-fri 22:00-23:00", "deputy": "The lead"}
        await people.put(work, {"name": "The legal", "roles": ["legal"], "languages": ["en"], "timezone": "UTC", **night})
        await work.commit()
    made = await room.house.statements.propose(room.press_officer, "holding", WORDS)
    await room.house.statements.approve(room.lead, made.id)
    async with room.store.read() as work:
        (given,) = await statement_approvals.of(work, made)
        assert given.person == "The lead" and given.stands_in_for == int(room.legal.external_id)


async def test_a_deputy_may_stand_in_once_it_has_waited_for_the_length_of_a_reminder(room, dial):
    async with room.store.begin() as work:
        row = {"name": "The legal", "roles": ["legal"], "languages": ["en"], "timezone": "UTC", "deputy": "The lead"}
        await people.put(work, row)
        await work.commit()
    made = await room.house.statements.propose(room.press_officer, "holding", WORDS)
    with pytest.raises(NotTheirTurn):
        await room.house.statements.approve(room.lead, made.id)
    dial.forward(seconds=room.house.flow.answers.remind_after.total_seconds())
    await room.house.statements.approve(room.lead, made.id)


async def test_a_full_statement_rests_on_confirmed_facts_only(room, confirmed):
    rumour = await room.house.facts.add(room.dpo, "cards too?")
    for facts in ((), (rumour,), (confirmed, rumour), (10**9,)):
        with pytest.raises(FactsNotConfirmed):
            await room.house.statements.propose(room.press_officer, "full", WORDS, facts)
    made = await room.house.statements.propose(room.press_officer, "full", WORDS, (confirmed, confirmed))
    assert made.fact_ids == (confirmed,)


async def test_a_fact_that_is_taken_back_while_it_waits_keeps_it_from_being_approved(room, confirmed):
    made = await room.house.statements.propose(room.press_officer, "full", WORDS, (confirmed,))
    await room.house.statements.approve(room.legal, made.id)
    await room.house.facts.retract(room.dpo, confirmed)
    with pytest.raises(FactsNotConfirmed) as refused:
        await room.house.statements.approve(room.manager, made.id)
    assert refused.value.facts["facts"] == (confirmed,)
    assert await latest(room, "full") is None


@dataclass
class Heard:
    new: list[tuple[int, str]] = field(default_factory=list)

    async def on_statements(self, _work, _statement_ids):
        return Resting(1, 2)

    async def on_new_statement(self, _work, crisis, statement):
        self.new.append((crisis.id, statement.version, str(statement.status)))


async def test_a_new_version_replaces_the_one_before_and_whoever_rests_on_it_hears_of_it(room):
    heard = Heard()
    own = Statements(room.house.room.room, heard)
    first = await approved(room)
    second = await own.propose(room.press_officer, "holding", {"en": "More soon."})
    await own.approve(room.legal, second.id)
    await own.approve(room.manager, second.id)
    assert heard.new == [(room.crisis.id, 2, "approved")]
    assert await status(room, first.id) is StatementStatus.REPLACED
    assert (await latest(room, "holding")).id == second.id


async def test_what_was_decided_is_not_decided_again(room):
    first = await approved(room)
    for act in (room.house.statements.approve(room.manager2, first.id), room.house.statements.reject(room.legal, first.id, "no")):
        with pytest.raises(StatementOver):
            await act
    second = await room.house.statements.propose(room.press_officer, "holding", WORDS)
    with pytest.raises(BadInput):
        await room.house.statements.reject(room.legal, second.id, " ")
    await room.house.statements.reject(room.legal, second.id, "Say when")
    assert [said["reason"] for said in await room.facts_of("statement.rejected_now")] == ["Say when"]
    with pytest.raises(StatementOver):
        await room.house.statements.withdraw(room.press_officer, second.id)
    with pytest.raises(NoSuchStatement):
        await room.house.statements.approve(room.legal, 10**9)
    assert (await latest(room, "holding")).id == first.id


async def test_an_author_withdraws_what_waits_but_not_what_others_have_approved(room):
    waiting = await room.house.statements.propose(room.marketing, "holding", WORDS)
    await room.house.statements.withdraw(room.marketing, waiting.id)
    assert await status(room, waiting.id) is StatementStatus.WITHDRAWN
    said = await approved(room)
    with pytest.raises(NotAllowed):
        await room.house.statements.withdraw(room.marketing, said.id)
    assert await Statements(room.house.room.room, Heard()).withdraw(room.legal, said.id) == Resting(1, 2)
    assert await latest(room, "holding") is None


async def test_what_makes_no_statement_is_said_by_field(room):
    propose = room.house.statements.propose
    for kind, texts, field_ in (("holding", {"en": " "}, "texts"), ("other", WORDS, "kind"), ("holding", {"de": "Wir prüfen"}, "texts")):
        with pytest.raises(BadInput) as refused:
            await propose(room.lead, kind, texts)
        assert refused.value.facts["field"] == field_
    with pytest.raises(NotAllowed):
        await propose(room.security, "holding", WORDS)
    await room.house.crises.close(room.manager)
    with pytest.raises(NoCrisis):
        await propose(room.lead, "holding", WORDS)


async def test_the_form_proposes_and_names_the_languages_that_are_missing(room, confirmed):
    said = {"text_en": ["We know of 1,200 addresses."], "text_fr": ["Nous savons."], "facts": [str(confirmed)]}
    answer = await room.house.statements.fill(room.press_officer, "full", said)
    assert (answer.name, answer.facts["missing"], answer.facts["version"]) == ("statement.proposed", ("es",), 1)
    number = str(answer.facts["number"])
    await room.house.statements.fill_rejection(room.legal, number, {"reason": ["Too early"]})
    assert await status(room, int(number)) is StatementStatus.REJECTED
