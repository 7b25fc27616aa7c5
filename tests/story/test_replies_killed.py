"""Approved replies leave while their sender is killed again and again: each arrives once, or is on the list that a person sees."""

import pytest

from tests.bench.kill import POSTGRES_LEASE, SMALL, SQLITE_LEASE, measure


@pytest.mark.slow
@pytest.mark.timeout(300)  # it may take three times as long where others work too
async def test_a_sender_that_is_killed_again_and_again_loses_and_doubles_no_reply(database: str, kind: str) -> None:
    alone = kind == "sqlite"
    found = await measure(database, SMALL, workers=1 if alone else 2, lease=SQLITE_LEASE if alone else POSTGRES_LEASE)
    assert found.kills == SMALL.kills
    assert (found.lost, found.doubled) == (0, 0), found
    assert found.sent + found.unconfirmed == SMALL.replies
