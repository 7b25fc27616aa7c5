"""Replies leave through the adapters of networks while the sender is killed: each arrives once, or a person hears that nobody knows."""

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.bench.kill_networks import SMALL, measure
from tests.networks.contract.stage import Fault
from tests.networks.contract.stages.memory_http import scene


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_sender_that_is_killed_loses_and_doubles_no_reply_to_a_network():
    found = await measure(scene, SMALL)
    assert (found.sent, found.lost, found.doubled, found.kills) == (SMALL.replies, 0, 0, SMALL.kills)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_an_adapter_that_does_not_look_whether_a_reply_arrived_is_seen_to_double_it():
    found = await measure(replace(scene, opened=careless, faults=(Fault.LOST,)), SMALL)
    assert found.doubled > 0


@asynccontextmanager
async def careless():
    async with scene.opened() as stage:
        stage.connects_by = "tests.networks.contract.stages._careless"
        yield stage
