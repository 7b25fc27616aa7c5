"""When the other side is away, slow, gone in the middle or has shut us out, we say what we know and no more."""

import logging
from contextlib import suppress

import pytest

from handlers.errors import DoorClosed, SendError, TryLater, Unconfirmed
from tests.networks.contract.asking import (
    a_while_ago,
    answer,
    asked,
    ear,
    needs,
    needs_fault,
    ours,
    said_and_heard,
    unlike,
    usually_private,
    ways,
)
from tests.networks.contract.extras import secrets
from tests.networks.contract.stage import Fault

PASSES = [Fault.BUSY, Fault.BROKEN, Fault.CUT]
fault_that_passes = pytest.mark.parametrize("fault", PASSES, ids=str)


async def _mention(stage, private):
    return await said_and_heard(stage, unlike("Is my data safe?"), private=private)


@fault_that_passes
async def test_what_is_said_while_nobody_can_listen_is_heard_afterwards(stage, scene, fault):
    needs_fault(scene, fault)
    private, hearing = usually_private(scene), ear(stage)
    await hearing.until(await stage.say(unlike("Before"), private=private))
    missed = [await stage.say(unlike(f"Meanwhile, {n}"), private=private) for n in range(3)]
    await stage.fault(fault, 2)
    for _ in range(2):
        with suppress(TryLater):
            await hearing.ask()
    await stage.fault(fault, 0)
    await hearing.until(*missed)
    heard = [one.external_id for one in hearing.mentions]
    assert [heard.count(one) for one in missed] == [1, 1, 1]


async def test_a_network_that_asks_for_quiet_has_taken_nothing_and_says_for_how_long(stage, scene):
    needs_fault(scene, Fault.BUSY)
    for number, private in enumerate(ways(scene), 1):
        mention = await _mention(stage, private)
        await stage.fault(Fault.BUSY)
        with pytest.raises(TryLater) as later:
            await stage.network.publish(reply := answer(mention))
        assert later.value.after.total_seconds() > 0
        await stage.fault(Fault.BUSY, 0)
        await stage.network.publish(reply)
        await ours(stage, count=number)


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.CUT], ids=str)
async def test_after_a_failure_asking_first_and_then_sending_leaves_exactly_one(stage, scene, fault):
    needs_fault(scene, fault)
    for number, private in enumerate(ways(scene), 1):
        mention = await _mention(stage, private)
        await stage.fault(fault)
        with pytest.raises((TryLater, Unconfirmed)):
            await stage.network.publish(reply := answer(mention))
        await stage.fault(fault, 0)
        if scene.abilities.asks:
            if not await asked(stage.network, reply):
                await stage.network.publish(reply)
            await ours(stage, count=number)


async def test_where_the_line_was_cut_before_anything_was_done_nothing_is_found(stage, scene):
    needs_fault(scene, Fault.CUT)
    for private in ways(scene):
        mention = await _mention(stage, private)
        await stage.fault(Fault.CUT)
        with pytest.raises((TryLater, Unconfirmed)):
            await stage.network.publish(reply := answer(mention))
        await stage.fault(Fault.CUT, 0)
        await ours(stage, count=0)
        with suppress(Unconfirmed):
            assert await stage.network.find(reply, a_while_ago()) is None


async def test_what_was_taken_without_an_answer_is_unconfirmed_and_then_found(stage, scene):
    needs_fault(scene, Fault.LOST)
    for number, private in enumerate(ways(scene), 1):
        mention = await _mention(stage, private)
        await stage.fault(Fault.LOST)
        with pytest.raises(Unconfirmed):
            await stage.network.publish(reply := answer(mention))
        seen = (await ours(stage, count=number))[-1]
        if scene.abilities.asks:
            network, _ = await stage.again()
            found = await asked(network, reply)
            assert found is not None and found.external_id == seen.id
        await ours(stage, count=number)


@pytest.mark.parametrize("fault", [*PASSES, Fault.DEAD_TOKEN], ids=str)
async def test_an_answer_that_cannot_be_looked_for_is_not_taken_for_lost(stage, scene, fault):
    needs_fault(scene, fault)
    needs(scene.abilities and scene.abilities.asks, "nobody can be asked there")
    for private in ways(scene):
        mention = await _mention(stage, private)
        await stage.network.publish(reply := answer(mention))
        await stage.fault(fault)
        with suppress(SendError):
            assert await stage.network.find(reply, a_while_ago()) is not None
        await stage.fault(fault, 0)


@pytest.mark.parametrize("doing", ["hearing", "publishing", "deleting", "standing"])
async def test_a_dead_token_closes_the_whole_door(stage, scene, doing):
    needs_fault(scene, Fault.DEAD_TOKEN)
    private = usually_private(scene)
    mention = await _mention(stage, ways(scene)[0] if scene.abilities else private)
    if doing in ("publishing", "deleting"):
        needs(ways(scene), "we only read there")
    if doing == "deleting":
        needs(scene.abilities.delete, "nothing is taken back there")
        published = await stage.network.publish(answer(mention))
    calls = {
        "hearing": lambda: stage.source.since(None),
        "publishing": lambda: stage.network.publish(answer(mention)),
        "deleting": lambda: stage.network.delete(published.external_id),
        "standing": stage.source.standing,
    }
    await stage.fault(Fault.DEAD_TOKEN, 10)
    with pytest.raises(DoorClosed) as closed:
        await calls[doing]()
    assert closed.value.whole
    await stage.fault(Fault.DEAD_TOKEN, 0)


async def test_no_secret_stands_in_a_log_an_error_or_a_representation(stage, scene, caplog):
    needs(secrets(stage), "this stage names no secrets")
    caplog.set_level(logging.DEBUG)
    mention = await _mention(stage, usually_private(scene))
    told = [repr(stage.source), repr(stage.network) if scene.abilities else ""]
    calls = [lambda: stage.source.since(None), stage.source.standing]
    calls += [lambda: stage.network.publish(answer(mention))] if scene.abilities else []
    for fault in scene.faults:
        await stage.fault(fault, len(calls))
        for call in calls:
            try:
                await call()
            except Exception as error:
                told.append(f"{error!r} {error.__cause__!r}")
        await stage.fault(fault, 0)
    for secret in secrets(stage):
        assert not any(secret in one for one in [*told, caplog.text])
