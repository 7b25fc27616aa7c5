"""Somebody with one small account, a leaver and two who are fast try to get words out that must not leave."""

import asyncio
from dataclasses import replace

import pytest

from handlers.answers.drafts import Wording
from handlers.errors import BadInput, CaseClosed, NotTheirTurn, OwnDraft
from handlers.ports import Event
from storage import cases, drafts, replies, timeline
from storage.types import DraftStatus, ReplyState, Status
from tests.builders import mention

SAID = "do you even read what people write to you here?"
ANSWER = "I am sorry that it looks that way. I do read what people write to us here, yours too. Ana"
OTHER = "You are right to ask: every message that people write here is read, and so was yours. Bob"
HOLDING = "We are looking into this."


async def written(post, who, number, text=ANSWER, *, private=True, **changes):
    return (await post.house.drafts.propose(who, number, Wording(text, private, changes.get("rests_on", "")))).version_id


async def approved(post, ana, lea, text=ANSWER, **changes):
    number = await post.house.case(SAID, **changes)
    version_id = await written(post, ana, number, text)
    await post.house.approvals.approve(lea, version_id)
    return number, version_id


async def speaks(post, pia, lawyer, boss, kind="holding", facts=()):
    made = await post.house.statements.propose(pia, kind, {"en": HOLDING}, facts)
    for who in (lawyer, boss):
        await post.house.statements.approve(who, made.id)


async def reply_of(post, version_id):
    async with post.store.read() as work:
        version = await drafts.get(work, version_id)
        return version, await replies.of_draft(work, version.draft_id)


async def acts(post, number):
    async with post.store.read() as work:
        assert (await timeline.verify(work))[1] == []
        return [row.act for row in await timeline.of_chain(work, f"case:{number}")]


# --- the words


async def test_a_reply_of_signs_that_nobody_sees_is_empty(post, ana):
    number = await post.house.case(SAID)
    for nothing in ("\u200b \u200b", "\u2066 \u2069\n\u200b", " \u200b"):
        with pytest.raises(BadInput):
            await written(post, ana, number, nothing)


async def test_what_was_written_in_private_is_not_answered_in_public(post, ana):
    number = await post.house.case(SAID, private=True)
    with pytest.raises(BadInput):
        await written(post, ana, number, private=False)
    form = await post.house.answers.desk.form(ana, "reply", str(number))
    (where,) = [field for field in form.fields if field.name == "where"]
    assert [option.value for option in where.options] == ["private"]


# --- who says yes


async def test_the_yes_of_somebody_who_was_removed_does_not_count_any_more_and_not_again_once_they_are_back(post, ana, lea):
    admin = await post.house.person("Ada", "admin")
    number, version_id = await approved(post, ana, lea)
    await post.house.staff.remove(admin, "Lea")
    await post.send(5)
    assert post.house.networks["x"].texts == []
    version, _ = await reply_of(post, version_id)
    assert (version.status, version.reason) == (DraftStatus.IN_APPROVAL, "not_approved")
    await post.house.staff.add(admin, "Lea", {"roles": ["lead"], "slack_id": "U2"})
    back = await post.house.person("Lea", "lead")
    assert await post.house.approvals.approve(back, version_id) is DraftStatus.APPROVED, "they must say it anew"
    await post.send(5)
    assert post.house.networks["x"].texts == [ANSWER]
    assert (await acts(post, number)).count("approved") == 2


async def test_the_yes_to_a_statement_of_somebody_who_was_removed_does_not_count_any_more(post, lea, lawyer, boss):
    admin = await post.house.person("Ada", "admin")
    await post.house.crises.open(boss, "Meridia")
    made = await post.house.statements.propose(lea, "holding", {"en": HOLDING})
    await post.house.statements.approve(lawyer, made.id)
    await post.house.staff.remove(admin, "Lou")
    with pytest.raises(NotTheirTurn):
        await post.house.statements.approve(boss, made.id)


async def test_a_lawyer_at_whose_desk_a_draft_waits_can_edit_and_approve_it_and_the_lead_reads_it_again(post, ana, lea, lawyer):
    number = await post.house.case("legal_threat: " + SAID)
    first = await written(post, ana, number)
    await post.house.approvals.approve(lea, first)
    edited = await post.house.approvals.edit_and_approve(lawyer, first, Wording(ANSWER + " Take care.", private=True))
    assert edited.status is DraftStatus.IN_APPROVAL
    assert await post.house.approvals.approve(lea, edited.version_id) is DraftStatus.APPROVED
    await post.send(5)
    assert post.house.networks["x"].texts == [ANSWER + " Take care."]


