"""Cards wait by the thousand for four channels: they leave as fast as Slack lets them, and whatever is critical goes first."""

import asyncio
from pathlib import Path

import pytest

from tests.bench.lanes import SMALL, plain, product


@pytest.mark.alone
@pytest.mark.slow
async def test_a_long_line_leaves_at_slacks_own_pace_and_a_critical_case_overtakes_it(tmp_path: Path) -> None:
    folders = [tmp_path / "ours", tmp_path / "plain"]
    for folder in folders:
        folder.mkdir()
    ours, other = await asyncio.gather(product(f"sqlite:///{folders[0]}/tocsin.db", folders[0], SMALL), plain(folders[1], SMALL))
    assert ours.rate_limited == 0, "Slack never had to say 429"
    assert ours.share >= 0.9, ours  # of a short look: one post more or less is two hundredths
    assert ours.unseen == 0 and ours.p99() <= 3, ours.delays
    assert other.rate_limited > 0 and other.unseen == len(other.delays), "what is measured can be missed"
