"""One process at a time listens to a source; it stops quickly; and people are told of tokens, of money, and of what is not heard."""

import asyncio
import time
from datetime import timedelta

import pytest

from handlers import listening as module
from handlers.errors import DoorClosed, TryLater
from handlers.networks import Can, Standing
from storage import health
from tests.builders import mention
from tests.fakes.source import FakeSource
from tests.handlers.hearing import door, gaps, listening, position, process, stored, until
from tests.handlers.watched import EVERYWHERE

SAYS = [mention(external_id=one, by=f"u-{one}") for one in "abcdef"]


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(module, "OTHERS_TURN", timedelta(seconds=0.05))


async def _at(house, where):
    return await position(house) == where


async def test_the_second_process_asks_nothing_and_goes_on_at_once_when_the_first_stops(house):
    news = SAYS[:2]
    mine, theirs = FakeSource(news=news), FakeSource(news=news)
    async with listening(house, mine):
        await until(lambda: _at(house, "2"))
        waiting = listening(house, theirs)
        await waiting.__aenter__()
        await asyncio.sleep(0.3)
        assert (theirs.asked, theirs.streams) == ([], 0)
    await until(lambda: theirs.asked != [])
    assert theirs.asked[0] == "2" and theirs.streams == 1
    await waiting.__aexit__(None, None, None)


async def test_who_stops_listening_to_one_source_keeps_the_others(house):
    mine, other, theirs = FakeSource(), FakeSource("y"), FakeSource("y")
    me = process(house)
    async with listening(house, other, by=me):
        await until(lambda: _at_y(house))
        async with listening(house, mine, by=me):
            await until(lambda: _at(house, "0"))
        async with listening(house, theirs):
            await asyncio.sleep(0.3)
            assert theirs.asked == []


async def _at_y(house):
    return await position(house, "y:in") == "0"


async def test_the_place_of_a_dead_process_is_taken_when_its_lease_is_over(house, dial):
    mine, theirs = FakeSource(news=SAYS[:1]), FakeSource(news=SAYS[:2])
    dead = process(house)
    object.__setattr__(dead, "_let_go", _nothing)  # kill -9
    async with listening(house, mine, by=dead):
        await until(lambda: _at(house, "1"))
    async with listening(house, theirs):
        await asyncio.sleep(0.2)
        assert theirs.asked == []
        dial.forward(seconds=91)
        await until(lambda: _at(house, "2"))
    assert await stored(house) == ["a", "b"]


async def _nothing(*_):
    pass


async def test_a_pause_longer_than_the_lease_is_no_reason_to_hand_over(house, dial, monkeypatch):
    """Else two processes would take turns, and what is paid for by the call would be paid for twice."""
    monkeypatch.setattr(module, "STIRRED_MOST", timedelta(seconds=0.02))
    monkeypatch.setattr(module, "LEASE", timedelta(seconds=0.3))
    mine, theirs = FakeSource(every=timedelta(seconds=60)), FakeSource(every=timedelta(seconds=60))
    async with listening(house, mine):
        await until(lambda: _at(house, "0"))
        async with listening(house, theirs):
            for _ in range(10):
                dial.forward(seconds=0.15)
                await asyncio.sleep(0.15)
    assert (len(mine.asked), theirs.asked) == (1, [])


async def test_who_was_so_slow_that_another_process_listens_does_not_move_on(house, dial):
    mine, theirs = FakeSource(news=SAYS[:2], page=1), FakeSource(news=SAYS[:3])
    loses = asyncio.Event()

    async def slowly():
        if len(mine.asked) == 2:
            dial.forward(seconds=91)
            loses.set()
            await until(lambda: _at(house, "3"))

    mine.before = slowly
    async with listening(house, mine):
        await loses.wait()
        async with listening(house, theirs):
            await until(lambda: _at(house, "3"))
            await asyncio.sleep(0.3)
            assert await position(house) == "3" and len(mine.asked) == 2
            assert mine.open_now == 0, "nor does it let itself be pushed"
    assert await stored(house) == ["a", "b", "c"]


