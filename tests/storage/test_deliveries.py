"""What is delivered again is done once, in one commit with what it asks for."""

import asyncio

import pytest
import sqlalchemy as sa

from storage import deliveries, health
from storage.deliveries import Repeated, once


async def act(store, door: str = "slack") -> None:
    async with store.begin() as work:
        await health.report(work, door, health.CLOSED, "token_revoked")
        await work.commit()


async def doors(store) -> set[str]:
    async with store.read() as work:
        return set((await work.execute(sa.text("SELECT door FROM health"))).scalars())


async def known(store, delivery_id: str) -> bool:
    async with store.read() as work:
        return await deliveries.is_known(work, "teams", delivery_id)


async def test_an_act_and_its_delivery_are_one_commit(store):
    with once("teams", "a"):
        await act(store)
    assert await known(store, "a")


async def test_what_is_delivered_again_does_nothing(store):
    with once("teams", "a"):
        await act(store)
    with pytest.raises(Repeated), once("teams", "a"):
        await act(store, "webhook:acme")
    assert await doors(store) == {"slack"}


async def test_of_two_at_once_one_is_done(store):
    async def deliver(door: str) -> None:
        with once("teams", "a"):
            await act(store, door)

    outcomes = await asyncio.gather(deliver("one"), deliver("two"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "Repeated"]
    assert len(await doors(store)) == 1


async def test_an_act_of_several_commits_is_one_delivery(store):
    with once("teams", "a"):
        await act(store)
        await act(store, "email")
    assert await doors(store) == {"slack", "email"}


async def test_what_failed_may_come_again(store):
    with pytest.raises(ZeroDivisionError), once("teams", "a"):
        raise ZeroDivisionError
    assert not await known(store, "a")
    with once("teams", "a"):
        await act(store)


async def test_a_task_that_outlives_its_delivery_is_none_of_it(store):
    go = asyncio.Event()

    async def later() -> None:
        await go.wait()
        await act(store)

    with once("teams", "a"):
        task = asyncio.create_task(later())
    go.set()
    await task
    assert not await known(store, "a")


async def test_what_else_is_done_at_the_same_time_is_not_written_down_with_it(store):
    async def other() -> None:
        await act(store, "email")

    with once("teams", "a"):
        pass
    await other()
    assert not await known(store, "a")
