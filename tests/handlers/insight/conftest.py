"""What the tests of digests stand in."""

import shutil

import pytest

from tests.databases import opened, sqlite_copy
from tests.dial import Dial
from tests.handlers.insight.day import friday


@pytest.fixture
async def office(post, boss):
    """A post office whose doors are known; it is 09:00 UTC on a Friday."""
    post.sender()
    return post


@pytest.fixture(scope="session")
def played():
    """Kind of database → the Friday that was played on it, and where it is kept."""
    return {}


@pytest.fixture
async def day(kind, dial, played, request, tmp_path, tmp_path_factory):
    """To play it takes longer than to look at it: it is played once on each database, and copied."""
    copies = request.getfixturevalue("copies") if kind == "postgresql" else None
    if kind not in played:
        file = tmp_path_factory.mktemp("friday") / "tocsin.db"
        store = opened(await copies.create(request.getfixturevalue("postgres_template")) if copies else sqlite_copy(file), own := Dial())
        friday_of = await friday(store, own)
        await store.close()
        played[kind] = friday_of, await copies.keep("friday") if copies else file
    friday_of, kept = played[kind]
    store = opened(await copies.create(kept) if copies else f"sqlite:///{shutil.copy(kept, tmp_path / 'tocsin.db')}", dial)
    yield await friday_of.on(store, dial)
    await store.close()
