"""From a draft to the one reply: who may say yes, what a revision voids, what a hold keeps, what a network may answer."""

import asyncio

import pytest

from handlers.answers.drafts import Wording
from handlers.errors import CannotAsk, DraftOver, DraftStopped, NotTheirTurn, OnItsWay, OwnDraft, Refused, Unconfirmed
from storage import cases, drafts, replies, timeline
from storage.types import DraftStatus, ReplyState

SAID = "do you even read what people write to you here?"
ANSWER = "I am sorry that it looks that way. I do read what people write to us here, yours too. Ana"


async def stands(post, case_id):
    async with post.store.read() as work:
        (version,) = await drafts.of_case(work, case_id)
        reply = await replies.of_draft(work, version.draft_id)
        case = await cases.get(work, case_id)
    return version.status, reply and reply.state, str(case.status)


async def test_a_draft_that_was_approved_leaves_once_and_its_receipt_stands_in_the_thread(post, ana, lea):
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    assert await post.house.approvals.approve(lea, proposed.version_id) is DraftStatus.APPROVED
    await post.send(10)
    assert post.house.networks["x"].texts == [ANSWER]
    assert await stands(post, number) == (DraftStatus.PUBLISHED, ReplyState.SENT, "answered")
    assert [one.card.title.name for one in post.slack.messages] == ["case.title", "draft.title", "draft.receipt"]
    assert post.slack.messages[1].card.title.facts["status"] == "published" and not post.slack.messages[1].card.buttons
    async with post.store.read() as work:
        assert (await timeline.verify(work))[1] == []


async def test_a_hundred_yeses_at_once_send_it_once(post, ana, lea):
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    leads = [await post.house.person(f"Lead {one}", "lead") for one in range(20)]
    clicks = [post.house.approvals.approve(leads[one % 20], proposed.version_id) for one in range(100)]
    outcomes = await asyncio.gather(*clicks, return_exceptions=True)
    assert all(one is DraftStatus.APPROVED or isinstance(one, DraftOver) for one in outcomes), outcomes
    await post.send(10)
    assert post.house.networks["x"].texts == [ANSWER]


async def test_nobody_approves_what_they_wrote_whatever_their_role(post, lea):
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(lea, number, Wording(ANSWER, private=True))
    with pytest.raises(OwnDraft):
        await post.house.approvals.approve(lea, proposed.version_id)
    other = await post.house.person("Max", "manager")
    edited = await post.house.approvals.edit_and_approve(other, proposed.version_id, Wording(ANSWER + " Take care.", private=True))
    assert edited.status is DraftStatus.APPROVED, "the editor's own yes"
    await post.send(5)
    assert post.house.networks["x"].texts == [ANSWER + " Take care."]


async def test_a_revision_voids_what_was_approved_and_the_old_card_keeps_its_text_but_loses_its_buttons(post, ana, lea):
    number = await post.house.case(SAID)
    first = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, first.version_id)
    second = await post.house.drafts.revise(ana, first.version_id, Wording(ANSWER + " Bye", private=True))
    await post.send(10)
    assert post.house.networks["x"].texts == []
    with pytest.raises(DraftOver):
        await post.house.approvals.approve(lea, first.version_id)
    old, new = [one.card for one in post.slack.messages if one.shows("draft.title")]
    assert (old.title.facts["status"], old.buttons) == ("superseded", ())
    assert new.title.facts["version"] == 2 and [one.act for one in new.buttons[0]] == ["approve", "edit_and_approve", "reject"]
    assert old.body[1].facts["text"] == ANSWER
    assert await post.house.approvals.approve(lea, second.version_id) is DraftStatus.APPROVED


async def test_what_flow_forbids_does_not_even_become_a_draft(post, ana):
    number = await post.house.case(SAID)
    with pytest.raises(DraftStopped) as stopped:
        await post.house.drafts.propose(ana, number, Wording("Please send us your card number 4111 1111 1111 1111"))
    assert stopped.value.facts["findings"]
    async with post.store.read() as work:
        assert await drafts.of_case(work, number) == []


