"""A permission that was taken away makes no error: it must be told all the same."""

from datetime import timedelta

import pytest

from handlers import listening as module
from handlers.networks import Can, Standing
from tests.fakes.source import FakeSource
from tests.handlers.hearing import door, listening, until


async def _says(house, state, reason) -> bool:
    found = await door(house, "x:part")
    return found is not None and (found.state, found.reason) == (state, reason)


@pytest.mark.parametrize("lost", [Can.HEAR, Can.HEAR_PRIVATE, Can.ANSWER, Can.ANSWER_PRIVATE])
async def test_a_permission_that_was_taken_away_is_told_until_it_is_back(house, monkeypatch, lost):
    monkeypatch.setattr(module, "LOOKS_EVERY", timedelta(seconds=0.05))
    source = FakeSource(stands=Standing("@us", (Can.SEARCH,), (lost,)))
    async with listening(house, source):
        await until(lambda: _says(house, "failing", "missing_scope"))
        source.stands = Standing("@us", tuple(Can))
        await until(lambda: _says(house, "well", None))


async def test_what_no_customer_waits_for_is_no_alarm(house, monkeypatch):
    monkeypatch.setattr(module, "LOOKS_EVERY", timedelta(seconds=0.05))
    source = FakeSource(stands=Standing("@us", (Can.HEAR,), (Can.SEARCH, Can.DELETE, Can.HIDE)))
    async with listening(house, source):
        await until(lambda: len(source.asked) > 6)
    assert await door(house, "x:part") is None
