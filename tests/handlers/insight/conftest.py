"""What the tests of digests stand in."""

import pytest


@pytest.fixture
async def office(post, boss):
    """A post office whose doors are known; it is 09:00 UTC on a Friday."""
    post.sender()
    return post
