"""What customers ask most, from the rows: sampled evenly, without drills and what is erased, with what we have said of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from handlers.insight.figures import Period
from handlers.insight.voices import FEWEST_BEFORE, asked
from handlers.ports import Event
from storage.insight import voices
from storage.tables import cases, crises, mentions, people, statements
from tests.builders import mention

DAY = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
TODAY = Period(DAY, DAY + timedelta(days=1), "UTC")
PASSWORD = (
    "do I have to change my password?",
    "should I change my password now?",
    "must I change the password",
    "is it necessary to change my password?",
)
MONEY = (
    "will you pay compensation?",
    "how much compensation do we get?",
    "who pays me compensation",
    "is there any compensation for customers?",
)
MORE = ("do we have to change our passwords", "does everybody have to change the password?", "change my password: do I have to?")
LIFE = "threat_to_life: I change my password and then I end it"


async def write(house, dial, texts, hour, **changes):
    dial.at = DAY + timedelta(hours=hour)
    await house.mentions.receive([mention(text, **changes) for text in texts])


async def asked_today(house):
    async with house.store.read() as work:
        return await asked(work, house.flow, TODAY)


async def test_what_many_ask_is_told_in_the_words_of_one_of_them(house, dial):
    await write(house, dial, [*PASSWORD, *MORE, *MONEY], 9)
    first, second = await asked_today(house)
    assert (first.words in (*PASSWORD, *MORE), second.words in MONEY) == (True, True)
    assert (first.n, second.n, first.language) == (7, 4, "en")
    assert first.share == pytest.approx(7 / 11)
    assert not first.answered


async def test_nothing_is_asked_where_nobody_wrote(house):
    assert await asked_today(house) == ()


async def test_what_the_approved_statement_speaks_of_is_answered_and_the_rest_is_not(house, dial):
    boss = await house.person("Max", "manager", "admin")
    await house.crises.open(boss, "Breach")
    async with house.store.begin() as work:
        crisis_id, person_id = (await work.execute(crises.select())).first().id, (await work.execute(people.select())).first().id
        row = {"crisis_id": crisis_id, "kind": "full", "version": 1, "texts": {"en": "You do not need to change your password."}}
        await work.execute(
            statements.insert().values(**row, fact_ids=[], author_id=person_id, status="approved", proposed_at=DAY, approved_at=DAY)
        )
        await work.commit()
    await write(house, dial, [*PASSWORD, *MONEY], 9)
    assert {one.words in PASSWORD: one.answered for one in await asked_today(house)} == {True: True, False: False}


async def test_new_is_what_nobody_asked_the_day_before(house, dial):
    await write(house, dial, [*PASSWORD * 5, *("when do you open on sunday?",) * FEWEST_BEFORE], -10)
    await write(house, dial, [*PASSWORD, *MONEY], 9)
    assert {one.words in MONEY: one.fresh for one in await asked_today(house)} == {True: True, False: False}


async def test_a_cry_for_help_is_no_figure(house, dial):
    await write(house, dial, [*[LIFE] * 10, *PASSWORD], 9)
    assert [one.n for one in await asked_today(house)] == [4]


async def test_what_is_erased_or_taken_back_is_not_repeated(house, dial):
    await write(house, dial, [*PASSWORD, *MONEY], 9)
    async with house.store.begin() as work:
        await work.execute(mentions.update().where(mentions.c.text.in_(PASSWORD)).values(deleted_at=DAY))
        theirs = mentions.select().with_only_columns(mentions.c.case_id).where(mentions.c.text.in_(MONEY))
        await work.execute(cases.update().where(cases.c.id.in_(theirs)).values(erased_at=DAY))
        await work.commit()
    assert await asked_today(house) == ()


async def test_a_sample_is_even_over_the_day_and_stands_for_all_of_it(house, dial):
    for hour, count in ((1, 20), (2, 60), (13, 200), (23, 120)):
        await write(house, dial, [f"is my data safe {n}?" for n in range(count)], hour)
        dial.forward(minutes=7)
        await house.mentions.receive([mention(f"and mine {n}?") for n in range(count)])
    async with house.store.read() as work:
        found = await voices.sample(work, TODAY.since, TODAY.until, 200)
    assert found.weight * len(found.said) == pytest.approx(800)
    assert 190 <= len(found.said) <= 200
    assert len({one.id for one in found.said}) == len(found.said)
    async with house.store.read() as work:
        at = {row.id: row.received_at.hour for row in await work.execute(mentions.select())}
    shares = {hour: n / len(found.said) for hour, n in Counter(at[one.id] for one in found.said).items()}
    assert shares == pytest.approx({1: 0.05, 2: 0.15, 13: 0.5, 23: 0.3}, abs=0.02)


async def test_an_edited_message_counts_as_it_reads_now(house, dial):
    await write(house, dial, ["is my password safe, I am Ann?"], 9, external_id="m-edited", by="u-edited")
    await write(house, dial, ["is my password safe?"], 10, external_id="m-edited", by="u-edited", event=Event.EDITED)
    async with house.store.read() as work:
        found = await voices.sample(work, TODAY.since, TODAY.until, 10)
    assert [one.text for one in found.said] == ["is my password safe?"]
