"""Digests: promised in words, owed by the clock, composed once, sent late rather than never."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from handlers.errors import DoorClosed, NotAllowed, Refused, Unconfirmed
from handlers.insight.digests import Digests
from handlers.insight.ports import Spot
from handlers.insight.refusals import NoMail, NoSuchPlace, NoSuchSubscription, NotInPlace
from handlers.insight.table import defused
from storage import tables
from storage.insight import spikes
from tests.builders import mention
from tests.handlers.insight.office import cards, fire, say, until
from tests.handlers.rows import rows_of


async def test_it_comes_once_at_its_time_with_pictures_and_a_table(office, boss):
    told = await say(office, boss, "subscribe #C5 daily 08:30 Europe/Madrid es")
    assert told.title.facts["next"] == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    await office.house.case("my_data")
    await fire(office)
    assert not cards(office)
    office.dial.at = datetime(2026, 11, 21, 7, 30, 5, tzinfo=UTC)
    await fire(office)
    await fire(office)
    (card,) = cards(office)
    assert until(card) == datetime(2026, 11, 21, 7, 30, tzinfo=UTC) and card.title.facts["hours"] == 24
    (shared,) = office.slack.shared
    assert "arrivals,mentions,1,0,mentions" in shared[1].table
    (row,) = await rows_of(office.store, tables.digests)
    assert row.sent_at and not row.failed_at


async def test_replicas_that_look_at_once_send_it_once(office, boss):
    await say(office, boss, "subscribe #C5 daily 08:30 UTC")
    office.dial.at = datetime(2026, 11, 21, 8, 31, tzinfo=UTC)
    digests, composing = office.house.insight.digests, asyncio.Barrier(2)

    async def together(work, period):
        figures = await digests.compose(work, period)
        await composing.wait()  # neither has written anything yet
        return figures

    replica = Digests(office.store, together, digests.calendar)
    assert sorted(await asyncio.gather(replica.fire(), replica.fire())) == [0, 1]
    await office.send(3)
    assert len(cards(office)) == 1 and len(office.slack.shared) == 1


async def test_each_morning_that_was_missed_is_sent_with_its_own_date(office, boss):
    await say(office, boss, "subscribe #C5 daily 08:30 UTC")
    office.dial.at = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    await fire(office)
    assert [until(card).day for card in cards(office)] == [21, 22]
    late = [next(line for line in card.body if line.name == "digest.late") for card in cards(office)]
    assert [one.facts["slot"].day for one in late] == [21, 22]
    office.dial.at = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    await fire(office)
    last = cards(office)[-1]
    assert until(last).day == 23 and "digest.late" not in {line.name for line in last.body}


async def test_hours_that_were_missed_are_told_in_one(office, boss):
    await say(office, boss, "subscribe #C5 hourly :00")
    office.dial.at = datetime(2026, 11, 20, 13, 40, tzinfo=UTC)
    await fire(office)
    (card,) = cards(office)
    assert card.title.facts["hours"] == 4 and until(card).hour == 13
    assert next(line for line in card.body if line.name == "digest.late").facts["missed"] == 3


async def test_a_spike_brings_the_figures_of_the_day_once(office, boss):
    await say(office, boss, "subscribe #C5 on-spike")
    await fire(office)
    assert not cards(office)
    for minutes, what in ((30, "all"), (0, "tag:phishing"), (90, "network:x")):
        office.dial.forward(minutes=minutes)
        async with office.store.begin() as work:
            await spikes.add(work, what, 40, 10)
            await work.commit()
        if what != "all":  # two at once are told in one
            await fire(office)
            await fire(office)
    assert [(until(card).hour, until(card).minute) for card in cards(office)] == [(9, 45), (11, 15)]


async def test_nothing_is_owed_from_before_the_promise(office, boss):
    await say(office, boss, "subscribe #C5 daily 08:30 UTC")
    await fire(office)
    assert not cards(office)


async def test_a_digest_that_cannot_be_composed_keeps_no_other_back_and_is_tried_again(office, boss):
    await say(office, boss, "subscribe #C5 daily 08:30 UTC")
    await say(office, boss, "subscribe #C6 daily 08:30 Europe/Madrid")
    digests = office.house.insight.digests
    whole = digests.compose

    async def broken(work, period):
        if period.timezone == "UTC":
            raise RuntimeError("cannot")
        return await whole(work, period)

    office.dial.at = datetime(2026, 11, 21, 8, 31, tzinfo=UTC)
    await Digests(office.store, broken, digests.calendar).fire()
    await office.send(2)
    assert (cards(office, "C5"), len(cards(office, "C6"))) == ([], 1)
    assert (await office.door("digests")).state == "failing"
    await fire(office)
    assert len(cards(office, "C5")) == 1
    assert (await office.door("digests")).state == "well"


async def test_unsubscribing_ends_it_also_for_what_waits(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    await say(office, boss, "subscribe #C5 weekly monday 10:00 UTC")
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await office.house.insight.digests.fire()
    assert (await say(office, boss, "unsubscribe #C5")).title.facts == {"name": "#C5", "count": 2}
    await office.send(3)
    office.dial.forward(days=4)
    await fire(office)
    assert not cards(office)
    with pytest.raises(NoSuchSubscription):
        await say(office, boss, "unsubscribe #C5")


async def test_what_waits_while_a_subscription_is_changed_is_sent_all_the_same(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await office.house.insight.digests.fire()
    await say(office, boss, "subscribe #C5 daily 11:00 UTC fr")
    await office.send(3)
    assert [until(one) for one in cards(office)] == [datetime(2026, 11, 20, 10, tzinfo=UTC)]


async def test_a_second_one_of_the_same_rhythm_takes_the_place_of_the_first(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    await say(office, boss, "subscribe #C5 daily 11:00 UTC fr")
    await say(office, boss, "subscribe #C5 weekly tuesday 9h UTC")
    listed = await say(office, boss, "list")
    assert [(one.facts["rhythm"], one.facts["at"], one.facts["language"]) for one in listed.body] == [
        ("daily", "11:00", "fr"),
        ("weekly", "09:00", "en"),
    ]


async def test_now_comes_at_once_and_takes_nothing_from_what_is_owed(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    office.dial.at = datetime(2026, 11, 20, 10, 20, tzinfo=UTC)  # owed, and not yet sent
    await say(office, boss, "now #C5")
    await fire(office)
    assert sorted((until(card).hour, until(card).minute) for card in cards(office)) == [(10, 0), (10, 15)]
    assert [line.name for card in cards(office) for line in card.body].count("digest.late") == 1


async def test_now_tells_of_an_hour_at_least(office, boss):
    await say(office, boss, "subscribe #C5 daily 08:30 UTC")
    office.dial.at = datetime(2026, 11, 21, 8, 50, tzinfo=UTC)
    await say(office, boss, "now #C5")
    await office.send(3)
    (card,) = cards(office)
    assert until(card) == datetime(2026, 11, 21, 8, 45, tzinfo=UTC) and card.title.facts["hours"] == 24


@pytest.mark.parametrize("begin", [datetime(2027, 4, 3, 12, 0, tzinfo=UTC), datetime(2026, 10, 3, 12, 0, tzinfo=UTC)])
async def test_where_clocks_are_set_by_half_an_hour_no_half_hour_is_left_out(office, boss, begin):
    office.dial.at = begin
    await say(office, boss, "subscribe #C5 hourly :00 Australia/Lord_Howe")
    for _ in range(8 * 4):
        office.dial.forward(minutes=15)
        await office.house.insight.digests.fire()
    told = await rows_of(office.store, tables.digests)
    assert len(told) > 6 and all(one.until == following.since for one, following in pairwise(told))


async def test_a_preview_is_kept_nowhere(office, boss):
    card = await say(office, boss, "preview")
    assert card.title.name == "digest.title"
    assert not await rows_of(office.store, tables.digests)


async def test_a_lost_answer_shows_neither_the_card_nor_the_pictures_twice(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    office.slack.lost.extend([Unconfirmed("timeout"), Unconfirmed("timeout")])
    await fire(office, 30)
    assert len(cards(office)) == 1 and len(office.slack.shared) == 1
    assert set(await office.states()) == {"sent"}


async def test_without_the_right_to_share_files_the_card_is_enough(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await office.house.insight.digests.fire()
    office.slack.fail.extend([None, None, None, Refused("missing_scope")])
    await office.send(20)
    assert len(cards(office)) == 1 and not office.slack.shared
    assert await office.states(kind="sheets") == ["failed_for_good"]
    assert (await office.door("slack:files")).reason == "missing_scope"


async def test_a_digest_that_its_channel_will_never_take_is_told_to_whoever_subscribed(office, boss):
    lea = await office.house.person("Lea", "lead", slack_id="U2")
    await say(office, lea, "subscribe #C5 daily 10:00 UTC")
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await office.house.insight.digests.fire()
    office.slack.fail.extend([None, Refused("msg_too_long")])
    await office.send(5)
    (row,) = await rows_of(office.store, tables.digests)
    assert row.failed_at and row.reason == "msg_too_long"
    assert [one.title.name for one in cards(office, "U2")] == ["digest.lost"]


async def test_places_that_take_no_digest(office, boss):
    office.slack.spots["C8"] = Spot("C8", "#far", is_open=False, can_post=False)
    with pytest.raises(NotInPlace):
        await say(office, boss, "subscribe #far daily")
    with pytest.raises(NoSuchPlace):
        await say(office, boss, "subscribe @U77 daily")
    with pytest.raises(NoMail):
        await say(office, boss, "subscribe a@b.example daily")
    with pytest.raises(NoSuchPlace):
        await say(office, boss, "subscribe daily")


@pytest.mark.parametrize("ids", ["C7|never|99:99|9|UTC|xx", "C7|weekly|24:00|7|UTC|de", "C7", "C7|||||", "C7|hourly|8:30||UTC|"])
async def test_a_button_that_was_tampered_with_promises_only_what_can_be_kept(office, ids):
    root = await office.house.person("Root", "admin")
    await office.house.insight.press(root, "digest_counts", ids)
    (row,) = await rows_of(office.store, tables.subscriptions)
    assert row.rhythm in ("daily", "weekly", "hourly") and row.shared and row.language == "en"
    office.dial.forward(days=8)
    await fire(office)
    assert cards(office, "C7")


async def test_whose_role_does_not_include_it_promises_nothing(office, ana):
    for text in ("subscribe #C5 daily", "unsubscribe #C5", "list", "now #C5"):
        with pytest.raises(NotAllowed):
            await say(office, ana, text)


async def test_the_day_on_which_clocks_are_put_back_has_one_digest_of_25_hours(office, boss):
    office.dial.at = datetime(2026, 10, 24, 9, 0, tzinfo=UTC)
    await say(office, boss, "subscribe #C5 daily 02:30 Europe/Madrid")
    for hour in range(60):
        office.dial.at = datetime(2026, 10, 24, 9, 0, tzinfo=UTC).replace(hour=0)
        office.dial.forward(hours=9 + hour)
        await fire(office, 2)
    assert [card.title.facts["hours"] for card in cards(office)] == [24, 25]


async def test_what_comes_in_is_told_with_its_change(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    await office.house.mentions.receive([mention("my_data") for _ in range(3)])
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await fire(office)
    came = next(line for line in cards(office)[0].body if line.name == "digest.came")
    assert (came.facts["n"], came.facts["before"], came.facts["cases"]) == (3, 0, 3)


async def test_a_closed_channel_gets_its_digest_late_and_nobody_else_does(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await office.house.insight.digests.fire()
    office.slack.closed["C5"] = DoorClosed("is_archived")
    for _ in range(8):
        await office.send(31)
        await office.house.ticks.recover()
    assert not [card for channel in ("C5", "C9", "C1") for card in cards(office, channel) if card.title.name == "digest.title"]
    office.slack.closed.clear()
    await office.send(40)
    (card,) = cards(office)
    assert card.title.name == "digest.title" and len(office.slack.shared) == 1


@pytest.mark.parametrize("cell", ["=1+1", "+34", "-2", "@x", "\t=1", " =1", "a\x07b", "\r"])
def test_no_cell_of_the_table_is_a_formula(cell):
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", [-2, 1.5, "x=1", ""])
def test_numbers_and_plain_words_stay_as_they_are(cell):
    assert defused(cell) == cell
