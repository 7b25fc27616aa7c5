"""No window of Teams' is ever broken, whoever waits; and a long line leaves at nearly all the speed there is."""

import asyncio
import bisect
import random
import time
from collections import Counter
from datetime import timedelta

import pytest

from bot.teams.pace import CREATIONS, REQUESTS, WAIT_MOST, Pace, Turns
from handlers.errors import TryLater
from storage import buckets
from storage.database import Store
from storage.migrate import upgrade
from tests.fakes.teams.limits import SENDS

CHANNEL, ACTS = "19:crisis@thread.tacv2", ("delete", "post", "update")  # in the order in which the sender asks
WAY = 1.5  # seconds that one message may take longer than another
TICK = timedelta(microseconds=1)


@pytest.fixture
async def shared(tmp_path, dial):
    store = Store(f"sqlite:///{tmp_path}/tocsin.db", dial)
    await upgrade(store)
    yield store
    await store.close()


def fullest(times: list[float], seconds: float) -> int:
    """The most that any such time holds, its ends included."""
    return max(bisect.bisect_right(times, begin + seconds) - place for place, begin in enumerate(times))


def assert_kept(times: list[float]) -> None:
    times = sorted(times)
    assert [(seconds, most) for seconds, most in SENDS if fullest(times, seconds) > most] == []


async def taken(store: Store, turns: Turns, act: str) -> bool:
    async with store.begin() as work:
        token = await buckets.take(work, turns.limits(CHANNEL, act))
        await work.commit()
    if token is not None:
        turns.took(CHANNEL, act)
    return token is not None


async def run(store, dial, seconds: float, *acts: str, turns: Turns | None = None) -> list[tuple[float, str]]:
    """Of each of these acts there is always one waiting: what left, and when."""
    began, left, turns = dial.at, [], turns or Turns()
    while (dial.at - began).total_seconds() < seconds:
        for act in acts:
            if await taken(store, turns, act):
                left.append(((dial.at - began).total_seconds(), act))
        async with store.read() as work:
            dial.at += max(TICK, min([await buckets.wait(work, turns.limits(CHANNEL, act)) for act in acts]))
    return left


@pytest.mark.slow
async def test_an_hour_of_backlog_uses_nearly_all_that_is_allowed_and_never_more(shared, dial):
    await run(shared, dial, 120, "post")  # what was saved up is spent
    left = await run(shared, dial, 3700, "post")
    assert sum(at < 3600 for at, _ in left) >= 0.98 * 1800
    assert_kept([at for at, _ in left])


async def test_after_a_quiet_time_no_window_is_broken_either(shared, dial):
    left = await run(shared, dial, 150, *ACTS)
    assert_kept([at for at, _ in left])
    assert fullest([at for at, _ in left], 60.0) > 45, "a crisis begins faster than it goes on"


@pytest.mark.parametrize("acts", [ACTS, ("post", "update")])
async def test_where_several_wait_they_take_turns_and_none_keeps_another_out(shared, dial, acts):
    turns = Turns()
    await run(shared, dial, 60, *acts, turns=turns)
    left = Counter(act for _, act in await run(shared, dial, 200, *acts, turns=turns))
    assert min(left[act] for act in acts) >= 0.9 * max(left.values())
    assert left.total() >= 0.97 * 100


async def test_who_clicks_in_a_storm_sees_it_on_the_card_at_once(shared, dial):
    turns = Turns()
    await run(shared, dial, 90, "post", turns=turns)
    for _ in range(5):
        began = dial.at
        while not await taken(shared, turns, "update"):
            dial.at += timedelta(milliseconds=10)
        assert (dial.at - began).total_seconds() <= 0.6
        await run(shared, dial, 20, "post", turns=turns)


@pytest.mark.parametrize("seed", range(3))
async def test_whoever_waits_whenever_no_window_is_broken_even_when_one_message_takes_longer_than_another(shared, dial, seed):
    chance, began, left = random.Random(seed), dial.at, []
    for _ in range(25):
        acts = chance.sample(ACTS, chance.randint(1, 3))
        start = (dial.at - began).total_seconds()
        left += [start + at for at, _ in await run(shared, dial, chance.choice((0.3, 2, 9)), *acts)]
        dial.forward(seconds=chance.choice((0, 0.1, 3, 40)))
    assert_kept(left)
    assert_kept([at + chance.uniform(0, WAY) for at in left])


def test_the_whole_app_stays_under_fifty_requests_a_second_and_begins_conversations_within_their_windows():
    def most(bucket: buckets.Bucket, seconds: float) -> int:
        return bucket.burst + int(seconds / bucket.every.total_seconds())

    assert most(REQUESTS, 1) <= 50
    assert all(most(CREATIONS, seconds) <= allowed for seconds, allowed in SENDS)
    assert CREATIONS in Turns().limits("29:1", "post", unknown=True)
    assert CREATIONS not in Turns().limits("29:1", "post")


@pytest.mark.slow
async def test_answers_that_ask_no_bucket_leave_one_after_the_other():
    pace, left = Pace(), []

    async def say() -> None:
        async with pace.turn("a:1"):
            left.append(time.monotonic())

    results = await asyncio.gather(*(say() for _ in range(12)), return_exceptions=True)
    assert_kept(left)
    refused = [one for one in results if isinstance(one, TryLater)]
    assert len(refused) + len(left) == 12
    assert left[-1] - left[0] <= WAIT_MOST + 0.1, "nobody waits for longer than they would care"


async def test_conversations_do_not_wait_for_each_other():
    pace, began = Pace(), time.monotonic()
    for number in range(50):
        async with pace.turn(f"a:{number}"):
            pass
    assert time.monotonic() - began < 0.3
