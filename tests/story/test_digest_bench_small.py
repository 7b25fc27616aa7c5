"""Two days of a crisis, grown on both databases: what is counted stays right, what is told is what the rows say, and the bench says how long it took."""

import json
import math

import pytest

from tests.bench.digest import SMALL, measure, seed, show, told
from tests.bench.progress import finish
from tests.bench.two_days_said import arrivals, shares


def test_a_day_holds_most_of_what_comes_in_and_nothing_is_lost():
    parts = arrivals(400)
    assert sum(map(len, parts)) == 400
    assert sum(shares(400)[96:]) > 0.7 * 400
    assert len({one.network for part in parts for one in part}) == 5


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(400)
async def test_a_grown_crisis_is_told_as_the_rows_say_it_and_the_bench_ends_with_a_line_of_json(kind: str, postgres, capsys) -> None:
    """`measure` itself compares every number with the rows."""
    few, many = times = await measure(kind, await seed(SMALL), SMALL)
    assert few.grown.mentions == SMALL.sizes[0]
    assert many.grown.mentions >= SMALL.sizes[1]
    assert len(many.status) == SMALL.calls
    assert all(math.isfinite(one) for one in (many.cold, many.digest_cold, *many.plain_status, *many.pictures))
    show(kind, times)
    finish({kind: told(times)})
    found = json.loads(capsys.readouterr().out.splitlines()[-1])[kind]
    assert set(found) == {"status_p99_s", "digest_s", "growth"}
    assert set(found["growth"]) == {"status", "digest"}
