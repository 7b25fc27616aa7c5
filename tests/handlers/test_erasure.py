"""Somebody asks to be forgotten: nothing of theirs is left in what we reach, and everything else stands as it did."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from handlers.answers.drafts import Wording
from handlers.erasure import Erasure, NoSuchAccount, OnTheWay, SeveralAccounts
from handlers.errors import CaseErased, Refused, TryLater, Unconfirmed
from handlers.ports import Customer, Event
from storage import cases
from storage.tables import metadata
from tests.builders import mention
from tests.handlers.forgotten import ANSWER, SECRET, erase, everything, left, story, theirs, whole


async def test_nothing_of_theirs_is_left_in_any_table_and_the_timeline_still_verifies(post, chief, lea):
    number, other = await story(post, chief, lea), await post.house.case("somebody else writes")
    await post.send(5)
    before = {name: len(rows) for name, rows in (await everything(post.store)).items()}
    gone = await erase(post)
    assert await left(post.store) == {}
    assert (gone.accounts, gone.cases, gone.mentions, gone.drafts, gone.notes) == (1, 1, 2, 2, 1)
    assert await whole(post)
    after = {name: len(rows) for name, rows in (await everything(post.store)).items()}
    kept = ("customers", "cases", "mentions", "drafts", "versions", "replies", "approvals", "notes", "clicks", "callbacks")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}, "what is counted stays"
    async with post.store.read() as work:
        erased, standing = await cases.get(work, number), await cases.get(work, other)
    assert (erased.status, bool(erased.erased_at), standing.erased_at) == ("closed", True, None)


async def test_messages_in_the_workspace_are_taken_away_by_the_sender_and_the_card_says_that_it_was_erased(post, chief, lea):
    await story(post, chief, lea)
    assert len(post.slack.messages) > 5
    gone = await erase(post)
    assert gone.messages >= 5
    await post.send(60)
    in_threads = [one for one in post.slack.messages if one.place.thread_id]
    assert in_threads == []
    card = post.slack.messages[0]
    assert card.shows("case.erased") and not card.card.body and not card.card.buttons
    assert SECRET not in str([one.card for one in post.slack.messages])
    assert await left(post.store) == {}
    assert set(await post.states(kind="erased")) == {"sent"}


async def test_what_stands_on_the_network_is_told_and_can_still_be_deleted_there(post, chief, lea):
    await story(post, chief, lea)
    (public,) = (await erase(post)).public
    assert (public.network, public.url, public.sure) == ("x", "https://x.example/1", True)
    async with post.store.read() as work:
        (reply,) = (await work.execute(sa.select(metadata.tables["replies"]).where(metadata.tables["replies"].c.state == "sent"))).all()
    await post.house.aftermath.delete(lea, reply.id)
    await post.send(5)
    assert post.house.networks["x"].deleted == ["x-1"]
    assert await left(post.store) == {}


async def test_what_is_queued_for_the_customer_is_withdrawn_and_never_leaves(post, chief, lea):
    (receipt,) = await post.house.mentions.receive([theirs()])
    proposed = await post.house.drafts.propose(chief, receipt.case_id, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    assert (await erase(post)).withdrawn == 1
    await post.send(10)
    assert post.house.networks["x"].texts == [] and post.slack.messages == []
    assert await left(post.store) == {}


async def test_what_a_network_said_when_it_refused_goes_too(post, chief, lea):
    (receipt,) = await post.house.mentions.receive([theirs()])
    proposed = await post.house.drafts.propose(chief, receipt.case_id, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    post.house.networks["x"].fail.append(Refused(f"we do not show {SECRET}"))
    await post.send(10)
    await erase(post)
    assert await left(post.store) == {}


async def test_what_is_on_its_way_refuses_the_erasure_until_it_has_ended(post, chief, lea):
    (receipt,) = await post.house.mentions.receive([theirs()])
    proposed = await post.house.drafts.propose(chief, receipt.case_id, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    refused = []

    async def meanwhile():
        with pytest.raises(OnTheWay):
            await erase(post)
        refused.append(True)

    post.house.networks["x"].during = meanwhile
    await post.send(10)
    assert refused and post.house.networks["x"].texts == [ANSWER]
    await erase(post)
    assert await left(post.store) == {}


async def test_a_reply_that_may_have_arrived_refuses_the_erasure_until_the_network_has_been_asked(post, chief, lea):
    (receipt,) = await post.house.mentions.receive([theirs()])
    proposed = await post.house.drafts.propose(chief, receipt.case_id, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    post.house.networks["x"].lost.append(Unconfirmed("timeout"))
    await post.send()
    with pytest.raises(OnTheWay):
        await erase(post)
    await post.send(10)
    assert (await erase(post)).public[0].sure


async def test_a_message_that_may_have_arrived_in_the_workspace_is_looked_for_and_deleted(post):
    await post.house.mentions.receive([theirs()])
    post.slack.lost.append(Unconfirmed("timeout"))
    await post.send()
    assert len(post.slack.messages) == 1
    assert (await erase(post)).messages == 0
    await post.send(10)
    assert post.slack.messages == []
    assert await left(post.store) == {}


async def test_a_message_that_surely_did_not_arrive_needs_no_deletion(post):
    await post.house.mentions.receive([theirs()])
    post.slack.fail.append(TryLater("ratelimited", timedelta(seconds=3)))
    await post.send()
    await erase(post)
    await post.send(10)
    assert post.slack.messages == [] and [act for act, _ in post.slack.calls] == ["post"]


async def test_a_message_that_somebody_deleted_before_is_not_missed(post, chief, lea):
    await story(post, chief, lea)
    post.slack.deleted.update(one.id for one in post.slack.messages)
    await erase(post)
    await post.send(60)
    assert set(await post.states(kind="erased")) == {"sent"}


async def test_accounts_that_were_linked_as_one_person_go_together(post, chief):
    first = (await post.house.mentions.receive([theirs()]))[0].case_id
    await post.house.mentions.receive([theirs(network="mastodon", by=f"{SECRET}-two", number=9, conversation_id="elsewhere")])
    await post.house.customers.link(chief, first, "mastodon", f"{SECRET}-two")
    found = await Erasure(post.store, post.house.board).find("mastodon", f"@{SECRET}-two-handle")
    assert [(one.network, one.cases) for one in found] == [("x", 1), ("mastodon", 1)]
    gone = await Erasure(post.store, post.house.board).erase(found)
    assert (gone.accounts, gone.cases) == (2, 2)
    assert await left(post.store) == {}


async def test_erasing_twice_changes_nothing(post, chief, lea):
    await story(post, chief, lea)
    found = await Erasure(post.store, post.house.board).find("x", f"{SECRET}-id")
    await Erasure(post.store, post.house.board).erase(found)
    before = await everything(post.store)
    again = await Erasure(post.store, post.house.board).erase(found)
    assert (again.cases, again.messages, again.withdrawn) == (0, 0, 0)
    after = await everything(post.store)
    assert {name: rows for name, rows in after.items() if name != "customers"} == {
        name: rows for name, rows in before.items() if name != "customers"
    }
    with pytest.raises(NoSuchAccount):
        await Erasure(post.store, post.house.board).find("x", f"{SECRET}-id")


async def test_a_customer_who_writes_again_is_somebody_new(post):
    first = (await post.house.mentions.receive([theirs()]))[0].case_id
    await erase(post)
    (again,) = await post.house.mentions.receive([theirs("hello again", number=3)])
    assert again.new and again.case_id != first
    async with post.store.read() as work:
        now = await cases.get(work, again.case_id)
    assert (now.handle, now.erased_at) == (f"@{SECRET}-id-handle", None)


@pytest.mark.parametrize("event", list(Event))
async def test_what_was_erased_does_not_come_back_when_the_network_speaks_of_it_again(post, event):
    (first,) = await post.house.mentions.receive([theirs()])
    await erase(post)
    receipts = await post.house.mentions.receive([mention("somebody else"), replace(theirs(f"edited {SECRET}"), event=event)])
    assert (receipts[1].new, receipts[1].case_id) == (False, first.case_id)
    assert await left(post.store) == {}


async def test_an_erased_case_cannot_be_opened_again(post, chief):
    number = (await post.house.mentions.receive([theirs()]))[0].case_id
    await erase(post)
    with pytest.raises(CaseErased):
        await post.house.cases.reopen(chief, number)
    thread = await post.house.desk.thread(chief, number)
    assert thread.card.title.name == "case.erased" and not thread.view.mentions


async def test_a_name_that_two_people_have_asks_for_the_id(post):
    await post.house.mentions.receive([theirs(customer=Customer("one", "@same")), theirs(number=2, customer=Customer("two", "@same"))])
    with pytest.raises(SeveralAccounts) as raised:
        await Erasure(post.store, post.house.board).find("x", "same")
    assert raised.value.facts["accounts"] == ("x:one", "x:two")
    assert [one.external_id for one in await Erasure(post.store, post.house.board).find("x", "two")] == ["two"]


async def test_a_reason_that_a_manager_gave_aloud_goes_too(post, chief, lea):
    manager = await post.house.person("Max", "manager")
    number = (await post.house.mentions.receive([theirs()]))[0].case_id
    await post.house.crises.open(lea, "Breach")
    await post.house.holds.set(lea, "silent")
    await post.house.holds.excuse(manager, number, f"her life: {SECRET}-reason")
    await post.send(10)
    assert SECRET in str([one.card for one in post.slack.messages])
    await erase(post)
    await post.send(30)
    assert SECRET not in str([one.card for one in post.slack.messages])
    assert await left(post.store) == {}
    assert await whole(post)


async def test_a_broken_delivery_of_somebody_whose_name_merely_contains_theirs_stays(post):
    await post.house.mentions.receive([theirs(customer=Customer("anna-1", "@anna"))])
    await post.house.inbox.set_aside("webhook", '{"user": "@annabel"}', "no text")
    await post.house.inbox.set_aside("webhook", '{"user": "@anna"}', "no text")
    await erase(post, "anna")
    assert [row for row in (await everything(post.store))["raw_payloads"] if "anna" in row and "annabel" not in row] == []
    assert any("annabel" in row for row in (await everything(post.store))["raw_payloads"])


async def test_the_other_accounts_of_a_person_stay_linked_when_the_first_is_erased(post, chief):
    first = (await post.house.mentions.receive([theirs()]))[0].case_id
    others = [theirs(network=name, by=name, number=name, conversation_id=name) for name in ("mastodon", "email")]
    await post.house.mentions.receive(others)
    for name in ("mastodon", "email"):
        await post.house.customers.link(chief, first, name, name)
    await Erasure(post.store, post.house.board).erase(
        [one for one in await Erasure(post.store, post.house.board).find("x", f"{SECRET}-id") if one.network == "x"]
    )
    assert {one.network for one in await Erasure(post.store, post.house.board).find("email", "email")} == {"mastodon", "email"}
