"""What X pushes: its rules in step with ours, its silences and its hanging up."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bot.networks.x.queries import rules, searches
from handlers.errors import SendError
from handlers.ports import Mention


@asynccontextmanager
async def _listening(ours):
    told, ended = [], []

    async def listen():
        while True:
            try:
                async for news in ours.source.stirs():
                    told.append(news)
            except SendError as error:
                ended.append(error)
            await asyncio.sleep(0.05)

    task = asyncio.create_task(listen())
    try:
        yield told, ended
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _until(what):
    async with asyncio.timeout(8):
        while not what():
            await asyncio.sleep(0.02)


def _write(fake, text, **more):
    post = fake.world.write(fake.world.user("anna"), text, **more)
    fake.streaming.tell(post)
    return post


async def test_a_post_comes_as_it_is_written_and_a_connection_asks_for_what_came_before(fake, ours):
    ours.connect("data leak")
    async with _listening(ours) as (told, _):
        await _until(lambda: told == [None])
        post, found = _write(fake, "@acme hello"), _write(fake, "what a data leak")
        await _until(lambda: len(told) == 3)
    assert [one.external_id for one in told[1:] if isinstance(one, Mention)] == [post.id, found.id]
    assert [one.no_answer for one in told[1:]] == ["", "not_summoned"]
    assert ours.purse.paid["read"] == fake.bill.counted["read"] == 2


async def test_rules_are_kept_in_step_and_those_of_others_left_alone(fake, ours):
    fake.streaming.add("theirs", "another app")
    fake.streaming.add('"of yesterday"', "tocsin:search:1")
    ours.connect("data leak", "#acme")
    async with _listening(ours) as (told, _):
        await _until(lambda: told)
        standing = {one["tag"]: one["value"] for one in fake.streaming.standing.values()}
        assert standing == {"another app": "theirs", **rules(("data leak", "#acme"), "acme", fake.world.us.id)}
        _write(fake, "only theirs")
        mine = _write(fake, "that data leak")
        await _until(lambda: len(told) == 2)
    assert told[1].external_id == mine.id
    assert ours.purse.paid["read"] == 2, "X charges what other people's rules asked for too"


async def test_when_x_hangs_up_it_is_begun_anew_and_not_in_circles(fake, ours):
    async with _listening(ours) as (told, _):
        await _until(lambda: told == [None])
        fake.streaming.hang_up()
        await _until(lambda: told == [None, None])
        fake.streaming.hang_up("maintenance")
        await _until(lambda: told == [None, None, None])
    assert fake.streaming.connections == 3


async def test_a_stream_that_x_keeps_from_us_is_not_asked_for_again_and_the_search_goes_on(fake, ours):
    fake.barred = {"rules", "stream"}
    ours.connect("data leak")
    async with _listening(ours) as (told, ended):
        await _until(lambda: ended)
        await asyncio.sleep(0.5)
    assert fake.calls.count("rules") == 1 and told == []
    post = _write(fake, "that data leak")
    assert [one.external_id for one in await ours.hear()] == [post.id]


async def test_a_stream_that_is_taken_waits_as_long_as_x_says(fake, ours):
    fake.faults.append("busy")
    async with _listening(ours) as (told, ended):
        await _until(lambda: told == [None])
    assert len(ended) == 1


async def test_nothing_is_streamed_while_we_save(fake, ours):
    ours.connect("data leak", ceiling=100)
    ours.purse.before = 95
    async with _listening(ours) as (told, _):
        await asyncio.sleep(0.4)
    assert told == [] and "stream" not in fake.calls


async def test_a_stream_whose_price_reaches_nine_tenths_ends(fake, ours):
    ours.connect("data leak", ceiling=100)
    async with _listening(ours) as (told, _):
        await _until(lambda: told == [None])
        ours.purse.before = 95
        ours.source.meter._asked_at = float("-inf")  # as if a quarter of a minute had passed
        await _until(lambda: not fake.streaming._queues)
        _write(fake, "that data leak")
        await asyncio.sleep(0.3)
    assert told == [None]


@pytest.mark.parametrize("number", [1, 7, 40])
def test_the_words_fit_into_queries_of_512_characters(number):
    words = [f"{'word ' * 10}{n}" for n in range(number)] + ["#tag", "#tag"]
    found = list(searches(words, "2244668810"))
    assert all(len(one) <= 512 for one in found)
    assert all(sum(f'"{word}"' in one for one in found) == 1 for word in words if word != "#tag")
    assert sum(" #tag" in one or "(#tag" in one for one in found) == 1
    assert len(found) <= number // 7 + 1


def test_without_words_nothing_is_searched():
    assert list(searches((), "1")) == []
