"""What a door has learnt is known again after a restart."""

import sqlalchemy as sa

from handlers.known import Known
from storage.tables import cursors


async def test_what_was_kept_is_recalled(store):
    known = Known(store)
    assert await known.recall("teams") == {}
    await known.keep("teams", {"urls": {"19:a": "https://one.example"}})
    await known.keep("teams", {"urls": {"19:a": "https://two.example"}})
    assert await Known(store).recall("teams") == {"urls": {"19:a": "https://two.example"}}
    assert await known.recall("slack") == {}


async def test_what_is_known_already_is_not_written_again(store, dial):
    async def written_at():
        async with store.read() as work:
            return await work.scalar(sa.select(cursors.c.at).where(cursors.c.source == "teams:known"))

    known = Known(store)
    await known.keep("teams", {"a": 1})
    before = await written_at()
    dial.forward(hours=1)
    await known.keep("teams", {"a": 1})
    assert await written_at() == before
    await known.keep("teams", {"a": 2})
    assert await written_at() > before
