"""A list that is told newest first is heard oldest first: nothing skipped, nothing twice, whatever comes and ends in between."""

import random
from datetime import UTC, datetime

import pytest

from bot.networks.bluesky import moments, position
from bot.networks.bluesky.backlog import KNOWN_MOST, Item, Mark, Page, step
from bot.networks.bluesky.position import Position

NOW = moments.from_datetime(datetime(2026, 11, 22, 17, tzinfo=UTC))
MINUTE = 60_000
ROOM = 200


class Square:
    """As the AppView: newest first, going on before a moment, and without those of the same moment that did not fit."""

    def __init__(self):
        self.items, self.fetched, self.now = [], 0, NOW

    def say(self, at, name):
        self.items.append(Item(at, f"at://{name}", name))
        self.items.sort(key=lambda item: -item.at)

    async def fetch(self, page, low):
        self.fetched += 1
        before = moments.read(page) if page else self.now + 1
        left = [item for item in self.items if item.at < before]
        some = left[:100]
        return Page(some, moments.written(some[-1].at) if len(left) > 100 else None, self.now)


class Listener:
    def __init__(self, square, chance=None):
        self.square, self.mark, self.heard, self.chance = square, Mark(), [], chance

    async def turn(self):
        done = await step(self.mark, self.square.fetch, ROOM)
        assert len(done.items) <= ROOM
        if self.chance and self.chance.random() < 0.3:
            return True  # killed before anything was stored
        self.mark = position.read(Position({"": done.mark}).written()).mark("")
        self.heard += [item.said for item in done.items]
        return done.more

    async def listen(self):
        for _ in range(500):
            if not await self.turn():
                return
        raise AssertionError("it never ends")


async def test_a_long_absence_is_made_good_oldest_first_in_bounded_steps():
    square = Square()
    said = [f"n{number}" for number in range(4_321)]
    for number, name in enumerate(said):
        square.say(NOW - 5_000 * MINUTE // 4 + number * 1000, name)
    square.items = [one for one in square.items if one.at > NOW - 24 * 60 * MINUTE]
    listener = Listener(square)
    await listener.listen()
    assert listener.heard == said[-len(listener.heard) :] and len(listener.heard) == len(square.items)
    assert square.fetched < 3 * 44 + 20
    fetched = square.fetched
    await listener.listen()
    assert listener.heard[-1] == "n4320" and square.fetched - fetched <= 20


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_is_skipped_or_told_twice_while_more_comes_and_we_are_killed(seed):
    chance = random.Random(seed)
    square, said = Square(), []
    listener = Listener(square, chance)
    for _ in range(40):
        for _ in range(chance.choice((0, 1, 5, 60, 250))):
            square.now += chance.choice((0, 0, 1, 40))
            late = chance.choice((0, 0, 0, MINUTE // 2))  # some claim to be a little older than they are
            said.append(f"n{len(said)}")
            square.say(square.now - late, said[-1])
        for _ in range(chance.randrange(4)):
            await listener.turn()
        square.now += chance.randrange(20_000)
    listener.chance = None
    await listener.listen()
    await listener.listen()
    assert len(listener.heard) == len(set(listener.heard)), "told twice"
    missed = set(said) - set(listener.heard)
    assert not missed, f"{len(missed)} of {len(said)} were skipped"


async def test_a_hundred_and_fifty_in_the_same_millisecond_are_all_heard():
    square = Square()
    for number in range(90):
        square.say(NOW - 2, f"first{number}")
    for number in range(95):
        square.say(NOW - 1, f"same{number}")
    for number in range(30):
        square.say(NOW, f"last{number}")
    listener = Listener(square)
    await listener.listen()
    assert len(listener.heard) == 215


async def test_what_claims_to_be_half_an_hour_older_is_heard_and_what_is_known_is_not_repeated():
    square, listener = Square(), None
    for number in range(100):
        square.say(NOW - number * MINUTE // 4, f"n{number}")
    listener = Listener(square)
    await listener.listen()
    square.say(NOW - 30 * MINUTE, "late")
    await listener.listen()
    assert len(listener.heard) == 101 and listener.heard[-1] == "late"


async def test_the_first_look_reaches_back_a_day_and_no_further():
    square = Square()
    square.say(NOW - 25 * 60 * MINUTE, "before")
    square.say(NOW - 23 * 60 * MINUTE, "within")
    listener = Listener(square)
    await listener.listen()
    assert listener.heard == ["within"]


async def test_in_silence_the_place_does_not_move_and_little_is_kept():
    square = Square()
    for number in range(3_000):
        square.say(NOW - 3_000 + number, f"n{number}")
    listener = Listener(square)
    await listener.listen()
    before = listener.mark
    assert len(before.known) <= KNOWN_MOST
    await listener.listen()
    assert listener.mark == before and len(listener.heard) == 3_000


async def test_pages_with_nothing_for_us_end_where_we_know_everything():
    """Reasons are filtered after a page is taken: many likes make many empty pages, whose way on is a moment."""
    asked = []

    async def fetch(page, low):
        asked.append(page)
        at = (moments.read(page) if page else NOW) - 10 * MINUTE
        return Page([], moments.written(at), NOW)

    done = await step(Mark(low=NOW - 60 * MINUTE), fetch, ROOM)
    assert not done.more and len(asked) <= 7
