"""Whoever writes sees by which ways the customer can be answered, why a way is missing and until when it is open; the gate sees it too."""

from datetime import timedelta

import pytest

from handlers.answers.drafts import Wording
from handlers.cards import case_card, load
from handlers.errors import NoWayOut, TryLater
from handlers.networks import Abilities
from storage import replies
from storage.types import ReplyState
from templates import say
from tests.builders import mention
from tests.handlers.test_answers_after import ANSWER, SAID

LEADER = ("Ben", "callback_leader")


def ways(form):
    return [option.value for option in next(field for field in form.fields if field.name == "where").options]


def told(form):
    return [(one.name, one.facts.get("reason") or one.facts.get("at")) for one in form.intro if getattr(one, "name", "") in NAMED]


NAMED = ("error.no_way_out", "case.private_until")


@pytest.fixture(params=["reply", "handover"])
def asked(request, post, ana):
    async def form(number):
        return await post.house.answers.desk.form(ana, request.param, str(number))

    return form


async def test_where_everything_is_possible_nothing_is_said(post, asked):
    form = await asked(await post.house.case(SAID))
    assert (ways(form), told(form)) == (["public", "private"], [])


async def test_who_did_not_address_us_is_answered_in_private_and_the_form_says_why(post, asked):
    form = await asked(await post.house.case(SAID, no_answer="not_summoned"))
    assert (ways(form), told(form)) == (["private"], [("error.no_way_out", "not_summoned")])


async def test_how_long_the_private_way_is_open_is_said_and_that_it_is_over(post, asked, dial):
    until = dial() + timedelta(hours=2)
    number = await post.house.case(SAID, private_until=until)
    form = await asked(number)
    assert (ways(form), told(form)) == (["public", "private"], [("case.private_until", until)])
    dial.forward(hours=3)
    form = await asked(number)
    assert (ways(form), told(form)) == (["public"], [("error.no_way_out", "private_over")])


async def test_who_was_told_in_private_once_is_not_told_again_until_they_answer(post, asked, ana, lea):
    post.house.networks["x"].abilities = Abilities(private_once=True)
    number = await post.house.case(SAID, by="u1")
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(5)
    assert len(post.house.networks["x"].texts) == 1
    form = await asked(number)
    assert (ways(form), told(form)) == (["public"], [("error.no_way_out", "private_once")])
    await post.house.mentions.receive([mention("thank you", by="u1", private=True)])
    assert "private" in ways(await asked(number))


async def test_what_was_said_in_private_offers_no_public_way_and_needs_no_word_for_it(post, asked):
    form = await asked(await post.house.case(SAID, private=True, no_answer="not_summoned"))
    assert (ways(form), told(form)) == (["private"], [])


async def test_where_no_way_is_left_the_form_does_not_open_and_says_why(post, asked, dial):
    number = await post.house.case(SAID, private=True, private_until=dial() + timedelta(hours=1))
    dial.forward(hours=2)
    with pytest.raises(NoWayOut) as error:
        await asked(number)
    assert error.value.facts["reason"] == "private_over"


@pytest.mark.parametrize("why", ["automatic", "list"])
async def test_what_no_person_wrote_to_us_has_no_reply_button_but_can_be_closed_and_noted(post, asked, why):
    number = await post.house.case(SAID, no_answer=why, by="u1")
    acts = await acts_of(post, number)
    assert not {"reply", "handover"} & acts and {"close", "note", "claim"} <= acts
    with pytest.raises(NoWayOut) as error:
        await asked(number)
    assert error.value.facts["reason"] == why
    await post.house.mentions.receive([mention("and now it is me who writes", by="u1")])
    assert {"reply", "handover"} <= await acts_of(post, number)
    assert ways(await asked(number)) == ["public", "private"]


async def acts_of(post, number):
    async with post.store.read() as work:
        card = case_card(await load(work, post.house.shelf, number))
    return {button.act for row in card.buttons for button in row}


async def test_a_machine_that_answers_does_not_open_a_case_again(post, ana):
    number = await post.house.case(SAID, by="u1")
    await post.house.cases.close(ana, number)
    await post.house.mentions.receive([mention("I am out of office", by="u1", no_answer="automatic")])
    assert "reopen" in await acts_of(post, number)
    await post.house.mentions.receive([mention("I am back", by="u1")])
    assert "reopen" not in await acts_of(post, number)


async def test_a_private_way_that_closed_meanwhile_keeps_the_reply_and_its_words_can_go_out_in_public(post, ana, lea, dial):
    number = await post.house.case(SAID, private_until=dial() + timedelta(hours=1))
    proposed = await post.house.drafts.propose(ana, number, Wording(ANSWER, private=True))
    network = post.house.networks["x"]
    network.fail.append(TryLater("busy", timedelta(hours=2)))
    await post.house.approvals.approve(lea, proposed.version_id)
    await post.send(2)
    dial.forward(hours=3)
    await post.send(5)
    async with post.store.read() as work:
        (reply,) = await replies.of_case(work, number)
    assert (network.texts, reply.state, reply.reason) == ([], ReplyState.HELD, "private_over")
    with pytest.raises(NoWayOut):
        await post.house.aftermath.release(lea, reply.id)
    revised = await post.house.drafts.revise(ana, proposed.version_id, Wording(ANSWER))
    await post.house.approvals.approve(lea, revised.version_id)
    await post.send(5)
    assert network.texts == [ANSWER]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_why_it_was_kept_is_said_in_every_language(language):
    words = say("draft.receipt", language, state="held", reason="private_over", at=None, rehearsed=False)
    assert "private_over" not in words and len(words) > 40