async def test_it_stops_quickly_in_a_pause_and_in_the_middle_of_a_question(house, monkeypatch):
    monkeypatch.setattr(module, "STOPS_WITHIN", 0.2)
    pausing, asking = FakeSource("x", every=timedelta(hours=1)), FakeSource("y")

    async def hangs():
        await asyncio.sleep(50)

    asking.before = hangs
    async with listening(house, pausing, asking):
        await until(lambda: _at(house, "0"))
        await until(lambda: asking.asked != [] and pausing.open_now == 1)
        began = time.monotonic()
    assert time.monotonic() - began < 2
    assert (pausing.open_now, asking.open_now) == (0, 0), "its streams are closed too"
    async with listening(house, again := FakeSource("y")):
        await until(lambda: again.asked != [], 2)


async def test_a_stream_that_does_not_say_goodbye_keeps_nobody_waiting(house):
    source = FakeSource(every=timedelta(hours=1), lingers=50)
    async with listening(house, source):
        await until(lambda: source.open_now == 1)
        await until(lambda: _at(house, "0"))
        began = time.monotonic()
    assert time.monotonic() - began < 3
    async with listening(house, again := FakeSource()):
        await until(lambda: again.asked != [], 2)  # the lease was given back


# --- what people are told


async def test_a_token_that_ends_within_a_week_is_told_and_when_it_was_renewed_too(house, dial, monkeypatch):
    monkeypatch.setattr(module, "LOOKS_EVERY", timedelta(seconds=0.05))
    source = FakeSource(stands=Standing("@us", (Can.HEAR,), expires_at=dial() + timedelta(days=8)))
    async with listening(house, source):
        await until(lambda: len(source.asked) > 3)
        assert await door(house, "x:token") is None
        source.stands = Standing("@us", (Can.HEAR,), expires_at=dial() + timedelta(days=6))
        await until(lambda: _says(house, "x:token", ("failing", "token_ends")))
        source.stands = Standing("@us", (Can.HEAR,), expires_at=dial() + timedelta(days=60))
        await until(lambda: _says(house, "x:token", ("well", None)))
    assert await gaps(house) == []


async def _says(house, name, expected):
    found = await door(house, name)
    return found is not None and (found.state, found.reason) == expected


async def test_a_token_that_is_dead_is_told_though_we_hear_without_it(house, monkeypatch):
    for name in ("LOOKS_EVERY", "LOOKS_AGAIN"):
        monkeypatch.setattr(module, name, timedelta(seconds=0.05))
    source = FakeSource(stands=DoorClosed("token_revoked", whole=True), news=SAYS[:1])
    async with listening(house, source):
        await until(lambda: _says(house, "x:token", ("closed", "token_revoked")))
        assert await _says(house, "x:in", ("well", None)) and await stored(house) == ["a"]
        source.stands = Standing("@us", (Can.HEAR,))
        await until(lambda: _says(house, "x:token", ("well", None)))


async def test_a_look_at_the_token_that_fails_is_no_gap_in_hearing(house, monkeypatch):
    monkeypatch.setattr(module, "LOOKS_AGAIN", timedelta(seconds=0.01))
    source = FakeSource(stands=TryLater("busy", timedelta(seconds=1)), news=SAYS[:1])
    async with listening(house, source):
        await until(lambda: len(source.asked) > 4)
    assert await gaps(house) == [] and (await door(house)).state == health.WELL


async def test_what_is_left_out_to_save_money_is_told_as_long_as_it_is_so(house):
    source = FakeSource(left_out="search_stopped")
    async with listening(house, source):
        await until(lambda: _says(house, "x:part", ("failing", "search_stopped")))
        source.left_out = "over_budget"
        await until(lambda: _says(house, "x:part", ("failing", "over_budget")))
        source.left_out = ""
        await until(lambda: _says(house, "x:part", ("well", None)))
    assert await gaps(house) == []


@pytest.mark.parametrize("error", [DoorClosed("token_revoked", whole=True), TryLater("away", timedelta(seconds=0.05))])
async def test_that_a_network_is_not_heard_is_told_everywhere_within_a_minute(watched, dial, error):
    source = FakeSource(every=timedelta(seconds=0.01))
    source.fail.extend([error] * 1000)
    async with listening(watched.house, source):
        await until(lambda: _closed(watched.house))
        await watched.work(60)
    assert {where for where, _, code in watched.told() if code == "doors_closed"} >= {
        one for one in EVERYWHERE if "C1" not in one and "T1" not in one
    }


async def _closed(house):
    found = await door(house)
    return found is not None and found.state != health.WELL
