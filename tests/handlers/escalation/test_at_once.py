"""Clicks, clocks and the sender at the same moment, over the same people and cases: on PostgreSQL nobody waits in a circle."""

import asyncio

import pytest
from structlog.testing import capture_logs

from handlers.escalation.acknowledging import Acknowledging
from handlers.escalation.climb import Climb
from handlers.escalation.lapses import Lapses
from tests.databases import opened
from tests.handlers.escalation.test_ladder import LIFE

CASES = 12


@pytest.fixture
async def stores(world):
    if not world.store.on_postgresql:
        pytest.skip("SQLite has one writer")
    made = [opened(world.store.url, world.dial) for _ in range(3)]
    yield made
    for store in made:
        await store.close()


async def _give(world, store, case_ids, name):
    hands = Acknowledging(store, world.house.course)
    for case in case_ids:
        await hands.reassign(world.people["Ana"], case, name)


async def _clock(world, store):
    climb = Climb(store, world.house.course, Lapses(world.house.course))
    for _ in range(6):
        await climb.fire()
        await climb.hurry()


async def test_clicks_clocks_and_senders_never_wait_in_a_circle(world, stores):
    leas = [await world.house.case(LIFE) for _ in range(CASES)]
    pias = [await world.house.case("press high") for _ in range(CASES)]
    await world.now()
    world.dial.forward(minutes=6)
    with capture_logs() as logs:
        await asyncio.gather(
            _give(world, stores[0], leas[1:], "Pia"),
            _give(world, stores[1], pias[1:], "Lea"),
            *(_clock(world, store) for store in (world.store, stores[2])),
            *(world.sender().drain() for _ in range(2)),
        )
    assert [one for one in logs if one["event"] in ("not_done", "send_not_recorded", "send_failed")] == []
