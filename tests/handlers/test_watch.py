"""When the house cannot write any more, every workspace is told, past the outbox."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.board import Board
from handlers.errors import TryLater
from handlers.ports import Card, Place
from handlers.vitals import Vitals
from handlers.watch import Watch
from storage.database import Store
from storage.migrate import upgrade


@dataclass
class Ear:
    """A workspace that only listens; `away` makes it unreachable."""

    heard: list[str] = field(default_factory=list)
    away: bool = False

    async def post(self, place: Place, card: Card, language: str, token: str) -> str:
        if self.away:
            raise TryLater("away", timedelta(seconds=1))
        self.heard.append(f"{place.channel_id} {card.title.name} {card.title.facts.get('reason', '')}".strip())
        return "1"


@pytest.fixture
def ear() -> Ear:
    return Ear()


def watching(store: Store, ear: Ear) -> Watch:
    return Watch(Vitals(store), Board({"slack": {"crisis": "C1"}}), {"slack": ear}, "crisis", "en")


async def look(watch: Watch, times: int) -> None:
    for _ in range(times):
        await watch.look()


async def test_a_database_that_goes_away_is_told_once_and_its_return_too(fresh_postgres, postgres, ear):
    store = Store(fresh_postgres)
    await upgrade(store)
    watch = watching(store, ear)
    await look(watch, 2)
    postgres.stop()
    try:
        await look(watch, 5)
        assert watch.wrong == "database_away"
        assert ear.heard == ["C1 door.house_unwell database_away"]
    finally:
        postgres.start()
    await look(watch, 3)
    assert ear.heard[1:] == ["C1 door.house_well_again"]
    assert watch.wrong is None
    await store.close()


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


async def test_a_disk_that_is_full_is_told_and_what_was_accepted_is_still_there(small_disk: Path, ear):
    store = Store(f"sqlite:///{small_disk}/t.db")
    await upgrade(store)
    watch = watching(store, ear)
    await look(watch, 1)
    (small_disk / "ballast").write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize))
    await look(watch, 400)  # the journal still had a little room
    assert watch.wrong == "disk_full"
    assert ear.heard == ["C1 door.house_unwell disk_full"]
    (small_disk / "ballast").unlink()
    await look(watch, 1)
    assert watch.wrong is None
    await store.close()


async def test_a_workspace_that_is_away_too_is_told_later(ear):
    store = Store("postgresql://nobody@127.0.0.1:1/nothing")
    watch = watching(store, ear)
    ear.away = True
    await look(watch, 4)
    ear.away = False
    await look(watch, 2)
    assert ear.heard == ["C1 door.house_unwell database_away"]
    await store.close()
