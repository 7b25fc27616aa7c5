"""Rows that wait to leave: order, joining, leases, and what is out of the way."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import folding, outbox, tables
from storage.buckets import Bucket
from storage.outbox import Wish
from storage.types import CRITICAL, HIGH, LOW, NORMAL, SendState

LANE = "slack:C1"
LEASE = timedelta(seconds=60)


def wish(key=None, severity=NORMAL, lane=LANE, act="post", **more):
    return Wish("slack", lane, act, more.pop("kind", "words"), severity, key=key, **more)


@pytest.fixture
def box(store):
    return Box(store)


class Box:
    """Each act in a transaction of its own."""

    def __init__(self, store):
        self.store = store

    async def do(self, function, *arguments, **named):
        async with self.store.begin() as work:
            result = await function(work, *arguments, **named)
            await work.commit()
        return result

    async def put(self, *wishes):
        await self.do(outbox.put, wishes)

    async def claim(self, owner="me", act="post", limits=(), lane=LANE):
        return await self.do(outbox.claim, lane, act, owner, LEASE, limits)

    async def rows(self):
        async with self.store.read() as work:
            return list(await work.execute(sa.select(tables.outbox).order_by(tables.outbox.c.id)))


async def test_what_is_not_committed_was_never_wished(box):
    async with box.store.begin() as work:
        await outbox.put(work, [wish()])
    assert await box.rows() == []


async def test_order_is_by_severity_with_age_and_critical_strictly_first(box, dial):
    await box.put(wish("low", LOW))
    dial.forward(minutes=11)
    await box.put(wish("normal", NORMAL), wish("high", HIGH), wish("critical", CRITICAL))
    order = [(await box.claim()).key for _ in range(4)]
    assert order == ["critical", "high", "low", "normal"], "low waited longer than normal's head start of ten minutes"


async def test_a_second_wish_joins_the_first_raises_it_and_keeps_its_place_in_time(box, dial):
    await box.put(wish("a", LOW, facts={"v": 1}), wish("b", LOW))
    dial.forward(minutes=5)
    await box.put(wish("b", LOW, facts={"v": 2}), wish("a", LOW, facts={"v": 3}), wish("c", NORMAL))
    rows = await box.rows()
    assert [(row.key, row.wish, row.facts) for row in rows] == [("a", 2, {"v": 3}), ("b", 2, {"v": 2}), ("c", 1, {})]
    await box.put(wish("b", CRITICAL))
    await box.put(wish("b", LOW))
    assert [(await box.claim()).key for _ in range(3)] == ["b", "c", "a"], "graver stays graver"


async def test_a_wish_that_joins_during_the_send_is_sent_after_it_as_an_update(box):
    await box.put(wish("a"))
    row = await box.claim()
    await box.put(wish("a"))
    assert await box.claim() is None, "one live claim of a row"
    assert await box.do(outbox.finish, row, "me", "m1") == "words"
    again = await box.claim(act="update")
    assert (again.id, again.attempt, again.external_id) == (row.id, 1, "m1") and again.token != row.token
    assert await box.do(outbox.finish, again, "me", "m1")
    assert [(one.state, one.key) for one in await box.rows()] == [("sent", None)]


async def test_what_joined_a_send_that_showed_nothing_is_still_to_be_posted(box):
    await box.put(wish("a"))
    row = await box.claim()
    await box.put(wish("a"))
    await box.do(outbox.finish, row, "me", None)
    assert (await box.claim(act="post")).id == row.id


async def test_after_a_send_the_key_is_free_again(box):
    await box.put(wish("a"))
    await box.do(outbox.finish, await box.claim(), "me", "m1")
    await box.put(wish("a"))
    assert [one.state for one in await box.rows()] == ["sent", "pending"]


async def test_only_the_attempt_that_holds_the_lease_may_finish(box, dial):
    await box.put(wish())
    late = await box.claim("late")
    dial.forward(seconds=61)
    assert await box.do(outbox.expire_leases) == 1
    quick = await box.claim("quick")
    assert quick.attempt == 2
    assert await box.do(outbox.finish, late, "late", "m1") is None
    assert not await box.do(outbox.put_back, late, "late", SendState.FAILED_FOR_GOOD, "no")
    assert not await box.do(outbox.unclaim, late, "late", LEASE, "no")
    same_owner = await box.do(outbox.finish, late.__class__(**{**vars(late), "attempt": 1}), "quick", "m1")
    assert same_owner is None, "the same owner's earlier attempt is fenced too"
    assert await box.do(outbox.finish, quick, "quick", "m2")


async def test_a_lease_that_runs_is_not_expired(box, dial):
    await box.put(wish())
    await box.claim()
    dial.forward(seconds=59)
    assert await box.do(outbox.expire_leases) == 0


async def test_two_claimers_never_get_one_row(box):
    await box.put(*(wish(str(number)) for number in range(20)))
    claimed = await asyncio.gather(*(box.claim(f"owner{number}") for number in range(30)))
    ids = [row.id for row in claimed if row]
    assert len(ids) == len(set(ids)) == 20


async def test_a_claim_without_a_token_leaves_row_and_buckets_as_they_were(box):
    shared = Bucket("shared", timedelta(seconds=1))
    await box.put(wish("a"), wish("b", lane="slack:C2"))
    assert await box.claim(limits=[Bucket("c1", timedelta(seconds=1)), shared])
    assert await box.claim(lane="slack:C2", limits=[Bucket("c2", timedelta(seconds=1)), shared]) is None
    row = (await box.rows())[1]
    assert (row.state, row.attempt, row.first_tried_at) == ("pending", 0, None)
    assert await box.claim(lane="slack:C2", limits=[Bucket("c2", timedelta(seconds=1))]), "no token of c2 was spent"


async def test_a_row_that_waits_for_its_time_is_not_ready(box, dial):
    await box.put(wish())
    row = await box.claim()
    await box.do(outbox.unclaim, row, "me", timedelta(seconds=30), "quiet")
    assert await box.claim() is None
    async with box.store.read() as work:
        assert await outbox.lanes_waiting(work) == []
    dial.forward(seconds=31)
    assert (await box.claim()).attempt == 1, "an attempt that surely did nothing does not count"


async def test_what_is_given_up_frees_its_key_and_is_never_claimed(box, dial):
    await box.put(wish("a"))
    await box.do(outbox.put_back, await box.claim(), "me", SendState.FAILED_FOR_GOOD, "invalid")
    dial.forward(hours=1)
    assert await box.claim() is None
    await box.put(wish("a"))
    assert (await box.claim()).key == "a"


async def test_finished_rows_are_archived_and_unfinished_ones_stay(box, dial):
    await box.put(*(wish(str(number)) for number in range(5)))
    await box.do(outbox.finish, await box.claim(), "me", "m1")
    await box.do(outbox.put_back, await box.claim(), "me", SendState.FAILED_FOR_GOOD, "invalid")
    await box.do(outbox.put_back, await box.claim(), "me", SendState.UNCONFIRMED, "odd")
    dial.forward(hours=25)
    await box.put(wish("young"))
    await box.do(outbox.finish, await box.claim(), "me", "m2")
    assert await box.do(outbox.archive, dial.at - timedelta(hours=24)) == 3
    assert sorted(row.state for row in await box.rows()) == ["pending", "pending", "unconfirmed"]
    async with box.store.read() as work:
        kept = list(await work.execute(sa.select(tables.outbox_archive)))
    assert {(row.state, row.external_id) for row in kept} == {("sent", "m1"), ("sent", "m2"), ("failed_for_good", None)}


async def test_folding_takes_only_low_cards_that_were_never_tried(box):
    rows = [wish(f"{number}", LOW, kind="card") for number in range(3)] + [wish("n", NORMAL, kind="card"), wish("w", LOW)]
    await box.put(*rows)
    tried = await box.claim()
    await box.do(outbox.put_back, tried, "me", SendState.FAILED_FOR_NOW, "timeout")
    folded = await box.do(folding.fold, LANE)
    assert folded == 3 - (tried.key in {"0", "1", "2"})
    assert {row.key for row in await box.rows() if row.state == "folded"}.isdisjoint({"n", "w", tried.key})


async def test_a_folded_case_that_grows_graver_comes_back_in_line(box):
    await box.put(wish("a", LOW, kind="card"), wish("b", LOW, kind="card"))
    await box.do(folding.fold, LANE)
    await box.put(wish("a", HIGH, kind="card"), wish("b", LOW, kind="card"))
    assert [(row.key, row.state) for row in await box.rows()] == [("a", "pending"), ("b", "folded")]


async def test_the_longest_folded_come_back_first(box, dial):
    for number in range(4):
        await box.put(wish(str(number), LOW, kind="card"))
        dial.forward(seconds=1)
    await box.do(folding.fold, LANE)
    assert await box.do(folding.unfold, LANE, 2) == 2
    assert [row.key for row in await box.rows() if row.state == "pending"] == ["0", "1"]
    async with box.store.read() as work:
        assert await folding.folded(work, LANE) == (2, 0)


async def test_in_a_storm_the_critical_finds_a_token_that_was_kept_for_it(box, dial):
    lane = (Bucket(LANE, timedelta(seconds=2), burst=6, kept=2),)
    await box.put(*(wish(f"card:{n}") for n in range(20)))
    left = 0
    while await box.claim(limits=lane):
        left += 1
    assert left == 4
    await box.put(wish("card:grave", CRITICAL))
    first = await box.claim(limits=lane)
    assert first and first.severity == CRITICAL
    assert await box.claim(limits=lane) is None
