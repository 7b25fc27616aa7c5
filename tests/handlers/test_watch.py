"""What is wrong with this process, its clock and its database is found and told past the outbox, once, and once when it is over."""

import asyncio
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import tables
from storage.database import Store
from storage.migrate import upgrade
from tests.handlers.watched import EVERYWHERE, under_watch


async def test_a_house_that_is_well_tells_nobody_anything(watched):
    await watched.look(20)
    assert watched.told() == [] and watched.watch.found() == [] and watched.watch.unfit() == []


# the database


async def test_a_database_that_goes_away_is_told_once_by_every_door_and_its_return_too(fresh_postgres, postgres, dial):
    store = Store(fresh_postgres, dial)
    watched = await under_watch(store, dial)
    await watched.look(2)
    postgres.stop()
    try:
        await watched.look(5)
        assert watched.watch.unfit() == watched.watch.found() == ["database_away"]
        assert watched.told() == [(where, "watch.title", "database_away") for where in EVERYWHERE]
    finally:
        postgres.start()
    await watched.look(5)
    assert watched.watch.unfit() == [] and len(watched.told()) == 4, "not before it has stayed for a while"
    await watched.look(3)
    assert len(watched.told()) == 8
    assert watched.codes() == {("watch.title", "database_away"), ("watch.over_title", "database_away")}
    over = watched.mail.told[-1].notice
    assert over.over and over.thread == watched.mail.told[0].notice.thread
    assert over.lines[0].facts["seconds"] == 25, "how long it was away"
    await store.close()


async def test_who_is_told_is_remembered_since_the_database_may_be_what_is_away(dial, tmp_path):
    file = tmp_path / "t.db"
    store = Store(f"sqlite:///{file}", dial)
    await upgrade(store)
    watched = await under_watch(store, dial)
    await watched.look()
    await store.close()
    file.rename(tmp_path / "away.db")
    file.mkdir()
    await watched.look(3)
    assert watched.told() == [(where, "watch.title", "database_away") for where in EVERYWHERE]
    await store.close()
    await threads_have_ended()


async def threads_have_ended() -> None:
    """aiosqlite's thread of a connection that failed ends a little later, and answers the loop: it must not find it closed."""
    for thread in threading.enumerate():
        if thread.name.endswith("(_connection_worker_thread)"):
            await asyncio.to_thread(thread.join, 5)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 4 MB, where the machine lets us mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        os.getuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], check=False, capture_output=True).returncode
    ):
        pytest.skip("no right to mount a small disk here")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


async def test_a_disk_that_is_full_is_told_and_what_was_accepted_is_still_there(small_disk: Path, dial):
    store = Store(f"sqlite:///{small_disk}/t.db", dial)
    await upgrade(store)
    watched = await under_watch(store, dial)
    await watched.look()
    (small_disk / "ballast").write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize))
    await watched.look(400)  # the journal still had a little room
    assert watched.watch.unfit() == ["disk_full"]
    assert watched.told(watched.mail) == [("ada@example.com", "watch.title", "disk_full")]
    (small_disk / "ballast").unlink()
    await watched.look()
    assert watched.watch.unfit() == []
    async with store.read() as work:
        assert await work.scalar(sa.select(sa.func.count()).select_from(tables.people)) == 1
    await store.close()


async def test_what_catches_up_after_an_outage_is_not_told_as_a_second_one(watched, tmp_path):
    watched.watch.looks._calm_until = watched.clocks().awake + 60
    watched.ticking.stopped = ["expire"]
    await watched.look(10)
    assert watched.told() == [] and watched.watch.unfit() == []
    await watched.look(10)
    assert watched.codes() == {("watch.title", "ticks_late")}, "but one that stays away is"


# ticks


async def test_ticks_that_stopped_are_told_together_and_make_this_process_unfit(watched):
    watched.ticking.stopped = ["climb", "due", "alarm", "fold", "learn", "recover"]
    await watched.look(3)
    assert watched.told() == [(where, "watch.title", "ticks_late") for where in EVERYWHERE]
    assert watched.mail.told[0].notice.lines[0].facts == {"names": ("alarm", "climb", "due", "fold", "learn"), "more": 1}
    assert "tick_late:climb" in watched.watch.unfit() and watched.watch.found() == ["ticks_late"]
    watched.ticking.stopped = []
    await watched.look(6)
    assert ("ada@example.com", "watch.over_title", "ticks_late") in watched.told() and watched.watch.unfit() == []


async def test_a_tick_that_runs_but_fails_is_told_and_leaves_the_process_in_the_balancer(watched):
    watched.ticking.fails = ["expire"]
    await watched.look(3)
    assert watched.codes() == {("watch.title", "ticks_failing")}
    assert watched.watch.unfit() == [] and watched.watch.found() == ["ticks_failing"]


async def test_a_watch_that_cannot_read_the_rows_says_so_itself(watched):
    async with watched.house.store.begin() as work:
        await work.execute(sa.text("ALTER TABLE lanes RENAME TO elsewhere"))
        await work.commit()
    await watched.look(4)
    assert watched.codes() == {("watch.title", "ticks_failing")}
    assert watched.mail.told[0].notice.lines[0].facts["names"] == ("watch",)


# time


@pytest.mark.parametrize(("span", "said"), [({"hours": 1}, 3600), ({"hours": -1}, -3600), ({"seconds": 7}, 7)])
async def test_a_clock_that_was_set_is_told_at_once_and_never_over(watched, span, said):
    watched.clocks.set(**span)
    await watched.look(3)
    assert watched.told() == [(where, "watch.title", "clock_jumped") for where in EVERYWHERE]
    assert watched.mail.told[0].notice.lines[0].facts == {"seconds": said}
    assert watched.watch.found() == ["clock_jumped"] and watched.watch.unfit() == [], "said for a while, for whoever asks once a minute"


async def test_a_clock_that_is_put_right_little_by_little_is_not_told(watched):
    for _ in range(20):
        watched.clocks.set(seconds=1)
        await watched.look()
    assert watched.told() == []


async def test_a_machine_that_slept_is_told_as_that_and_not_as_a_clock_that_was_set(watched):
    watched.clocks.sleep(hours=8)
    watched.ticking.stopped = ["climb"]
    await watched.look()
    watched.ticking.stopped = []
    await watched.look(17)
    assert watched.codes() == {("watch.title", "was_asleep")}
    assert watched.mail.told[0].notice.lines[0].facts == {"seconds": 8 * 3600 + 5}


async def test_a_process_that_was_stopped_for_a_while_is_told_as_asleep(watched):
    watched.dial.forward(minutes=2)
    await watched.look()
    assert watched.codes() == {("watch.title", "was_asleep")}


async def test_our_clock_is_held_against_the_databases(fresh_postgres, dial):
    store = Store(fresh_postgres)  # its own clock, and it is not the dial's year
    watched = await under_watch(store, dial)
    await watched.look(3)
    assert watched.codes() == {("watch.title", "clock_off")} and watched.watch.unfit() == []
    await store.close()
