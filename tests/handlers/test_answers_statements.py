"""Replies that rest on a statement: what a hold lets through, what a new statement stops, what a rule of FLOW may pass."""

from dataclasses import replace

import pytest

from flows.answers import Rule
from flows.severity import Severity
from handlers.answers.drafts import Wording
from handlers.errors import DraftOutdated
from storage import drafts, timeline
from storage.types import DraftStatus
from tests.builders import data_breach
from tests.handlers.sending import post_office
from tests.handlers.test_answers import ANSWER, SAID


async def statement(post, kind, text):
    boss, lawyer = await post.house.person("Max", "manager"), await post.house.person("Lou", "legal")
    pia = await post.house.person("Pia", "press_officer")
    made = await post.house.statements.propose(pia, kind, {"en": text}, [])
    for who in (lawyer, boss):
        await post.house.statements.approve(who, made.id)
    return made


async def test_under_a_holding_hold_only_what_rests_on_the_holding_statement_leaves(post, ana, lea):
    boss = await post.house.person("Max", "manager")
    await post.house.crises.open(boss, "Meridia")
    await statement(post, "holding", "We are looking into this and will tell you what we find.")
    await post.house.holds.set(boss, "holding")
    one, two = await post.house.case(SAID), await post.house.case(SAID, by="other")
    free = await post.house.drafts.propose(ana, one, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, free.version_id)
    rests = await post.house.drafts.propose(
        ana, two, Wording("Thank you for asking. We are looking into this and will tell you what we find.", rests_on="holding")
    )
    await post.house.approvals.approve(lea, rests.version_id)
    await post.send(5)
    assert [one.text[:9] for one in post.house.networks["x"].published] == ["Thank you"]


async def test_a_new_statement_stops_what_rests_on_the_old_one_until_it_is_renewed(post, ana, lea):
    boss = await post.house.person("Max", "manager")
    await post.house.crises.open(boss, "Meridia")
    await statement(post, "holding", "We are looking into this.")
    one, two = await post.house.case(SAID), await post.house.case(SAID, by="other")
    old = [
        await post.house.drafts.propose(ana, case, Wording("Thank you for asking. We are looking into this.", rests_on="holding"))
        for case in (one, two)
    ]
    await post.house.approvals.approve(lea, old[0].version_id)
    await statement(post, "holding", "We know by now what happened, and are writing to those concerned.")
    await post.send(5)
    assert post.house.networks["x"].texts == []
    with pytest.raises(DraftOutdated):
        await post.house.approvals.approve(lea, old[1].version_id)
    assert {one.state for one in await post.house.answers.desk.outdated(lea)} == {"in_approval", "approved"}
    card = await post.house.answers.desk.shown(lea, old[1].version_id)
    assert "draft.statement_changed" in {part.name for part in card.body if hasattr(part, "name")}
    form = await post.house.answers.desk.form(ana, "revise", f"{two}:{old[1].version_id}")
    assert {field.name: field.initial for field in form.fields}["rests_on"] == ("holding",)
    new = await post.house.drafts.revise(
        ana, old[1].version_id, Wording("Thank you for asking. We know by now what happened.", rests_on="holding")
    )
    await post.house.approvals.approve(lea, new.version_id)
    await post.send(5)
    assert post.house.networks["x"].texts == ["Thank you for asking. We know by now what happened."]


async def test_a_rule_of_flow_may_pass_what_only_repeats_the_statement_and_nothing_graver(store, dial):
    flow = data_breach()
    rule = Rule("from_the_statement", Severity.LOW, 100)
    post = await post_office(store, dial, flow=replace(flow, answers=replace(flow.answers, rule=rule)))
    ana, boss = await post.house.person("Ana", "agent"), await post.house.person("Max", "manager")
    await post.house.crises.open(boss, "Meridia")
    await statement(post, "holding", "We are looking into what happened.")
    low, high = await post.house.case("low: what happened to you?"), await post.house.case("high: what happened to you?", by="b")
    words = Wording("Thank you for asking what happened. We are looking into what happened.", rests_on="holding")
    assert (await post.house.drafts.propose(ana, high, words)).status is DraftStatus.IN_APPROVAL
    passed = await post.house.drafts.propose(ana, low, words)
    assert passed.status is DraftStatus.APPROVED
    await post.send(5)
    assert post.house.networks["x"].texts == [words.text]
    async with store.read() as work:
        acts = [row.act for row in await timeline.of_chain(work, f"case:{low}")]
    assert "approved_by_rule" in acts and "approved" not in acts
    (sample,) = await post.house.answers.desk.samples(boss)
    await post.house.aftermath.looked_at(boss, sample.reply_id)
    assert await post.house.answers.desk.samples(boss) == []


async def test_what_a_rule_passed_is_kept_when_the_case_has_become_graver_before_it_leaves(store, dial):
    flow = data_breach()
    rule = Rule("from_the_statement", Severity.LOW, 0)
    post = await post_office(store, dial, flow=replace(flow, answers=replace(flow.answers, rule=rule)))
    ana, boss = await post.house.person("Ana", "agent"), await post.house.person("Max", "manager")
    await post.house.crises.open(boss, "Meridia")
    await statement(post, "holding", "We are looking into what happened.")
    number = await post.house.case("low: what happened to you?")
    words = Wording("Thank you for asking what happened. We are looking into what happened.", rests_on="holding")
    await post.house.drafts.propose(ana, number, words)
    await post.house.tags.toggle(ana, number, "press")
    await post.send(5)
    assert post.house.networks["x"].texts == []
    async with store.read() as work:
        (version,) = await drafts.of_case(work, number)
    assert (version.status, version.reason) == (DraftStatus.IN_APPROVAL, "not_approved")
    await post.house.approvals.approve(boss, version.id)
    assert await post.house.approvals.approve(await post.house.person("Lou", "legal"), version.id) is DraftStatus.APPROVED
    await post.send(5)
    assert post.house.networks["x"].texts == [words.text]
