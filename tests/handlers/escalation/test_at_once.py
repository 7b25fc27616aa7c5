"""Clicks, clocks and the sender at the same moment, over the same people and cases: on PostgreSQL nobody waits in a circle."""

import asyncio
from itertools import cycle

import pytest
from structlog.testing import capture_logs

from handlers.errors import Told
from handlers.escalation.acknowledging import Acknowledging
from handlers.escalation.climb import Climb
from handlers.escalation.lapses import Lapses
from storage.database import Store
from tests.handlers.escalation.test_ladder import LIFE

CASES = 24


@pytest.fixture
async def stores(world):
    if not world.store.on_postgresql:
        pytest.skip("SQLite has one writer")
    made = [Store(world.store.url, world.dial) for _ in range(3)]
    yield made
    for store in made:
        await store.close()


async def _clicks(world, store, case_ids):
    """Everybody wants everything, in an order of their own."""
    hands = Acknowledging(store, world.house.course)
    for name, case in zip(cycle(("Lea", "Max", "Lou", "Pia")), case_ids, strict=False):
        try:
            await hands.reassign(world.people[name], case, "Max" if name == "Lea" else "Lea")
            await hands.acknowledge(world.people[name], case)
        except Told:
            continue


async def _clock(world, store):
    climb = Climb(store, world.house.course, Lapses(world.house.course))
    for _ in range(6):
        await climb.fire()
        await climb.hurry()


async def test_clicks_clocks_and_senders_never_wait_in_a_circle(world, stores):
    made = [await world.house.case(text) for text in (LIFE, "press high", "extortion critical") for _ in range(CASES // 3)]
    await world.now()
    with capture_logs() as logs:
        for minutes in (6, 6):
            world.dial.forward(minutes=minutes)
            await asyncio.gather(
                _clicks(world, stores[0], made[::3] + made[1::3]),
                _clicks(world, stores[1], list(reversed(made))),
                *(_clock(world, store) for store in (world.store, stores[2])),
                *(world.sender().drain() for _ in range(2)),
            )
    assert [one for one in logs if one["event"] in ("not_done", "send_not_recorded", "send_failed")] == []
