"""One network is heard: everything once, in its order, whatever ends in between; and what could not be heard is written down."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from handlers import listening as module
from handlers.errors import DoorClosed, Refused, TryLater
from handlers.intake import Overloaded
from handlers.networks import Gone, Unread
from handlers.ports import Event
from storage import health
from tests.builders import mention
from tests.fakes.source import FakeSource
from tests.handlers.hearing import aside, door, gaps, listening, position, process, rows, stored, until


@pytest.fixture
def source():
    return FakeSource()


@pytest.fixture
def quick(monkeypatch):
    """What fails is asked again in a moment."""
    for name in ("AGAIN", "AGAIN_MOST", "STIRRED_MOST"):
        monkeypatch.setattr(module, name, timedelta(seconds=0.02))


def said(*ids, **changes):
    return [mention(external_id=one, by=f"u-{one}", **changes) for one in ids]


async def heard_all(house, *ids):
    await until(lambda: _is(house, list(ids)))


async def _is(house, ids):
    return await stored(house) == ids


async def test_pages_are_read_to_their_end_in_order_and_each_message_once(house, source):
    source.news = said(*"abcdefg")
    async with listening(house, source):
        await heard_all(house, *"abcdefg")
        await until(lambda: _at(house, "7"))
    assert source.asked[:3] == [None, "3", "6"]
    assert (await door(house)).state == health.WELL
    assert len(await rows(house, sa.text("SELECT id FROM cases"))) == 7


async def _at(house, where):
    return await position(house) == where


async def test_the_position_moves_only_after_everything_before_it_is_stored(house, source):
    source.news, seen = said(*"ab"), []
    take = house.inbox.intake.put

    async def put(one):
        seen.append(await position(house))
        return await take(one)

    house.inbox.intake.put = put
    async with listening(house, source):
        await until(lambda: _at(house, "2"))
    assert seen == [None, None]


async def test_who_dies_between_storing_and_moving_repeats_nothing_for_people(house, source):
    source.news = said(*"abc")
    mine = process(house)
    for one in (await source.since(None)).news:
        await mine.taking.inbox.keep(one)  # and here the process ends
    async with listening(house, source):
        await until(lambda: _at(house, "3"))
    assert await stored(house) == ["a", "b", "c"]
    assert len(await rows(house, sa.text("SELECT id FROM outbox"))) == 3


async def test_an_intake_that_is_full_is_waited_for_and_nothing_is_set_aside(house, source, quick):
    source.news = said("a")
    put, full = house.inbox.intake.put, [True, True, False]

    async def crowded(one):
        if full.pop(0) if full else False:
            raise Overloaded
        return await put(one)

    house.inbox.intake.put = crowded
    async with listening(house, source):
        await heard_all(house, "a")
    assert await aside(house) == [] and [gap.reason for gap in await gaps(house)] == ["Overloaded"]


async def test_one_that_cannot_be_stored_is_set_aside_and_the_rest_goes_on(house, source):
    source.news = [*said("a"), mention(external_id="b", posted_at=None, raw='{"id": "b"}'), *said("c")]
    async with listening(house, source):
        await until(lambda: _at(house, "3"))
    assert await stored(house) == ["a", "c"]
    assert [one.body for one in await aside(house)] == ['{"id": "b"}']
    assert (await door(house)).state == health.WELL


async def test_what_cannot_be_read_is_set_aside_and_what_is_gone_is_recorded_in_its_order(house, source):
    source.news = [*said("a"), Unread("{broken", "no_author"), Gone("a"), Gone("never seen"), *said("b")]
    async with listening(house, source):
        await heard_all(house, "a", "b")
    assert [tuple(one) for one in await aside(house)] == [("{broken", "no_author")]
    (first, second) = await rows(house, sa.text("SELECT deleted_at FROM mentions ORDER BY id"))
    assert first.deleted_at and not second.deleted_at


async def test_news_that_no_one_can_take_do_not_keep_what_follows_from_being_heard(house, source):
    async def broken(*_):
        raise ValueError("a row that is not as it should be")

    object.__setattr__(house.inbox, "gone", broken)
    source.news = [Gone("z"), *said("a")]
    async with listening(house, source):
        await heard_all(house, "a")
    assert [tuple(one) for one in await aside(house)] == [("z", "ValueError")]


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03", "08006", "57014"])
async def test_a_transaction_that_was_in_anothers_way_is_tried_again_and_no_message_set_aside(house, source, quick, state):
    source.news = said("a")
    put, failures = house.inbox.intake.put, [1, 1]

    async def contended(one):
        if failures and failures.pop():
            origin = Exception("deadlock detected")
            origin.sqlstate = state
            raise sa.exc.DBAPIError("INSERT", {}, origin)
        return await put(one)

    house.inbox.intake.put = contended
    async with listening(house, source):
        await heard_all(house, "a")
    assert await aside(house) == []


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (TryLater("rate limit", timedelta(seconds=0.01)), "failing", "rate limit"),
        (DoorClosed("token_revoked", whole=True), "closed", "token_revoked"),
        (Refused("what is this"), "failing", "what is this"),
        (TimeoutError(), "failing", "timeout"),
        (ValueError("a bug of ours"), "failing", "ValueError"),
        (asyncio.CancelledError(), "failing", "CancelledError"),
    ],
)
async def test_what_keeps_us_from_hearing_is_told_and_tried_again(house, source, quick, error, state, reason):
    source.fail.append(error)
    source.news = said("a")
    async with listening(house, source):
        await heard_all(house, "a")
        await until(lambda: _at(house, "1"))
    (gap,) = await gaps(house)
    assert (gap.state, gap.reason, gap.late) == (state, reason, 1)
    assert gap.until and (await door(house)).state == health.WELL


async def test_only_what_came_when_the_gap_was_over_counts_as_late(house, source, quick):
    source.news = said(*"abcd")
    async with listening(house, source):
        await until(lambda: _at(house, "4"))
        source.fail.append(TryLater("away", timedelta(milliseconds=1)))
        source.news += said(*"efgh")  # two pages
        await until(lambda: _at(house, "8"))
        source.news += said("i")
        await until(lambda: _at(house, "9"))
    assert [gap.late for gap in await gaps(house)] == [4]


async def test_silence_that_nobody_was_there_to_hear_is_a_gap_once(house, source, dial):
    async with listening(house, source):
        await until(lambda: _at(house, "0"))
    left = dial.at
    dial.forward(minutes=42)
    source.news = said("a")
    async with listening(house, source):
        await heard_all(house, "a")
        await until(lambda: _at(house, "1"))
        source.news += said("b")
        await until(lambda: _at(house, "2"))
    (gap,) = await gaps(house)
    assert (gap.reason, gap.since, gap.until, gap.late) == ("nobody_listened", left, dial.at, 1)


async def test_who_comes_back_and_is_refused_at_once_writes_both_gaps_down(house, source, dial, quick):
    async with listening(house, source):
        await until(lambda: _at(house, "0"))
    dial.forward(minutes=42)
    source.fail.append(TryLater("rate limit", timedelta()))
    source.news = said("a")
    async with listening(house, source):
        await heard_all(house, "a")
        await until(lambda: _at(house, "1"))
    assert [(gap.reason, gap.late) for gap in await gaps(house)] == [("nobody_listened", None), ("rate limit", 1)]


async def test_a_short_absence_is_no_gap(house, source, dial):
    for minutes in (0, 4):
        dial.forward(minutes=minutes)
        async with listening(house, source):
            before = len(source.asked)
            await until(lambda before=before: len(source.asked) > before + 1)
    assert await gaps(house) == []


async def test_a_database_that_was_away_leaves_a_gap_and_nothing_is_lost(house, source, dial, quick, monkeypatch):
    begin = house.store.begin
    async with listening(house, source):
        await until(lambda: _at(house, "0"))
        monkeypatch.setattr(house.store, "begin", _away)
        source.news = said("a")
        before = len(source.asked)
        dial.forward(minutes=30)
        await asyncio.sleep(0.15)
        assert await stored(house) == []
        assert len(source.asked) <= before + 1, "who cannot store asks for nothing"
        monkeypatch.setattr(house.store, "begin", begin)
        await heard_all(house, "a")
        await until(lambda: _at(house, "1"))
    assert [(gap.reason, gap.late) for gap in await gaps(house)] == [("nobody_listened", 1)]


def _away():
    raise ConnectionRefusedError("the database")


# --- how often it asks


async def test_who_says_more_and_stays_where_it_is_is_not_asked_without_end(house):
    source = FakeSource(stuck=True, every=timedelta(seconds=30))
    async with listening(house, source):
        await asyncio.sleep(0.3)
    assert len(source.asked) <= 3


async def test_a_stream_that_ends_or_raises_at_once_never_spins(house):
    deaf, raising = FakeSource("x", deaf=True), FakeSource("y")
    raising.pushes.put_nowait(RuntimeError("no stream today"))
    async with listening(house, deaf, raising):
        await until(lambda: len(deaf.asked) > 4 and len(raising.asked) > 4)
    assert (deaf.streams, raising.streams) == (1, 1), "the next one only after a while"


async def test_a_stream_that_ended_is_begun_anew(house, quick):
    source = FakeSource()
    source.pushes.put_nowait(RuntimeError("cut"))
    async with listening(house, source):
        await until(lambda: source.streams == 2)
        source.pushes.put_nowait(said("a")[0])
        await heard_all(house, "a")


async def test_a_push_makes_us_ask_at_once_and_a_storm_of_them_no_oftener_than_every_second(house):
    source = FakeSource(every=timedelta(seconds=60))
    async with listening(house, source):
        await until(lambda: len(source.asked) == 1)
        source.news = said("a")
        source.pushes.put_nowait(None)
        await heard_all(house, "a")
        before = len(source.asked)
        for _ in range(500):
            source.pushes.put_nowait(None)
        await asyncio.sleep(0.5)
    assert len(source.asked) <= before + 1


async def test_a_push_does_not_make_us_ask_while_we_were_told_to_wait(house):
    source = FakeSource(every=timedelta(seconds=60))
    source.fail.append(TryLater("rate limit", timedelta(seconds=60)))
    async with listening(house, source):
        await until(lambda: len(source.asked) == 1)
        await until(lambda: _state(house, "failing"))
        for _ in range(5):
            source.pushes.put_nowait(None)
            await asyncio.sleep(0.3)
    assert len(source.asked) == 1


async def _state(house, state):
    found = await door(house)
    return found is not None and found.state == state


async def test_pushed_edits_and_deletions_are_taken_in_as_they_are(house):
    source = FakeSource(every=timedelta(seconds=60), news=said(*"ab"))
    async with listening(house, source):
        await heard_all(house, "a", "b")
        source.pushes.put_nowait(mention("I have changed my mind", external_id="a", by="u-a", event=Event.EDITED))
        source.pushes.put_nowait(Gone("b"))
        await until(lambda: _changes(house, ["edited", "deleted"]))


async def _changes(house, expected):
    return [row.change for row in await rows(house, sa.text("SELECT change FROM mention_changes ORDER BY id"))] == expected


async def test_a_deletion_pushed_while_its_message_is_being_read_finds_it(house):
    source = FakeSource(every=timedelta(seconds=60))
    source.pushes.put_nowait(Gone("a"))

    async def slowly():
        await asyncio.sleep(0.2)

    source.before, source.news = slowly, said("a")
    async with listening(house, source):
        await until(lambda: _changes(house, ["deleted"]))


async def test_what_is_pushed_while_the_database_is_away_is_not_lost(house, quick, monkeypatch):
    source, begin = FakeSource(every=timedelta(seconds=60), news=said("a")), house.store.begin
    async with listening(house, source):
        await heard_all(house, "a")
        monkeypatch.setattr(house.store, "begin", _away)
        source.pushes.put_nowait(Gone("a"))
        await asyncio.sleep(0.1)
        monkeypatch.setattr(house.store, "begin", begin)
        await until(lambda: _changes(house, ["deleted"]))
