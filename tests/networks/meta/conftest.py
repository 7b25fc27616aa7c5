"""A Meta, and our door at which it knocks."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from tests.fakes.meta import FakeMeta
from tests.fakes.slack.clock import ManualClock
from tests.networks.meta.connecting import Noted, connected, subscribed


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
async def meta() -> AsyncIterator[FakeMeta]:
    async with FakeMeta() as fake:
        yield fake


@pytest.fixture
async def knocked(meta, noted) -> AsyncIterator[FakeMeta]:
    """Meta, subscribed to."""
    async with subscribed(meta, noted):
        yield meta


@pytest.fixture(params=["facebook", "instagram"])
async def ours(request, meta) -> AsyncIterator[SimpleNamespace]:
    """One account of each kind, with hands for its customers."""
    one = connected(meta, request.param)
    own = meta.world.post if request.param == "facebook" else meta.world.medium
    yield SimpleNamespace(name=request.param, network=one.network, source=one.source, world=meta.world, meta=meta, own=own)
    await one.close()


@pytest.fixture
async def later() -> AsyncIterator[FakeMeta]:
    """A Meta whose time is turned by hand."""
    async with FakeMeta(clock=ManualClock()) as fake:
        yield fake