async def test_an_agent_cannot_approve_and_an_approver_waits_for_their_turn(post, ana, lea):
    number = await post.house.case("legal_threat: " + SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    lawyer = await post.house.person("Lou", "legal")
    with pytest.raises(NotTheirTurn):
        await post.house.approvals.approve(lawyer, proposed.version_id)
    assert await post.house.approvals.approve(lea, proposed.version_id) is DraftStatus.IN_APPROVAL
    assert await post.house.approvals.approve(lawyer, proposed.version_id) is DraftStatus.APPROVED


async def test_a_silent_hold_keeps_what_is_queued_and_lifting_it_sends_nothing_by_itself(post, ana, lea):
    boss = await post.house.person("Max", "manager")
    await post.house.crises.open(boss, "Meridia")
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.house.holds.set(boss, "silent")
    await post.house.cases.move(ana, number, crisis=False)
    await post.send(10)
    assert post.house.networks["x"].texts == [], "clicking Ordinary is no way round"
    await post.house.holds.set(boss, "off")
    await post.send(10)
    assert post.house.networks["x"].texts == [], "a person looks at it again"
    assert [one.card.title.facts["count"] for one in post.slack.messages if one.shows("draft.look_again")] == [1]
    async with post.store.read() as work:
        (held,) = await replies.in_state(work, ReplyState.HELD)
    assert await post.house.aftermath.release(lea, held.id) is ReplyState.WAITING
    await post.send(5)
    assert post.house.networks["x"].texts == [ANSWER]


async def test_a_reply_in_public_about_the_crisis_waits_until_customers_were_told_first(post, ana, lea):
    boss = await post.house.person("Max", "manager")
    await post.house.crises.open(boss, "Meridia")
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(5)
    assert post.house.networks["x"].texts == []
    async with post.store.read() as work:
        (held,) = await replies.in_state(work, ReplyState.HELD)
    assert held.reason == "customers_first"


async def test_refused_gives_the_draft_back_with_the_networks_own_words(post, ana, lea):
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    post.house.networks["x"].fail.append(Refused("You cannot send messages to users who do not follow you"))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(5)
    assert await stands(post, number) == (DraftStatus.WRITTEN, ReplyState.REFUSED, "open")
    again = await post.house.drafts.revise(ana, proposed.version_id, Wording(ANSWER + " Please follow us.", private=True))
    await post.house.approvals.approve(lea, again.version_id)
    await post.send(5)
    assert post.house.networks["x"].texts == [ANSWER + " Please follow us."]


async def test_an_answer_that_was_lost_is_asked_for_and_not_sent_twice(post, ana, lea):
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    post.house.networks["x"].lost.append(Unconfirmed("timeout"))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(20)
    assert post.house.networks["x"].texts == [ANSWER]
    assert await stands(post, number) == (DraftStatus.PUBLISHED, ReplyState.SENT, "answered")


async def test_where_nobody_can_ask_a_person_decides(post, ana, lea):
    network = post.house.networks["x"]
    network.can_be_asked = False
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    network.fail.append(CannotAsk("timeout"))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(100)
    assert network.texts == [] and (await stands(post, number))[1] is ReplyState.UNCONFIRMED
    with pytest.raises(OnItsWay):
        await post.house.drafts.revise(ana, proposed.version_id, Wording("Yes, I read all that people write here.", private=True))
    async with post.store.read() as work:
        (one,) = await replies.in_state(work, ReplyState.UNCONFIRMED)
    await post.house.aftermath.send_again(lea, one.id)
    await post.send(10)
    assert network.texts == [ANSWER]


async def test_approvers_are_reminded_once_and_a_draft_that_nobody_approves_goes_back(post, ana, lea):
    number = await post.house.case(SAID)
    await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.house.drafts.propose(ana, number, Wording(ANSWER + " Take care.", private=True))
    waiting = post.house.answers.waiting
    assert await waiting.remind() == 0
    post.dial.forward(minutes=16)
    assert [await waiting.remind(), await waiting.remind()] == [1, 0]
    await post.send(5)
    (word,) = [one for one in post.slack.messages if one.shows("draft.you_are_waited_for")]
    assert (word.place.channel_id, word.card.title.facts["count"]) == ("U2", 2)
    post.dial.forward(hours=8)
    assert [await waiting.expire(), await waiting.expire()] == [2, 0]
    async with post.store.read() as work:
        assert {one.status for one in await drafts.of_case(work, number)} == {DraftStatus.WRITTEN}


async def test_a_deputy_may_say_yes_outside_the_hours_of_the_one_they_stand_in_for(post, ana):
    await post.house.person("Lea", "lead", hours="mon-fri 09:00-17:00", deputy="Dee")
    deputy = await post.house.person("Dee", "press_officer")
    number = await post.house.case(SAID)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    post.dial.at = post.dial.at.replace(hour=10)
    while post.dial.at.weekday() > 4:
        post.dial.forward(hours=24)
    with pytest.raises(NotTheirTurn):
        await post.house.approvals.approve(deputy, proposed.version_id)
    post.dial.forward(hours=10)
    assert await post.house.approvals.approve(deputy, proposed.version_id) is DraftStatus.APPROVED


async def test_a_language_that_no_check_reads_needs_somebody_who_speaks_it(post, ana, lea):
    number = await post.house.case("Wann erfahre ich, ob ihr das hier überhaupt lest?", language="de")
    proposed = await post.house.drafts.propose(ana, number, Wording("Wir lesen alles, was hier geschrieben wird.", private=True))
    with pytest.raises(NotTheirTurn) as refused:
        await post.house.approvals.approve(lea, proposed.version_id)
    assert refused.value.facts["unchecked"] == "de"
    german = await post.house.person("Uwe", "lead", languages=["de", "en"])
    assert await post.house.approvals.approve(german, proposed.version_id) is DraftStatus.APPROVED


async def test_handing_over_writes_the_first_words_and_promises_a_call(post, ana, lea):
    boss = await post.house.person("Max", "manager", slack_id="U3")
    number = await post.house.case(SAID)
    wording = Wording("This deserves a proper talk. Please send us a private message: Max will take over there.")
    proposed = await post.house.answers.handovers.hand_over(ana, number, wording, "Max")
    assert proposed.status is DraftStatus.IN_APPROVAL
    (promised,) = await post.house.callbacks.list(boss)
    assert (promised.case_id, promised.leader) == (number, "Max")
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(5)
    assert post.house.networks["x"].texts == [wording.text]
    assert any(one.place.channel_id == "U3" for one in post.slack.messages)


async def test_when_the_customer_writes_back_the_case_opens_and_its_owner_is_told(post, ana, lea):
    number = await post.house.case(SAID, by="carla")
    await post.house.cases.claim(ana, number)
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(5)
    assert (await stands(post, number))[2] == "answered"
    assert await post.house.case("thanks, but what now?", by="carla") == number
    await post.send(5)
    assert (await stands(post, number))[2] == "open"
    (word,) = [one for one in post.slack.messages if one.shows("case.wrote_back")]
    assert word.place.channel_id == "U1"
