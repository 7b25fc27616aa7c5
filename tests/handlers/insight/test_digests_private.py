"""Where outsiders read there are counts only, and what customers wrote is quoted nowhere once it is gone, or was for us alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handlers.errors import DoorClosed, NotAllowed
from handlers.insight.commands import understand
from handlers.insight.digests import Digests
from handlers.insight.figures import Asked, Sent, Tally
from handlers.insight.ports import Spot
from handlers.insight.refusals import PlaceOpen
from storage import tables
from tests.builders import mention
from tests.handlers.forgotten import erase, theirs
from tests.handlers.insight.office import cards, fire, say
from tests.handlers.rows import rows_of


async def test_where_everybody_reads_only_an_admin_lets_counts_in(office, boss):
    root = await office.house.person("Root", "admin")
    office.slack.spots["C7"] = Spot("C7", "#general", is_open=True, can_post=True)
    with pytest.raises(PlaceOpen) as told:
        await say(office, boss, "subscribe #general daily 10:00 UTC")
    assert told.value.facts["admins"] == ("Root",)
    question = await say(office, root, "subscribe #general daily 10:00 UTC fr")
    assert question.title.name == "digest.ask_counts" and not await rows_of(office.store, tables.subscriptions)
    ((button,),) = question.buttons
    with pytest.raises(NotAllowed):
        await office.house.insight.press(boss, button.act, button.ids)
    answer = await office.house.insight.press(root, button.act, button.ids)
    assert answer.title.facts["shared"] and answer.title.facts["language"] == "fr"
    await office.house.crises.open(boss, "Leak")
    await office.house.holds.set(boss, "silent")
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await fire(office)
    (card,) = cards(office, "C7")
    assert card.title.facts["crisis"] == "" and card.small[0].facts["shared"]
    acts = [one.act for one in await rows_of(office.store, tables.timeline) if one.chain == "digests"]
    assert acts == ["digest_confirmed"]
    inside = {"digest.clock", "digest.gap", "digest.told", "digest.breaches", "digest.unanswered"}
    assert not inside & {line.name for line in card.body}


async def test_a_channel_that_outsiders_join_later_gets_counts_only_and_its_owner_hears_of_it(office, boss):
    lea = await office.house.person("Lea", "lead", slack_id="U2")
    await say(office, lea, "subscribe #C5 daily 10:00 UTC")
    await office.house.crises.open(boss, "Leak")
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await office.house.insight.digests.fire()
    office.slack.spots["C5"] = Spot("C5", "#c5", is_open=True, can_post=True)
    await office.send(3)
    (card,) = cards(office)
    assert card.title.facts["crisis"] == ""
    assert all(album.figures.crisis == "" for _, album, _ in office.slack.shared)
    told = [one.title.name for one in cards(office, "U2")]
    assert told.count("digest.now_counts_only") == 1
    office.dial.forward(days=1)
    await fire(office)
    assert len([one for one in cards(office, "U2") if one.title.name == "digest.now_counts_only"]) == 1


async def test_a_workspace_that_does_not_tell_who_reads_there_gets_counts_only(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    await office.house.crises.open(boss, "Leak")
    await office.send(2)
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await office.house.insight.digests.fire()
    office.slack.fail.append(DoorClosed("missing_scope", whole=True))
    await office.send(3)
    assert cards(office)[0].title.facts["crisis"] == ""


async def test_after_a_week_its_numbers_stay_and_what_customers_asked_goes(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    digests = office.house.insight.digests

    async def asked(work, period):
        return replace(await digests.compose(work, period), asked=(Asked("is my card safe?", "en", 5, 0.5),))

    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await Digests(office.store, asked, digests.calendar).fire()
    for days, words in ((6, 1), (2, 0)):
        office.dial.forward(days=days)
        await office.house.ticks.tidy()
        (row,) = await rows_of(office.store, tables.digests)
        assert len(row.figures["asked"]) == words and row.figures["arrivals"]["mentions"]["n"] == 0


async def test_whoever_is_erased_is_quoted_in_no_digest_that_is_kept_or_waits(office, boss):
    await say(office, boss, "subscribe #C5 daily 10:00 UTC")
    compose = office.house.insight.digests.compose

    async def told(work, period):
        figures = await compose(work, period)
        mine = (Asked("is my card safe, asks canary?", "en", 5, 0.5, others=("canary again",)),)
        why = replace(figures.approving, reasons=(Tally("says canary outright", 1),))
        return replace(figures, asked=mine, approving=why, sent=(Sent("x", 1, ((1, "https://x.example/canary/1"),)),))

    digests = Digests(office.store, told, office.house.insight.digests.calendar)
    office.dial.at = datetime(2026, 11, 20, 10, 0, 1, tzinfo=UTC)
    await digests.fire()
    (before,) = await rows_of(office.store, tables.digests)
    office.dial.forward(minutes=5)
    await office.house.mentions.receive([theirs()])
    office.dial.at = datetime(2026, 11, 21, 10, 0, 1, tzinfo=UTC)
    await digests.fire()
    await erase(office)
    earlier, waits = await rows_of(office.store, tables.digests)
    assert earlier.figures == before.figures and "canary" in str(before.figures)
    assert "canary" not in str(waits.figures) and waits.figures["arrivals"]["mentions"]["n"] == 1
    assert waits.figures["sent"] == [{"network": "x", "n": 1, "links": []}]
    await office.send(3)
    assert "canary" not in str(cards(office)[-1])


async def test_whoever_is_erased_while_a_digest_is_composed_is_not_quoted_by_it(office, boss):
    await say(office, boss, "subscribe #C5 daily 08:30 UTC")
    await office.house.mentions.receive([theirs()])
    office.dial.at = datetime(2026, 11, 21, 8, 31, tzinfo=UTC)
    digests, composed = office.house.insight.digests, []

    async def slowly(work, period):
        figures = await digests.compose(work, period)
        if not composed:
            await erase(office)
        composed.append(figures)
        return replace(figures, asked=(Asked("is my name in it?", "en", 1, 1.0),) if len(composed) == 1 else ())

    slow = Digests(office.store, slowly, digests.calendar)
    assert (await slow.fire(), await slow.fire()) == (0, 1)
    (row,) = await rows_of(office.store, tables.digests)
    assert row.figures["asked"] == []


async def test_what_was_written_to_us_alone_is_quoted_nowhere(office, boss):
    said = [mention(f"my_data: do I have to change my password? {word}", private=True) for word in ("now", "today", "please", "really")]
    await office.house.mentions.receive(said)
    office.dial.forward(minutes=20)
    _, figures = await office.house.insight.digests.preview(boss, understand(["preview"]).asked)
    assert figures.arrivals.mentions.n == 4 and figures.asked == ()
