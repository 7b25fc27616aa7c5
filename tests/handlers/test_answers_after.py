"""What people do once a draft is decided: reject, withdraw, correct, delete, settle; and what happens when all of it happens at once."""

import asyncio

import pytest

from handlers.answers.drafts import Wording
from handlers.errors import BadInput, CannotAsk, DraftOver, NotAllowed, NoWayOut, OnItsWay, ReplyElsewhere
from handlers.networks import Abilities
from storage import drafts, replies, timeline
from storage.types import ReplyState
from tests.handlers.sending import post_office

SAID = "do you even read what people write to you here?"
ANSWER = "I am sorry that it looks that way. I do read what people write to us here, yours too. Ana"


async def approved(post, ana, lea, text=ANSWER, **changes):
    number = await post.house.case(SAID, **changes)
    proposed = await post.house.drafts.propose(ana, number, Wording(text, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    return number, proposed.version_id


async def reply_of(post, number):
    async with post.store.read() as work:
        (reply,) = await replies.of_case(work, number)
    return reply


async def acts(post, number):
    async with post.store.read() as work:
        assert (await timeline.verify(work))[1] == []
        return [row.act for row in await timeline.of_chain(work, f"case:{number}")]


async def test_a_rejected_draft_ends_and_its_author_is_told_why(post, ana, lea):
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    with pytest.raises(BadInput):
        await post.house.approvals.reject(lea, proposed.version_id, "  ")
    await post.house.approvals.reject(lea, proposed.version_id, "Too cold. Take up what she says about her mother.")
    await post.send(5)
    (word,) = [one for one in post.slack.messages if one.shows("draft.you_were_rejected")]
    assert (word.place.channel_id, word.card.title.facts["name"]) == ("U1", "Lea")
    for again in (
        post.house.approvals.approve(lea, proposed.version_id),
        post.house.drafts.revise(ana, proposed.version_id, Wording(ANSWER)),
    ):
        with pytest.raises(DraftOver):
            await again


async def test_what_is_withdrawn_before_its_turn_never_leaves(post, ana, lea):
    number, version_id = await approved(post, ana, lea)
    await post.house.drafts.withdraw(ana, version_id)
    await post.send(10)
    assert post.house.networks["x"].texts == []
    assert (await reply_of(post, number)).state is ReplyState.WITHDRAWN


async def test_what_is_on_its_way_cannot_be_changed_any_more(post, ana, lea):
    _, version_id = await approved(post, ana, lea)
    outcome = []

    async def meanwhile():
        for late in (
            post.house.drafts.withdraw(ana, version_id),
            post.house.drafts.revise(ana, version_id, Wording(ANSWER + " Really.", private=True)),
        ):
            with pytest.raises((OnItsWay, DraftOver)):
                await late
            outcome.append("refused")

    post.house.networks["x"].during = meanwhile
    await post.send(5)
    assert outcome == ["refused", "refused"] and post.house.networks["x"].texts == [ANSWER]


async def test_a_sent_reply_is_corrected_by_a_new_draft_to_the_same_person(post, ana, lea):
    number, _ = await approved(post, ana, lea)
    await post.send(5)
    wrong = await reply_of(post, number)
    form = await post.house.answers.desk.form(ana, "correct", f"{number}:{wrong.id}")
    assert form.intro[0].facts["text"] == ANSWER
    said = {field.name: field.initial for field in form.fields}
    card = await post.house.answers.fill(
        ana, "correct", form.ids, {**said, "text": ("I was wrong above: nobody reads here at night. I am sorry.",)}
    )
    assert card.title.facts["status"] == "in_approval"
    async with post.store.read() as work:
        _, correction = await drafts.of_case(work, number)
    assert (correction.kind, correction.corrects_id) == ("correction", wrong.id)
    await post.house.approvals.approve(lea, correction.id)
    await post.send(5)
    assert post.house.networks["x"].texts[1].startswith("I was wrong")


async def test_only_a_lead_deletes_a_reply_on_its_network_and_only_where_that_can_be_done(post, ana, lea):
    number, _ = await approved(post, ana, lea)
    await post.send(5)
    reply = await reply_of(post, number)
    with pytest.raises(NotAllowed):
        await post.house.aftermath.delete(ana, reply.id)
    network = post.house.networks["x"]
    network.abilities = Abilities(delete=False)
    with pytest.raises(NoWayOut):
        await post.house.aftermath.delete(lea, reply.id)
    network.abilities = Abilities(delete=True)
    await post.house.aftermath.delete(lea, reply.id)
    await post.house.aftermath.delete(lea, reply.id)
    await post.send(5)
    assert network.deleted == [reply.external_id]
    assert (await reply_of(post, number)).deleted_at
    assert "reply_deleted" in await acts(post, number)


async def test_somebody_who_saw_it_there_settles_what_nobody_could_tell(post, ana, lea):
    network = post.house.networks["x"]
    network.can_be_asked = False
    network.lost.append(CannotAsk("timeout"))
    number, _ = await approved(post, ana, lea)
    await post.send(5)
    reply = await reply_of(post, number)
    assert reply.state is ReplyState.UNCONFIRMED
    assert [one.state for one in await post.house.answers.desk.kept(lea)] == ["unconfirmed"]
    await post.house.aftermath.arrived(lea, reply.id, "https://x.example/1")
    assert (await reply_of(post, number)).url == "https://x.example/1"
    with pytest.raises(ReplyElsewhere):
        await post.house.aftermath.send_again(lea, reply.id)
    await post.send(5)
    assert len(network.published) == 1


async def test_a_network_that_carries_no_private_words_says_so_before_anything_is_written(post, ana):
    post.house.networks["x"].abilities = Abilities(private=False)
    number = await post.house.case(SAID)
    with pytest.raises(NoWayOut):
        await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    form = await post.house.answers.desk.form(ana, "reply", str(number))
    where = next(field for field in form.fields if field.name == "where")
    assert [option.value for option in where.options] == ["public"]


async def test_a_case_of_a_network_that_we_have_no_door_to_says_so(post, ana):
    number = await post.house.case(SAID, network="telegram")
    with pytest.raises(NoWayOut):
        await post.house.drafts.propose(ana, number, Wording(ANSWER))


async def test_who_else_is_writing_stands_in_the_form_and_what_was_typed_is_found_again(post, ana, lea):
    number = await post.house.case(SAID)
    await post.house.drafts.keep(ana, number, "I am sor")
    form = await post.house.answers.desk.form(lea, "reply", str(number))
    assert form.intro[0].facts["name"] == "Ana"
    mine = await post.house.answers.desk.form(ana, "reply", str(number))
    assert next(field for field in mine.fields if field.name == "text").initial == ("I am sor",)
    post.dial.forward(minutes=31)
    form = await post.house.answers.desk.form(lea, "reply", str(number))
    assert all(getattr(one, "name", "") != "form.also_writing" for one in form.intro)


async def test_holds_approvals_moves_and_sends_at_the_same_time_wait_for_each_other_and_not_in_a_circle(post, ana, lea):
    boss = await post.house.person("Max", "manager")
    await post.house.crises.open(boss, "Meridia")
    waiting = []
    for one in range(12):
        number = await post.house.case(SAID, by=f"u{one}")
        waiting.append((number, await post.house.drafts.propose(ana, number, Wording(f"{ANSWER} {'So ' * one}", private=True))))
    everything = []
    for turn, (number, proposed) in enumerate(waiting):
        everything += [
            post.house.approvals.approve(lea, proposed.version_id),
            post.house.holds.set(boss, ("silent", "off", "holding", "off")[turn % 4]),
            post.house.cases.move(ana, number, crisis=False),
            post.sender().drain(),
        ]
    outcomes = await asyncio.gather(*everything, return_exceptions=True)
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    await post.house.holds.set(boss, "off")
    await post.send(30)
    sent = post.house.networks["x"].texts
    async with post.store.read() as work:
        kept = await replies.in_state(work, ReplyState.HELD)
    assert len(sent) == len(set(sent)) and len(sent) + len(kept) == 12


async def test_every_network_counts_its_own_way(store, dial):
    post = await post_office(store, dial)
    post.house.networks["x"].limit = 20
    ana = await post.house.person("Ana", "agent")
    number = await post.house.case(SAID)
    length, most, found = await post.house.drafts.try_out(ana, number, Wording(ANSWER))
    assert (length, most) == (len(ANSWER), 20) and any(one.facts["why"].name == "finding.length" for one in found)


async def test_what_was_approved_for_a_network_that_is_not_connected_any_more_is_kept_and_says_so(post, ana, lea):
    number, _ = await approved(post, ana, lea)
    del post.house.networks["x"]
    await post.house.answers.waiting.look_again()
    reply = await reply_of(post, number)
    assert (reply.state, reply.reason) == (ReplyState.HELD, "no_network")


async def test_naming_the_holding_statement_is_not_enough_to_pass_a_holding_hold(post, ana, lea):
    boss, lawyer = await post.house.person("Max", "manager"), await post.house.person("Lou", "legal")
    pia = await post.house.person("Pia", "press_officer")
    await post.house.crises.open(boss, "Meridia")
    made = await post.house.statements.propose(pia, "holding", {"en": "We are looking into this."}, [])
    for who in (lawyer, boss):
        await post.house.statements.approve(who, made.id)
    await post.house.holds.set(boss, "holding")
    number = await post.house.case(SAID)
    words = Wording("Thank you for asking. 900,000 customers are affected. We are looking into this.", private=True, rests_on="holding")
    proposed = await post.house.drafts.propose(ana, number, words)
    for who in (lea, lawyer):
        await post.house.approvals.approve(who, proposed.version_id)
    await post.send(5)
    assert post.house.networks["x"].texts == []
    assert (await reply_of(post, number)).reason == "held_holding"
