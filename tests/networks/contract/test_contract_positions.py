"""Nothing is skipped and nothing comes twice, wherever we are torn away and begin again."""

import random
from itertools import pairwise

import pytest

from handlers.ports import Mention
from tests.networks.contract.asking import Ear, ear, unlike, usually_private
from tests.networks.contract.extras import keeps_order

THINGS = 30
RESTARTS, READS, KILLED = 0.4, 0.8, 0.3  # chances


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_skipped_and_nothing_comes_twice_over_restarts_at_random(stage, scene, seed):
    chance, hearing, said = random.Random(seed), ear(stage), []
    while len(said) < THINGS:
        for _ in range(min(chance.randrange(1, 6), THINGS - len(said))):
            customer = chance.choice(("anna", "bruno", "chloe"))
            said.append(await stage.say(unlike(f"Number {len(said)}"), customer=customer, private=usually_private(scene)))
        if chance.random() < RESTARTS:
            _, hearing.source = await stage.again()
        if chance.random() < READS:
            await _read_a_page(hearing, killed=chance.random() < KILLED)
    _, hearing.source = await stage.again()
    await hearing.until(*said)
    await hearing.ask()
    heard = [one.external_id for one in hearing.mentions if one.external_id in set(said)]
    assert sorted(heard) == sorted(said), "one came twice, or never"
    assert not keeps_order(stage) or heard == said, "the oldest comes first"


async def _read_a_page(hearing: Ear, *, killed: bool) -> None:
    """Killed before it was stored: what came is heard by nobody, and the position stays."""
    page = await hearing.source.since(hearing.cursor)
    if not killed:
        hearing.heard += page.news
        hearing.cursor = page.cursor


async def test_the_same_position_brings_the_same_again_and_what_came_since(stage, scene):
    private, hearing = usually_private(scene), ear(stage)
    before = [await stage.say(unlike(f"Before, {n}"), private=private) for n in range(3)]
    await hearing.until(*before)
    position = hearing.cursor
    after = [await stage.say(unlike(f"After, {n}"), private=private) for n in range(3)]
    first = Ear(stage.source, hearing.within, position)
    await first.until(*after)
    last = await stage.say(unlike("The last"), private=private)
    _, anew = await stage.again()
    for source in (stage.source, anew):
        again = Ear(source, hearing.within, position)
        await again.until(*after, last)
        heard = [one.external_id for one in again.mentions]
        assert not set(before) & set(heard), "what was stored came again"
        assert sorted(one for one in heard if one in {*after, last}) == sorted([*after, last])


async def test_what_comes_together_is_told_with_the_oldest_first(stage, scene):
    said = [await stage.say(unlike(f"Number {n}"), private=usually_private(scene)) for n in range(5)]
    hearing = ear(stage)
    await hearing.until(*said)
    moments = [one.posted_at for one in hearing.mentions if one.external_id in set(said)]
    assert all(earlier <= later for earlier, later in pairwise(moments))


async def test_asking_in_silence_brings_nothing_and_keeps_the_place(stage, scene):
    private, hearing = usually_private(scene), ear(stage)
    await hearing.until(await stage.say(unlike("One"), private=private))
    await hearing.ask()
    assert [one for one in await hearing.ask() if isinstance(one, Mention)] == []
    await hearing.until(await stage.say(unlike("Two"), private=private))
