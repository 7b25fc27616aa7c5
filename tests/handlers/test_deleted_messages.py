"""Somebody deletes a message of ours in the workspace: the case is shown again, nothing that was for it is lost."""

from handlers.answers.drafts import Wording
from handlers.errors import CannotAsk
from storage import cases, replies
from storage.types import ReplyState


async def test_a_card_that_somebody_deleted_is_posted_anew_when_the_case_changes(post):
    case, ana = await post.house.case("one"), await post.house.person("Ana")
    await post.send()
    post.slack.deleted.add(post.slack.messages[0].id)
    await post.house.cases.claim(ana, case)
    await post.send(5)
    assert len(post.slack.messages) == 2
    await post.house.cases.close(ana, case)
    await post.send(5)
    assert len(post.slack.messages) == 2, "later changes update the new card"
    assert len(post.slack.messages[1].states) == 2


async def test_a_note_for_a_deleted_thread_waits_for_the_new_card(post):
    case, ana = await post.house.case("one"), await post.house.person("Ana")
    await post.send()
    post.slack.deleted.add(post.slack.messages[0].id)
    await post.house.cases.note(ana, case, "call her back")
    await post.send(8)
    card, note = post.slack.messages[1:]
    assert (card.place.thread_id, note.place.thread_id) == (None, card.id)
    assert note.shows("case.note")


ANSWER = Wording("I am sorry that it looks that way. I do read what people write to us here, yours too. Ana", private=True)


async def asked(post):
    case, ana = await post.house.case("do you even read what people write to you here?"), await post.house.person("Ana")
    made = await post.house.drafts.propose(ana, case, ANSWER)
    await post.send(3)
    return made.version_id, await post.house.person("Lea", "lead")


def titles(post):
    return [one.card.title.name for one in post.slack.messages]


async def test_an_approval_card_that_somebody_deleted_is_posted_anew_below_the_same_card_and_once(post):
    version, lea = await asked(post)
    card, gone = post.slack.messages
    post.slack.deleted.add(gone.id)
    await post.house.approvals.reject(lea, version, "not like this")
    await post.send(30)
    assert titles(post) == ["case.title", "draft.title", "draft.title"]
    anew = post.slack.messages[2]
    assert anew.place.thread_id == card.id and anew.card.title.facts["status"] == "rejected"


async def test_a_receipt_that_somebody_deleted_is_posted_anew_below_the_same_card_and_once(post):
    version, lea = await asked(post)
    await post.house.approvals.approve(lea, version)
    post.house.networks["x"].lost.append(CannotAsk("timeout"))
    await post.send(10)
    (receipt,) = [one for one in post.slack.messages if one.shows("draft.receipt")]
    post.slack.deleted.add(receipt.id)
    async with post.store.read() as work:
        (reply,) = await replies.in_state(work, ReplyState.UNCONFIRMED, limit=1)
    await post.house.aftermath.arrived(lea, reply.id)
    await post.send(30)
    assert titles(post) == ["case.title", "draft.title", "draft.receipt", "draft.receipt"]
    assert post.slack.messages[3].card.title.facts["state"] == "sent"


async def test_when_the_card_above_is_gone_too_all_of_it_is_shown_again_once(post):
    version, lea = await asked(post)
    post.slack.deleted |= {one.id for one in post.slack.messages}
    await post.house.approvals.reject(lea, version, "not like this")
    await post.send(30)
    assert titles(post) == ["case.title", "draft.title", "case.title", "draft.title"]
    card, draft = post.slack.messages[2:]
    assert draft.place.thread_id == card.id and draft.card.title.facts["status"] == "rejected"
    assert set(await post.states()) == {"sent"}


async def test_a_pointer_whose_message_is_gone_is_needed_no_more(post):
    case, ana = await post.house.case("ordinary"), await post.house.person("Ana")
    await post.send()
    post.slack.deleted.add(post.slack.messages[0].id)
    await post.house.cases.move(ana, case, crisis=True)
    await post.send(5)
    assert await post.states(kind="pointer") == ["sent"]
    assert post.slack.messages[-1].place.channel_id == "C1"


async def test_the_open_cases_of_somebody_who_leaves_wait_for_the_next(post):
    ana, boss = await post.house.person("Ana"), await post.house.person("Boss", "admin", "agent")
    await post.house.person("Other", "admin")
    case = await post.house.case("one")
    await post.house.cases.claim(ana, case)
    await post.house.staff.remove(boss, "Ana")
    async with post.house.store.read() as work:
        found = await cases.get(work, case)
    assert (found.owner, found.status) == (None, "open")
    assert await post.house.cases.next(boss) == case
