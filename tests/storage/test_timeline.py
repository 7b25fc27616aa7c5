"""The record of who did what: nothing can be changed, taken out, put in or moved without being found."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import timeline
from storage.tables import timeline as links
from storage.timeline import Break, Entry
from tests.dial import Dial


async def write(store, *acts, chain="case:1"):
    async with store.begin() as work:
        await timeline.append(work, [Entry(chain, act, {"n": number, "name": "José 🙂"}) for number, act in enumerate(acts)])
        await work.commit()


async def verify(store):
    async with store.read() as work:
        return await timeline.verify(work)


async def change(store, statement):
    async with store.begin() as work:
        await work.execute(statement)
        await work.commit()


@pytest.fixture
async def chain(store):
    await write(store, "opened", "claimed", "noted", "closed")
    await write(store, "opened", "closed", chain="case:2")
    return store


async def test_an_untouched_record_verifies(chain):
    assert await verify(chain) == (6, [])
    async with chain.read() as work:
        assert [(row.seq, row.act) for row in await timeline.of_chain(work, "case:1")] == [
            (1, "opened"),
            (2, "claimed"),
            (3, "noted"),
            (4, "closed"),
        ]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"payload": {"n": 1, "name": "Jose"}}, "payload"),
        ({"salt": b"0" * 16}, "payload"),
        ({"act": "closed"}, "hash"),
        ({"door": "slack"}, "hash"),
        ({"commitment": b"0" * 32}, "hash"),
        ({"hash": b"0" * 32}, "hash"),
        ({"at": Dial().at + timedelta(microseconds=1)}, "hash"),
    ],
)
async def test_a_changed_link_is_found(chain, values, wrong):
    await change(chain, sa.update(links).where(links.c.chain == "case:1", links.c.seq == 2).values(values))
    assert (await verify(chain))[1] == [Break("case:1", 2, wrong)]


async def test_a_removed_link_is_found(chain):
    await change(chain, sa.delete(links).where(links.c.chain == "case:1", links.c.seq == 2))
    assert (await verify(chain))[1] == [Break("case:1", 3, "seq")]


async def test_a_removed_link_is_found_when_the_others_close_ranks(chain):
    await change(chain, sa.delete(links).where(links.c.chain == "case:1", links.c.seq == 2))
    for seq in (3, 4):
        await change(chain, sa.update(links).where(links.c.chain == "case:1", links.c.seq == seq).values(seq=seq - 1))
    assert (await verify(chain))[1] == [Break("case:1", 2, "hash")]


async def test_two_links_that_change_places_are_found(chain):
    for seq, new in ((2, 20), (3, 2), (20, 3)):
        await change(chain, sa.update(links).where(links.c.chain == "case:1", links.c.seq == seq).values(seq=new))
    assert (await verify(chain))[1] == [Break("case:1", 2, "hash")]


async def test_a_link_that_moves_to_another_chain_is_found(chain):
    await change(chain, sa.update(links).where(links.c.chain == "case:1", links.c.seq == 4).values(chain="case:2", seq=3))
    assert (await verify(chain))[1] == [Break("case:2", 3, "hash")]


async def test_an_inserted_link_is_found(chain):
    async with chain.begin() as work:
        last = (await timeline.of_chain(work, "case:1"))[-1]
        await work.execute(sa.update(links).where(links.c.chain == "case:1", links.c.seq == 4).values(seq=5))
        await work.execute(sa.insert(links).values({**last._mapping, "id": 99, "seq": 4, "act": "forged"}))
        await work.commit()
    assert (await verify(chain))[1] == [Break("case:1", 4, "hash")]


async def test_erasing_a_person_leaves_the_chain_whole(chain):
    gone = sa.update(links).where(links.c.chain == "case:1", links.c.seq.in_((1, 3)))
    await change(chain, gone.values(payload=sa.null(), salt=None))
    assert await verify(chain) == (6, [])


async def test_an_end_cut_off_is_found_by_the_sealed_day(chain, dial):
    dial.forward(days=1)
    async with chain.begin() as work:
        assert await timeline.seal_day(work, dial.at - timedelta(days=1))
        assert not await timeline.seal_day(work, dial.at - timedelta(days=1)), "once a day"
        await work.commit()
    await write(chain, "noted")
    assert (await verify(chain))[1] == []
    await change(chain, sa.delete(links).where(links.c.chain == "case:2"))
    assert [one.chain for one in (await verify(chain))[1]] == ["day:2026-11-20"]


async def test_two_writers_at_once_never_break_a_chain(store):
    await write(store, "opened")
    await asyncio.gather(*(write(store, f"act{number}") for number in range(12)))
    async with store.read() as work:
        assert [row.seq for row in await timeline.of_chain(work, "case:1")] == list(range(1, 14))
    assert await verify(store) == (13, [])


async def test_writers_of_two_chains_in_opposite_order_do_not_wait_for_each_other(store):
    async def both(*chains):
        async with store.begin() as work:
            await timeline.append(work, [Entry(chain, "act", {}) for chain in chains])
            await work.commit()

    await both("case:1", "case:2")
    async with asyncio.timeout(20):
        await asyncio.gather(*(both(*(("case:1", "case:2") if number % 2 else ("case:2", "case:1"))) for number in range(10)))
    assert await verify(store) == (22, [])


async def test_the_sign_of_the_newest_change_differs_after_every_link_even_one_that_came_late(chain):
    async with chain.begin() as work:
        before = await timeline.newest(work)
        await timeline.append(work, [Entry("case:2", "act", {})])
        after = await timeline.newest(work)
        await work.execute(sa.delete(links).where(links.c.id == 1))
        without_one = await timeline.newest(work)
    assert len({before, after, without_one}) == 3
