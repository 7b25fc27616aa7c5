"""Those who answer in the tests of handlers: a post office, and the people of one team."""

import pytest

from tests.handlers.sending import post_office
from tests.handlers.watched import under_watch


@pytest.fixture
async def post(store, dial):
    return await post_office(store, dial)


@pytest.fixture
async def ana(post):
    return await post.house.person("Ana", "agent", slack_id="U1")


@pytest.fixture
async def lea(post):
    return await post.house.person("Lea", "lead", slack_id="U2")


@pytest.fixture
async def chief(post):
    """Ana where she may do it all."""
    return await post.house.person("Ana", "agent", "manager", "lead", slack_id="U1")


@pytest.fixture
async def boss(post):
    return await post.house.person("Max", "manager")


@pytest.fixture
async def lawyer(post):
    return await post.house.person("Lou", "legal")


@pytest.fixture
async def watched(store, dial):
    """A house that was well when it was last looked at."""
    found = await under_watch(store, dial)
    await found.look()
    return found
