"""A crisis that is led."""

import pytest

from tests.handlers.room.crisis import Led, led


@pytest.fixture
async def room(house) -> Led:
    return await led(house)
