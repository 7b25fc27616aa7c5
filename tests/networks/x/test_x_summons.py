"""Who may be answered is known when it is heard, and X has the last word."""

import pytest

from handlers.errors import Refused
from handlers.ports import NOT_SUMMONED
from tests.networks.x.conftest import answering


async def _only(ours, post):
    return next(one for one in await ours.hear() if one.external_id == post.id)


async def test_who_names_us_may_be_answered(fake, ours):
    heard = await _only(ours, fake.world.write(fake.world.user("anna"), "hey @acme, is my data safe?"))
    assert heard.no_answer == ""
    assert (await ours.network.publish(answering(heard, "It is."))).url


async def test_who_quotes_us_may_be_answered(fake, ours):
    mine = fake.world.write(fake.world.us, "We found no sign of misuse.")
    heard = await _only(ours, fake.world.write(fake.world.user("anna"), "really?", quote=mine))
    assert heard.no_answer == "" and heard.text.startswith("really?")
    await ours.network.publish(answering(heard, "Really."))


async def test_who_quotes_somebody_else_is_not_ours_to_answer(fake, ours):
    ours.connect("really")
    theirs = fake.world.write(fake.world.user("bruno"), "Acme lost my data")
    heard = await _only(ours, fake.world.write(fake.world.user("anna"), "really", quote=theirs))
    assert heard.no_answer == NOT_SUMMONED


async def test_who_answers_us_may_be_answered_again(fake, ours):
    mine = fake.world.write(fake.world.us, "We are looking into it.")
    heard = await _only(ours, fake.world.write(fake.world.user("anna"), "since when?", to=mine))
    assert heard.no_answer == "" and heard.conversation_id == mine.id
    await ours.network.publish(answering(heard, "Since noon."))


async def test_who_only_uses_our_words_is_heard_and_cannot_be_answered(fake, ours):
    ours.connect("data leak")
    heard = await _only(ours, fake.world.write(fake.world.user("anna"), "that data leak made me angry"))
    assert heard.no_answer == NOT_SUMMONED
    with pytest.raises(Refused, match="not been mentioned"):
        await ours.network.publish(answering(heard, "We are sorry."))


async def test_a_name_that_x_wrote_in_front_of_an_answer_summons_nobody(fake, ours):
    question = fake.world.write(fake.world.user("anna"), "@acme is my data safe?")
    beside = fake.world.write(fake.world.user("bruno"), "same here", to=question)
    heard = {one.external_id: one.no_answer for one in await ours.hear()}
    assert heard == {question.id: "", beside.id: NOT_SUMMONED}


async def test_who_brings_us_into_a_thread_of_others_may_be_answered(fake, ours):
    question = fake.world.write(fake.world.user("anna"), "is my data safe?")
    heard = await _only(ours, fake.world.write(fake.world.user("bruno"), "ask them: @acme", to=question))
    assert heard.no_answer == ""
    front = await _only(ours, fake.world.write(fake.world.user("bruno"), "@acme what do you say?", to=question))
    assert front.no_answer == ""


async def test_a_contract_with_x_that_lets_us_answer_anybody_is_not_stood_in_the_way_of(fake, ours):
    fake.enterprise = True
    ours.connect("data leak")
    heard = await _only(ours, fake.world.write(fake.world.user("anna"), "that data leak"))
    await ours.network.publish(answering(heard, "We are sorry."))


async def test_what_a_protected_account_wrote_is_private(fake, ours):
    heard = await _only(ours, fake.world.write(fake.world.user("chloe", protected=True), "@acme my number is 123"))
    assert heard.private
    with pytest.raises(Refused) as refused:
        await ours.network.publish(answering(heard, "Thanks"))
    assert refused.value.reason == "private_in_public"
    await ours.network.publish(answering(heard, "Thanks", private=True))


async def test_somebody_who_takes_no_messages_is_told_of_in_xs_words(fake, ours):
    heard = await _only(ours, fake.world.write(fake.world.user("dora", no_messages=True), "@acme hello"))
    with pytest.raises(Refused, match="permission to DM"):
        await ours.network.publish(answering(heard, "Hello", private=True))
