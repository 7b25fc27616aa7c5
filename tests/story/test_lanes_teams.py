"""Cards wait by the thousand for four conversations of Teams: they leave as fast as Teams lets them, and whatever is critical goes first."""

from pathlib import Path

import pytest

from tests.bench.lanes_teams import SMALL, product


@pytest.mark.alone
@pytest.mark.slow
async def test_a_long_line_leaves_at_teams_own_pace_and_a_critical_case_overtakes_it(tmp_path: Path) -> None:
    found = await product(f"sqlite:///{tmp_path}/tocsin.db", tmp_path, SMALL)
    assert found.rate_limited == 0, "Teams never had to say 429"
    assert found.share >= 0.9, found  # of a short look: one post more or less is nearly two hundredths
    assert found.unseen == 0 and found.p99() <= 3, found.delays
