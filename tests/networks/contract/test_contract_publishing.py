"""What we say lands where it belongs, as it was approved, once, and is seen by nobody else."""

from contextlib import suppress

import pytest

from handlers.errors import CannotAsk, Refused, Unconfirmed
from tests.networks.contract.asking import a_while_ago, answer, asked, needs, ours, said_and_heard, unlike, usually_private, ways
from tests.networks.contract.stage import Fault

SIGNS = "1 < 2 & “so” — 👩🏽‍🚀 naïve שלום مرحبا https://example.com/a?b=1&c=2\n"


async def test_our_answer_stands_below_what_it_answers_and_as_private_as_that(stage, scene):
    for number, private in enumerate(ways(scene), 1):
        mention = await said_and_heard(stage, unlike("Is my data safe?"), private=private)
        published = await stage.network.publish(reply := answer(mention))
        seen = (await ours(stage, count=number))[-1]
        assert (seen.id, seen.parent, seen.private) == (published.external_id, mention.external_id, private)
        assert reply.text in seen.text
        assert published.url is None or published.url.startswith(("https://", "http://"))


async def test_something_public_is_answered_in_private_where_that_is_possible(stage, scene):
    needs(scene.abilities and scene.abilities.private and scene.hearing.public, "no way from public to private there")
    mention = await said_and_heard(stage, unlike("Is my data safe?"))
    await stage.network.publish(reply := answer(mention, private=True))
    (seen,) = await ours(stage, count=1)
    assert seen.private and reply.text in seen.text


async def test_what_was_said_in_private_is_never_answered_in_public(stage, scene):
    needs(scene.abilities and scene.hearing.private, "nothing private is heard there")
    mention = await said_and_heard(stage, unlike("My account is 1234."), private=True)
    with pytest.raises(Refused) as refused:
        await stage.network.publish(answer(mention, private=False))
    assert refused.value.reason == "private_in_public" or not scene.abilities.public
    await ours(stage, count=0)


async def test_what_cannot_be_said_in_private_is_not_said_in_public_instead(stage, scene):
    needs(scene.abilities and not scene.abilities.private, "it can be said in private there")
    mention = await said_and_heard(stage, unlike("Is my data safe?"))
    with pytest.raises(Refused):
        await stage.network.publish(answer(mention, private=True))
    await ours(stage, count=0)


async def test_after_a_crash_our_answer_is_found_and_not_sent_again(stage, scene):
    needs(scene.abilities and scene.abilities.asks, "nobody can be asked there")
    for number, private in enumerate(ways(scene), 1):
        mention = await said_and_heard(stage, unlike("Is my data safe?"), private=private)
        published = await stage.network.publish(reply := answer(mention))
        network, _ = await stage.again()
        found = await asked(network, reply)
        assert found is not None and found.external_id == published.external_id
        await ours(stage, count=number)


async def test_what_was_never_sent_is_not_found(stage, scene):
    for private in ways(scene):
        mention = await said_and_heard(stage, unlike("Is my data safe?"), private=private)
        with suppress(Unconfirmed):
            assert await stage.network.find(answer(mention), a_while_ago()) is None


async def test_the_same_words_to_another_customer_are_another_answer(stage, scene):
    for private in ways(scene):
        first, second = [
            await said_and_heard(stage, unlike("Is my data safe?"), customer=name, private=private) for name in ("anna", "bruno")
        ]
        reply = answer(first)
        await stage.network.publish(reply)
        with suppress(Unconfirmed):
            assert await stage.network.find(answer(second, reply.text), a_while_ago()) is None


async def test_where_nobody_can_tell_that_is_said(stage, scene):
    needs(scene.abilities and not scene.abilities.asks, "it can be asked there")
    mention = await said_and_heard(stage, unlike("Is my data safe?"), private=usually_private(scene))
    with pytest.raises(CannotAsk):
        await stage.network.find(answer(mention), a_while_ago())


async def test_what_answers_something_deleted_is_refused(stage, scene):
    tried = 0
    for private in ways(scene):
        mention = await said_and_heard(stage, unlike("Is my data safe?"), private=private)
        with suppress(NotImplementedError):
            await stage.take_away(mention.external_id)
            tried += 1
            with pytest.raises(Refused):
                await stage.network.publish(answer(mention))
            await ours(stage, count=0)
    needs(tried, "nobody takes back there what they wrote")


async def test_as_much_as_the_network_takes_goes_out_whole(stage, scene):
    for number, private in enumerate(ways(scene), 1):
        most = stage.network.most(private=private) or 10_000
        mention = await said_and_heard(stage, unlike("Is my data safe?"), private=private)
        text = filled(stage.network, most)
        assert stage.network.length(text) == most
        await stage.network.publish(answer(mention, text))
        assert text in (await ours(stage, count=number))[-1].text


async def test_one_character_more_is_refused_before_anything_is_called(stage, scene):
    for private in ways(scene):
        most = stage.network.most(private=private)
        needs(most, "no limit there")
        mention = await said_and_heard(stage, unlike("Is my data safe?"), private=private)
        if Fault.BROKEN in scene.faults:
            await stage.fault(Fault.BROKEN)  # whoever calls would notice
        with pytest.raises(Refused) as refused:
            await stage.network.publish(answer(mention, filled(stage.network, most) + "a"))
        assert refused.value.reason == "too_long"
        await stage.fault(Fault.BROKEN, 0)
        await ours(stage, count=0)


def filled(network, most: int) -> str:
    """Words of exactly that length, as the network counts, with signs that are counted in many ways."""
    text = SIGNS
    text += "word " * ((most - network.length(text)) // 5 - 1)
    return text + "a" * (most - network.length(text))


async def test_what_we_take_back_is_gone_and_taking_it_back_again_harms_nobody(stage, scene):
    needs(scene.abilities and scene.abilities.delete, "nothing is taken back there")
    for private in ways(scene):
        mention = await said_and_heard(stage, unlike("Is my data safe?"), private=private)
        published = await stage.network.publish(answer(mention))
        await ours(stage, count=1)
        if private and getattr(stage, "private_stays", False):
            with pytest.raises(Refused):
                await stage.network.delete(published.external_id)
            continue
        await stage.network.delete(published.external_id)
        await ours(stage, count=0)
        await stage.network.delete(published.external_id)


async def test_every_limit_names_its_lane_first(stage, scene):
    needs(scene.abilities, "we only read there")
    for act in ("publish", "delete", *(("hide",) if scene.abilities.hide else ())):
        first, *others = stage.network.limits(act)
        assert first.name == f"{stage.network.name}:{stage.network.account}#{act}"
        assert len({first.name, *(one.name for one in others)}) == 1 + len(others)
    assert stage.network.abilities == scene.abilities
