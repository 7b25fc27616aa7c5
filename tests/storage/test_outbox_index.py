"""However long the lines are, a sender finds the next row at the head of an index."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import outbox
from storage.outbox import Wish


@pytest.fixture
def asked(store):
    """The statements of this store, as the database gets them."""
    seen = []
    for engine in {store._writer, store._reader}:
        sa.event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: seen.append(given[2:4]))
    return seen


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_nothing_is_sorted_and_no_line_is_walked_to_find_the_next_row(store, asked):
    async with store.begin() as work:
        await outbox.put(work, [Wish("slack", f"slack:C{n % 4}", "post", "words", n % 4, key=str(n)) for n in range(400)])
        await work.commit()
    asked.clear()
    async with store.begin() as work:
        assert len(await outbox.lanes_waiting(work)) == 4
        assert await outbox.claim(work, "slack:C1", "post", "me", timedelta(seconds=60), [])
        looks = [one for one in asked if one[0].startswith("SELECT") and "outbox" in one[0]]
        plans = [[row[-1] for row in await work.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given)] for said, given in looks]
    assert len(plans) == 2
    for plan in plans:
        assert any("USING INDEX ix_outbox_ready (lane=? AND act=?)" in step for step in plan), plan
        assert not any("TEMP B-TREE" in step for step in plan), plan
