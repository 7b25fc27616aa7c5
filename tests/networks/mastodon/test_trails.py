"""Nothing of a list is skipped: by servers that page up or down, in storms, when ids come out of order, over any restart."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.networks.mastodon.trails import PAGE, Pace, Trail, Walk

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PACE = Pace(again=timedelta(seconds=30), most=30)


class Listing:
    """A server's list. `adjacent`: min_id is answered with what lies next above it, as Mastodon does; else with the newest, as snac does."""

    def __init__(self, *, adjacent=True, most=PAGE, obeys=True):
        self.adjacent, self.most, self.obeys, self.calls = adjacent, most, obeys, 0
        self.items = {}

    def put(self, number, at=NOW):
        self.items[number] = {"id": str(number), "created_at": at.isoformat()}

    async def page(self, bounds):
        self.calls += 1
        numbers = sorted(self.items)
        if self.obeys:
            low, high = int(bounds.get("min_id", -1)), int(bounds.get("max_id", 10**18))
            numbers = [one for one in numbers if low < one < high]
        above = self.adjacent and self.obeys and "min_id" in bounds
        numbers = numbers[: self.most] if above else numbers[-self.most :]
        return [self.items[one] for one in reversed(numbers)]


async def everything(listing, trail, now=NOW, room=40):
    heard, more = [], True
    while more:
        fresh, trail, more = await Walk(listing.page, PACE).on(trail, now, room)
        assert len(fresh) <= room
        heard += [int(one.id) for one in fresh]
    return heard, trail


async def begun(listing):
    return (await everything(listing, Trail()))[1]


@pytest.mark.parametrize("adjacent", [True, False])
@pytest.mark.parametrize("most", [15, 20, 40])
@pytest.mark.parametrize("count", [0, 1, 14, 15, 39, 40, 41, 333])
async def test_everything_comes_once_and_the_oldest_first(adjacent, most, count):
    listing = Listing(adjacent=adjacent, most=most)
    trail = await begun(listing)
    for number in range(1, count + 1):
        listing.put(number)
    heard, trail = await everything(listing, trail)
    assert heard == list(range(1, count + 1))
    assert (await everything(listing, trail))[0] == []


@pytest.mark.parametrize("adjacent", [True, False])
async def test_the_first_look_goes_back_a_day_however_much_that_is(adjacent):
    listing = Listing(adjacent=adjacent)
    for number in range(1, 1001):
        listing.put(number, NOW - timedelta(hours=48) + timedelta(minutes=2.88) * number)
    heard, _ = await everything(listing, Trail())
    assert heard == [number for number in range(1, 1001) if number >= 500]


async def test_one_that_is_stored_after_a_later_one_is_heard():
    listing = Listing()
    trail = await begun(listing)
    listing.put(10)
    listing.put(12)
    heard, trail = await everything(listing, trail)
    assert heard == [10, 12]
    listing.put(11)
    heard, trail = await everything(listing, trail, NOW + timedelta(seconds=5))
    assert heard == [11]
    assert (await everything(listing, trail, NOW + timedelta(seconds=6)))[0] == []


async def test_what_cannot_be_dated_comes_once_too():
    listing = Listing()
    trail = await begun(listing)
    listing.put(1)
    listing.items[1]["created_at"] = "yesterday"
    heard, trail = await everything(listing, trail)
    assert heard == [1]
    assert (await everything(listing, trail))[0] == []


async def test_a_server_that_takes_no_notice_of_bounds_is_not_asked_for_ever():
    listing = Listing(obeys=False, most=20)
    for number in range(1, 51):
        listing.put(number)
    heard, trail = await everything(listing, Trail())
    assert heard == list(range(31, 51))
    assert (await everything(listing, trail))[0] == []
    assert listing.calls < 15


@pytest.mark.parametrize("seed", range(20))
async def test_storms_and_restarts_at_random_lose_nothing(seed):
    chance = random.Random(seed)
    listing = Listing(adjacent=chance.random() < 0.5, most=chance.choice([15, 20, 40]))
    trail, heard, now, number = await begun(listing), [], NOW, 0
    for _ in range(60):
        now += timedelta(seconds=chance.choice([0, 1, 4, 40]))
        for _ in range(chance.choice([0, 1, 3, 30, 90])):
            number += 1
            listing.put(number, now)
        if chance.random() < 0.3 and len(listing.items) > 5:
            del listing.items[gone := chance.choice(sorted(listing.items))]
            heard.append(gone)
        fresh, moved, _ = await Walk(listing.page, PACE).on(trail, now, 40)
        if chance.random() < 0.8:  # else killed before it was stored
            heard += [int(one.id) for one in fresh]
            trail = moved
    rest, _ = await everything(listing, trail, now)
    heard += rest
    assert set(listing.items) <= set(heard)
    assert all(heard.count(one) == 1 for one in listing.items)


async def test_silence_costs_one_call():
    listing = Listing()
    listing.put(1, NOW - timedelta(hours=1))
    trail = await begun(listing)
    listing.calls = 0
    await everything(listing, trail)
    assert listing.calls == 1
