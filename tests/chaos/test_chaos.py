"""The chaos in small: what `make chaos` does with thousands, at every run of the suite."""

import pytest

from tests.chaos.rules import STEPS
from tests.chaos.run import SMALL, measure
from tests.servers.postgres import NoPostgres


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_whatever_is_killed_or_fails_everything_due_is_told_once():
    try:
        found = await measure(SMALL, seed=4)
    except NoPostgres as error:
        pytest.skip(f"no PostgreSQL server on this machine: {error}")
    assert found.steps == STEPS * SMALL.cases
    assert (found.kills, found.database_restarts) == (SMALL.kills, SMALL.restarts)
    assert (found.lost, found.doubled) == (0, 0), found
    assert 0.1 < found.failed / found.calls < 0.3, "Slack was not shaky enough, or too much"
