"""One suite for every network: it is asked of each scene that a module of stages/ offers."""

import pkgutil
from collections.abc import AsyncIterator, Iterator
from importlib import import_module

import pytest

from handlers.networks import Hearing
from tests.networks.contract import stages
from tests.networks.contract.stage import Opened, Scene, Stage


def scenes() -> Iterator[Scene]:
    for found in pkgutil.iter_modules(stages.__path__):
        if found.name.startswith("_"):
            continue
        try:
            module = import_module(f"{stages.__name__}.{found.name}")
        except Exception as error:
            yield Scene(found.name, None, Hearing(), _broken(error))
            continue
        yield from (one for one in vars(module).values() if isinstance(one, Scene))
        yield from vars(module).get("scenes", ())


def _broken(error: Exception) -> Opened:
    """One stage that cannot be imported fails by itself; the others go on."""

    def opened() -> None:
        raise RuntimeError(f"this stage cannot be imported: {error!r}") from error

    return opened  # type: ignore[return-value]


@pytest.fixture(params=[pytest.param(one, marks=[pytest.mark.soak] if one.soak else [], id=one.name) for one in scenes()])
def scene(request: pytest.FixtureRequest) -> Scene:
    one: Scene = request.param
    if one.missing:
        pytest.skip(f"{one.name}: {one.missing}")
    return one


@pytest.fixture
async def stage(scene: Scene) -> AsyncIterator[Stage]:
    async with scene.opened() as opened:
        yield opened
