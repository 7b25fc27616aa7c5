"""Closed cases are forgotten when their time is over: once, a few at a time, the customer with the last of them."""

import asyncio
from datetime import timedelta

from handlers.erasure import Erasure
from handlers.ticks import Ticks
from storage import cases, timeline
from tests.builders import mention
from tests.handlers.forgotten import SECRET, left, story, theirs, whole


async def test_closed_cases_are_erased_once_when_their_time_is_over(post, chief, lea, dial):
    number, still = await story(post, chief, lea), await post.house.case("still open")
    await post.house.cases.close(chief, number)
    dial.forward(days=29)
    assert await Erasure(post.store, post.house.board).expire(timedelta(days=30)) == 0
    dial.forward(days=2)
    both = await asyncio.gather(*(Erasure(post.store, post.house.board).expire(timedelta(days=30)) for _ in range(2)))
    assert sum(both) == 1
    assert set(await left(post.store)) <= {"raw_payloads"}, "a delivery that could not be read goes after 30 days of its own"
    assert await Erasure(post.store, post.house.board).expire(timedelta(days=30)) == 0
    async with post.store.read() as work:
        assert (await cases.get(work, still)).erased_at is None
        assert [row.act for row in await timeline.of_chain(work, f"case:{number}")].count("erased") == 1


async def test_an_old_case_goes_while_the_customers_present_one_stays_with_its_name(post, chief, dial):
    old = (await post.house.mentions.receive([theirs()]))[0].case_id
    await post.house.cases.close(chief, old)
    dial.forward(days=40)
    new = (await post.house.mentions.receive([theirs("me again", number=5, conversation_id="another")]))[0].case_id
    assert await Erasure(post.store, post.house.board).expire(timedelta(days=30)) == 1
    async with post.store.read() as work:
        assert (await cases.get(work, old)).erased_at and (await cases.get(work, new)).handle == f"@{SECRET}-id-handle"
    await post.house.cases.close(chief, new)
    dial.forward(days=31)
    assert await Erasure(post.store, post.house.board).expire(timedelta(days=30)) == 1
    assert await left(post.store) == {}


async def test_many_old_cases_go_a_few_at_a_time(post, chief, dial):
    numbers = [one.case_id for one in await post.house.mentions.receive([mention(f"number {one}") for one in range(120)])]
    for number in numbers:
        await post.house.cases.close(chief, number)
    dial.forward(days=31)
    assert await Erasure(post.store, post.house.board).expire(timedelta(days=30)) == 120
    assert await whole(post)


async def test_the_hourly_tick_does_it_when_a_setting_says_so_and_never_otherwise(post, chief, dial):
    number = (await post.house.mentions.receive([theirs()]))[0].case_id
    await post.house.cases.close(chief, number)
    dial.forward(days=400)
    await Ticks(post.store, post.house.board, post.house.flow).tidy()
    assert set(await left(post.store)) > {"mentions", "customers"}
    await Ticks(post.store, post.house.board, post.house.flow, timedelta(days=365)).tidy()
    assert await left(post.store) == {}
