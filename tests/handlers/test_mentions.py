"""What customers write becomes cases, once."""

import asyncio

import sqlalchemy as sa

from handlers.ports import Event
from storage import cases, outbox, tables
from tests.builders import TestHouse, mention


async def count(house: TestHouse, table: sa.Table) -> int:
    async with house.store.read() as work:
        return await work.scalar(sa.select(sa.func.count()).select_from(table))


async def test_a_mention_is_stored_once_however_often_it_is_delivered(house):
    one = mention()
    first = (await house.mentions.receive([one]))[0]
    again = await house.mentions.receive([one, one])
    assert first.new and not any(receipt.new for receipt in again)
    assert {receipt.case_id for receipt in again} == {first.case_id}
    assert await count(house, tables.mentions) == await count(house, tables.cases) == 1


async def test_two_receivers_of_one_mention_store_it_once(house):
    one = mention()
    receipts = await asyncio.gather(*(house.mentions.receive([one]) for _ in range(8)))
    assert sum(receipt[0].new for receipt in receipts) == 1
    assert await count(house, tables.mentions) == await count(house, tables.timeline) == 1


async def test_a_further_message_in_the_conversation_joins_the_case_and_opens_it_again(house):
    agent = await house.person("Ana")
    case = await house.case("my_data", by="ana", conversation_id="c")
    await house.cases.close(agent, case)
    assert await house.case("still waiting, high", by="ana", conversation_id="c") == case
    async with house.store.read() as work:
        found = await cases.get(work, case)
    assert (found.status, found.mention_count, found.severity) == ("open", 2, 2)


async def test_messages_of_one_batch_in_one_conversation_make_one_case(house):
    batch = [
        mention("one", by="ana", conversation_id="c"),
        mention("two critical", by="ana", conversation_id="c"),
        mention("three", by="bob"),
    ]
    receipts = await house.mentions.receive(batch)
    assert receipts[0].case_id == receipts[1].case_id != receipts[2].case_id
    async with house.store.read() as work:
        found = await cases.get(work, receipts[0].case_id)
    assert (found.mention_count, found.severity) == (2, 3)


async def test_an_ordinary_case_that_turns_out_to_be_crisis_moves_and_leaves_a_pointer(house):
    case = await house.case("ordinary question", by="ana", conversation_id="c")
    async with house.store.begin() as work:
        row = await outbox.claim(work, "slack:C2", "post", "me", outbox.timedelta(seconds=60), [])
        await outbox.finish(work, row, "me", "ts1")
        await cases.add_post(work, case, cases.Post("slack", "C2", "ts1", current=True))
        await work.commit()
    await house.case("they hacked you", by="ana", conversation_id="c")
    async with house.store.read() as work:
        waiting = {(lane, act) for lane, act in await outbox.lanes_waiting(work)}
        assert (await cases.get(work, case)).channel == "crisis"
    assert {("slack:C2", "update"), ("slack:C1", "post")} <= waiting


async def test_an_edit_and_a_deletion_on_the_network_are_recorded_beside_the_mention(house):
    one = mention("first words", external_id="m", by="ana")
    case = (await house.mentions.receive([one]))[0].case_id
    for event, text in ((Event.EDITED, "second words"), (Event.EDITED, "second words"), (Event.DELETED, "second words")):
        await house.mentions.receive([mention(text, external_id="m", by="ana", event=event)])
    async with house.store.read() as work:
        found = (await cases.mentions_of(work, case))[0]
    assert (found.text, found.newest_text, found.deleted_at is not None) == ("first words", "second words", True)
    assert await count(house, tables.mention_changes) == 2


async def test_each_case_has_its_card_queued_once(house):
    await house.mentions.receive([mention(by=f"u{number}") for number in range(30)])
    await house.mentions.receive([mention(by=f"u{number}", conversation_id=f"c-u{number}") for number in range(30)])
    async with house.store.read() as work:
        rows = (await work.execute(sa.select(tables.outbox.c.case_id, tables.outbox.c.wish).where(tables.outbox.c.kind == "card"))).all()
    assert sorted(row.case_id for row in rows) == list(range(1, 31))
    assert {row.wish for row in rows} == {2}
