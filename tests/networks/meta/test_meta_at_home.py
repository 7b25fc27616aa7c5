"""From Meta's knock to our rows, through the inbox as it is; and from our rows to the page."""

import sqlalchemy as sa

from storage import tables
from tests.networks.meta.connecting import subscribed
from tests.networks.meta.replies import all_heard
from tests.networks.meta.test_meta_reading import payload


async def rows(house, table, *columns):
    async with house.store.read() as work:
        return [tuple(row) for row in await work.execute(sa.select(*(table.c[one] for one in columns)).order_by(table.c.id))]


async def test_comments_of_one_thread_are_one_case_and_a_message_of_the_same_person_another(house, meta):
    async with subscribed(meta, house.inbox):
        world, anna = meta.world, meta.world.person("facebook", "anna")
        first = world.add_comment("facebook", anna, "Is my data safe?", world.post.id)
        await meta.telling.comment(first)
        await meta.telling.comment(world.add_comment("facebook", anna, "Hello?", first.id))
        await meta.telling.message(world.add_message("facebook", anna, "My account is 1234", by_us=False))
    assert meta.telling.answers == [200, 200, 200]
    assert await rows(house, tables.mentions, "case_id", "private") == [(1, False), (1, False), (2, True)]
    assert await rows(house, tables.customers, "network", "external_id") == [("facebook", anna.id)]


async def test_what_comes_twice_and_is_listed_too_is_one_mention(house, meta):
    async with subscribed(meta, house.inbox) as page:
        comment = meta.world.add_comment("facebook", meta.world.person("facebook", "anna"), "Is my data safe?", meta.world.post.id)
        await meta.telling.comment(comment)
        await meta.telling.comment(comment)
        await house.mentions.receive(await all_heard(page.source))
    assert await rows(house, tables.mentions, "external_id") == [(comment.id,)]


async def test_what_its_author_edited_and_took_away_is_recorded_beside_the_mention(house, meta):
    async with subscribed(meta, house.inbox):
        comment = meta.world.add_comment("facebook", meta.world.person("facebook", "anna"), "My PIN is 1234", meta.world.post.id)
        await meta.telling.comment(comment)
        comment.text = "Never mind"
        await meta.telling.comment(comment, "edited")
        await meta.telling.comment(comment, "remove")
    assert meta.telling.answers == [200, 200, 200]
    told = [act for (act,) in await rows(house, tables.timeline, "act")]
    assert [one for one in told if one in ("mention_edited", "mention_deleted")] == ["mention_edited", "mention_deleted"]


async def test_what_is_about_another_page_stands_among_what_was_refused(house, meta):
    delivery = payload("webhook_page_comment")
    delivery["entry"][0]["id"] = "999"
    async with subscribed(meta, house.inbox):
        assert await meta.telling.deliver(delivery) == 200
    ((source, because),) = await rows(house, tables.raw_payloads, "source", "refused_because")
    assert source == "meta" and "not ours" in because


async def test_while_the_database_is_away_meta_is_asked_to_come_again(house, meta):
    async with subscribed(meta, house.inbox):
        await house.store.close()
        house.intake.most = 0
        comment = meta.world.add_comment("facebook", meta.world.person("facebook", "anna"), "Hello?", meta.world.post.id)
        await meta.telling.comment(comment)
    assert meta.telling.answers == [503]


async def test_what_can_never_be_stored_is_kept_aside_and_meta_need_not_come_again(house, meta):
    put = house.inbox.intake.put

    async def poisoned(one):
        if "poison" in one.text:
            raise ValueError("no row can hold this")
        return await put(one)

    house.inbox.intake.put = poisoned
    async with subscribed(meta, house.inbox):
        anna = meta.world.person("facebook", "anna")
        for text in ("poison", "Is my data safe?"):
            await meta.telling.comment(meta.world.add_comment("facebook", anna, text, meta.world.post.id))
    assert meta.telling.answers == [200, 200]
    assert await rows(house, tables.mentions, "text") == [("Is my data safe?",)]
    assert ("facebook", "ValueError") in await rows(house, tables.raw_payloads, "source", "refused_because")
