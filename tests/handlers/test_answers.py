"""From a draft to the one reply: who may say yes, what a revision voids, what a hold keeps, what a network may answer."""

import asyncio

import pytest

from handlers.answers.drafts import Wording
from handlers.errors import CannotAsk, DraftOver, DraftStopped, NotTheirTurn, OnItsWay, OwnDraft, Refused, Unconfirmed
from storage import cases, drafts, replies, timeline
from storage.types import DraftStatus, ReplyState
from tests.handlers.sending import post_office

SAID = "do you even read what people write to you here?"
ANSWER = "I am sorry that it looks that way. I do read what people write to us here, yours too. Ana"


@pytest.fixture
async def post(store, dial):
    return await post_office(store, dial)


@pytest.fixture
async def ana(post):
    return await post.house.person("Ana", "agent", slack_id="U1")


@pytest.fixture
async def lea(post):
    return await post.house.person("Lea", "lead", slack_id="U2")


@pytest.fixture
async def max_(post):
    return await post.house.person("Max", "manager")


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
