"""A hundred steps fall due every second, in an app that runs whole: each is told, once, and in time; what was overdue at the start, at once."""

import math
from pathlib import Path

import pytest

from tests.bench.deadlines import SMALL, product


@pytest.mark.alone
@pytest.mark.slow
async def test_a_hundred_steps_a_second_are_told_once_each_and_soon_after_they_are_due(
    kind: str, empty_database: str, tmp_path: Path
) -> None:
    found = await product(empty_database, tmp_path, SMALL, kind)
    assert found.twice == 0
    assert not [late for late in found.late if math.isinf(late)]
    assert found.overdue_done < SMALL.lead, "what was overdue at the start is told before anything else"
    assert found.at(0.99) < 2, "on a machine that does other things as well"
    assert found.mb < 1.2 * found.mb_few
