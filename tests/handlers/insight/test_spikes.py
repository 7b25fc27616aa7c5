"""Far more than usual: seen once, told to whom FLOW calls, not again while it lasts, and again when it returns."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.board import Board
from handlers.insight.spike_cards import spike_card
from handlers.insight.spikes import Spikes
from handlers.ports import CustomerText
from storage.insight import spikes
from storage.tables import cases, digests, mentions, people, subscriptions
from storage.tables import outbox as rows
from tests.builders import Scripted, TestHouse, data_breach, mention

NIGHT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
async def at(house, dial):
    """Three o'clock, after days on which a message came each hour."""
    for hours in (*range(24 * 7 + 3, 24 * 7 - 3, -1), *range(27, 21, -1), *range(14, 0, -1)):  # those that it is held against
        dial.at = NIGHT - timedelta(hours=hours)
        await house.mentions.receive([mention("ordinary: when do you open?")])
    dial.at = NIGHT
    await house.person("Bo", "lead", slack_id="U1", languages=["es"])
    await house.person("Ana", "agent", slack_id="U2")
    return house


async def look(house):
    return await Spikes(house.store, house.course.caller, house.flow).look()


async def flood(house, count=30, tag="phishing"):
    said = ("is this mail from you?", "somebody called me about my card", "what is this link you sent me?")
    await house.mentions.receive([mention(f"{said[n % 3]} {tag} {n}") for n in range(count)])


async def told(house):
    async with house.store.read() as work:
        query = rows.select().where(rows.c.kind == "spike").order_by(rows.c.id)
        return [(row.lane, row.facts) for row in await work.execute(query)]


async def seen(house):
    async with house.store.read() as work:
        return [(one.what, one.count, one.over_at is None) for one in await spikes.since(work, NIGHT)]


async def test_an_ordinary_hour_is_told_to_nobody(at):
    assert await look(at) == 0
    await flood(at, 9)
    assert await look(at) == 0
    assert await told(at) == []


async def test_a_flood_of_one_tag_is_told_once_to_whom_flow_calls_first(at):
    await flood(at)
    assert await look(at) == 1
    assert await seen(at) == [("tag:phishing", 30, True)]
    ((lane, facts),) = await told(at)
    assert lane == "slack:U1" and len(facts["mentions"]) == 3
    assert await look(at) == 0
    await flood(at, 50)
    assert await look(at) == 0
    assert len(await told(at)) == 1


async def test_it_is_told_again_when_it_returns_the_next_night(at, dial):
    await flood(at)
    await look(at)
    dial.forward(hours=3)
    assert await look(at) == 0
    assert await seen(at) == [("tag:phishing", 30, False)]
    dial.at = NIGHT
    dial.forward(days=1)
    await flood(at)
    assert await look(at) == 1
    assert len(await told(at)) == 2


async def test_what_lasts_half_a_day_is_usual_from_then_on(at, dial):
    for _ in range(14):
        await flood(at)
        await look(at)
        dial.forward(hours=1)
    assert await seen(at) == [("tag:phishing", 30, False)]
    assert len(await told(at)) == 1


async def test_whoever_opens_a_crisis_is_not_told_within_the_hour_that_much_comes_in(at, dial):
    boss = await at.person("Max", "manager", "admin", slack_id="U3")
    await at.crises.open(boss, "Breach")
    for _ in range(5):
        await flood(at, 20)
        assert await look(at) == 0
        dial.forward(minutes=15)
    await flood(at, 300)
    assert await look(at) == 1  # it multiplies


async def test_tags_that_rise_one_after_another_are_told_together_after_a_while(at, dial):
    await flood(at)
    await look(at)
    dial.forward(minutes=3)
    await flood(at, 20, "password")
    assert await look(at) == 0
    dial.forward(minutes=5)
    await flood(at, 20, "compensation")
    assert await look(at) == 0
    dial.forward(minutes=8)
    assert await look(at) == 2
    assert len((await told(at))[-1][1]["ids"]) == 2


async def test_a_network_rises_where_no_tag_explains_it(at):
    await at.mentions.receive([mention(f"ordinary: the app is down {n}") for n in range(40)])
    await look(at)
    assert [what for what, _, _ in await seen(at)] == ["network:x"]


async def test_the_examples_show_nobody(at):
    texts = [f"@meridia Hi Emma, is this mail from you? phishing, write to me{n}@example.com or 0770090012{n % 10}" for n in range(20)]
    await at.mentions.receive([mention(text) for text in texts])
    await look(at)
    ((_, facts),) = await told(at)
    async with at.store.read() as work:
        card = await spike_card(work, at.flow, facts)
    quoted = " ".join(one.raw for one in card.body if isinstance(one, CustomerText))
    assert "Is this mail from you?" in quoted
    assert not any(secret in quoted for secret in ("Emma", "@", "example", "07700"))


async def test_an_erased_message_is_no_example_any_more(at):
    await flood(at, 20)
    await look(at)
    ((_, facts),) = await told(at)
    async with at.store.begin() as work:
        of = mentions.select().with_only_columns(mentions.c.case_id).where(mentions.c.id.in_(facts["mentions"]))
        await work.execute(cases.update().where(cases.c.id.in_(of)).values(erased_at=NIGHT))
        await work.commit()
    async with at.store.read() as work:
        card = await spike_card(work, at.flow, facts)
    assert not any(isinstance(one, CustomerText) for one in card.body)


async def test_two_replicas_tell_it_once(at, dial):
    other = TestHouse(at.store, data_breach(), Board({"slack": {"crisis": "C1", "ordinary": "C2"}}), Scripted())
    await flood(at)
    assert (await look(at), await look(other)) == (1, 0)
    assert len(await told(at)) == 1


async def test_somebody_outside_the_workspaces_hears_the_number_and_no_customers_word(at):
    async with at.store.begin() as work:
        await work.execute(people.update().values(slack_id=None))
        await work.commit()
    await flood(at)
    assert await look(at) == 1
    assert await told(at) == []
    async with at.store.read() as work:
        assert "is this mail" not in str(
            [dict(row) for row in (await work.execute(rows.select().where(rows.c.kind == "words"))).mappings()]
        )


async def test_whoever_subscribed_to_spikes_is_posted_the_numbers_and_owed_one_digest(at):
    boss = await at.person("Max", "manager", "admin", slack_id="U3")
    async with at.store.begin() as work:
        max_id = int(boss.external_id)
        row = {
            "workspace": "slack",
            "target": "C7",
            "name": "#board",
            "rhythm": "spike",
            "at": "08:30",
            "timezone": "UTC",
            "language": "fr",
        }
        await work.execute(subscriptions.insert().values(**row, made_by=max_id, made_at=NIGHT - timedelta(days=2)))
        await work.commit()
    digests_of = at.acts.insight.digests
    assert await digests_of.fire() == 0
    await flood(at)
    await look(at)
    posted = dict(await told(at))["slack:C7"]
    assert (posted["mentions"], posted["language"]) == ([], "fr")
    assert (await digests_of.fire(), await digests_of.fire()) == (1, 0)
    async with at.store.read() as work:
        (kept,) = (await work.execute(digests.select())).mappings().all()
    assert (kept["slot"], kept["until"]) == (NIGHT, NIGHT + timedelta(minutes=15))
    assert kept["figures"]["arrivals"]["mentions"]["n"] > 30
