"""A permission that was taken away makes no error: it must be told all the same."""

from datetime import timedelta

import pytest

from handlers import listening as module
from handlers.errors import TryLater
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


async def test_an_outage_that_gives_another_reason_each_time_is_as_old_as_it_is(house, dial):
    source, reasons = FakeSource(every=timedelta(hours=1)), ["timeout", "no_connection", "timeout"]
    began = dial()

    async def later() -> None:
        dial.forward(seconds=15)

    source.before = later
    source.fail.extend(TryLater(one, timedelta(seconds=0)) for one in reasons)
    async with listening(house, source):
        await until(lambda: len(source.asked) == 3)
        found = await door(house)
        assert found.state == "failing" and (found.since - began).total_seconds() <= 15
