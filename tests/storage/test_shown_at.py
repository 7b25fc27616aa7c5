"""A message is known by its channel and its id: on Teams ids are moments, and two channels may have the same."""

import sqlalchemy as sa

from storage import room_posts
from storage.tables import room_posts as rows


async def test_the_same_id_in_another_channel_is_another_message(store):
    async with store.begin() as work:
        await room_posts.stands(work, "facts:1", "teams", "19:a", "1700000000000")
        await room_posts.stands(work, "statement:2", "teams", "19:b", "1700000000000")
        assert await room_posts.shown_at(work, "teams", "1700000000000", "19:a") == "facts:1"
        assert await room_posts.shown_at(work, "teams", "1700000000000", "19:b") == "statement:2"
        assert await room_posts.shown_at(work, "teams", "1700000000000", "19:c") is None
        assert await work.scalar(sa.select(sa.func.count()).select_from(rows)) == 2