async def test_nobody_edits_and_approves_what_no_check_reads_without_speaking_it(post, ana, lea, lawyer):
    number = await post.house.case("legal_threat: Wann erfahre ich, ob ihr das hier überhaupt lest?", language="de")
    uwe = await post.house.person("Uwe", "lead", languages=["de"])
    first = await written(post, ana, number, "Wir lesen alles, was hier geschrieben wird.")
    await post.house.approvals.approve(uwe, first)
    for who in (lea, lawyer):
        with pytest.raises(NotTheirTurn):
            await post.house.approvals.edit_and_approve(who, first, Wording("Wir lesen nichts.", private=True))


async def test_nothing_of_a_closed_case_is_approved(post, ana, lea):
    number = await post.house.case(SAID)
    version_id = await written(post, ana, number)
    await post.house.cases.close(ana, number)
    for late in (
        post.house.approvals.approve(lea, version_id),
        post.house.approvals.edit_and_approve(lea, version_id, Wording(OTHER, private=True)),
        post.house.drafts.revise(ana, version_id, Wording(OTHER, private=True)),
    ):
        with pytest.raises(CaseClosed):
            await late


async def test_nobody_reads_the_sample_of_what_they_wrote(post, ana, lea):
    number = await post.house.case(SAID)
    version_id = await written(post, lea, number)
    await post.house.approvals.approve(await post.house.person("Max", "manager"), version_id)
    await post.send(5)
    _, reply = await reply_of(post, version_id)
    with pytest.raises(OwnDraft):
        await post.house.aftermath.looked_at(lea, reply.id)


# --- one answer to one question


async def test_two_drafts_of_one_case_approved_at_once_are_one_answer(post, ana, lea):
    number = await post.house.case(SAID)
    both = [await written(post, ana, number, text) for text in (ANSWER, OTHER)]
    post.dial.forward(seconds=1)
    await asyncio.gather(*(post.house.approvals.approve(lea, version_id) for version_id in both))
    await post.send(5)
    assert len(post.house.networks["x"].published) == 1
    (kept,) = [reply for _, reply in [await reply_of(post, one) for one in both] if reply.state is ReplyState.HELD]
    assert kept.reason == "answered_meanwhile"
    await post.house.aftermath.release(lea, kept.id)
    await post.send(5)
    assert len(post.house.networks["x"].published) == 1, "only new words, read again, go to somebody who has been answered"
    post.dial.forward(seconds=1)
    again = await post.house.drafts.revise(ana, kept.version_id, Wording(OTHER + " Once more.", private=True))
    await post.house.approvals.approve(lea, again.version_id)
    await post.send(5)
    assert len(post.house.networks["x"].published) == 2


async def test_what_was_put_forward_before_another_answer_left_waits_unless_the_customer_has_written_since(post, ana, lea):
    number = await post.house.case(SAID, by="carla")
    old = await written(post, ana, number, OTHER)
    post.dial.forward(minutes=1)
    await post.house.approvals.approve(lea, await written(post, ana, number))
    await post.send(5)
    await post.house.approvals.approve(lea, old)
    _, reply = await reply_of(post, old)
    assert (reply.state, reply.reason) == (ReplyState.HELD, "answered_meanwhile")
    post.dial.forward(minutes=1)
    await post.house.case("and what about my second question, do you read it?", by="carla")
    await post.house.aftermath.release(lea, reply.id)
    await post.send(5)
    assert post.house.networks["x"].texts == [ANSWER, OTHER]


async def test_nobody_is_answered_in_public_below_what_they_have_deleted(post, ana, lea):
    one = mention(SAID, by="carla")
    (receipt,) = await post.house.mentions.receive([one])
    public, private = [await written(post, ana, receipt.case_id, text, private=where) for text, where in ((ANSWER, False), (OTHER, True))]
    await post.house.mentions.receive([replace(one, event=Event.DELETED)])
    await post.house.approvals.approve(lea, public)
    await post.send(5)
    _, reply = await reply_of(post, public)
    assert (reply.state, reply.reason) == (ReplyState.HELD, "mention_deleted")
    await post.house.approvals.approve(lea, private)
    await post.send(5)
    assert post.house.networks["x"].texts == [OTHER]


async def test_a_case_whose_owner_has_left_is_given_to_somebody_else_when_the_customer_writes_again(post, ana, lea):
    admin = await post.house.person("Ada", "admin")
    number = await post.house.case(SAID, by="carla")
    await post.house.cases.claim(ana, number)
    await post.house.cases.close(ana, number)
    await post.house.staff.remove(admin, "Ana")
    await post.house.case("and now?", by="carla")
    async with post.store.read() as work:
        assert (await cases.get(work, number)).status == Status.OPEN
    assert await post.house.cases.next(lea) == number
