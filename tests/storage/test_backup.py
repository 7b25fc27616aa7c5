"""A copy while the database is in use, the way back, and the one sender that SQLite allows."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa

from handlers.board import Board
from storage import backup, tables, timeline
from storage.database import Store
from storage.lock import SenderRuns, sender_role
from tests.builders import ROOT, Scripted, TestHouse, data_breach, mention

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


async def count(store):
    async with store.read() as work:
        assert (await timeline.verify(work))[1] == []
        return await work.scalar(sa.select(sa.func.count()).select_from(tables.mentions))


@pytest.fixture
async def house(store):
    return await TestHouse(store, data_breach(), Board({}), Scripted()).begin()


async def test_a_copy_made_in_use_is_whole_and_comes_back(house, tmp_path):
    await house.mentions.receive([mention() for _ in range(20)])
    async with house.store.begin() as work:
        await work.execute(sa.insert(tables.cursors).values(source="uncommitted", position="1", at=await work.now()))
        size = backup.backup(house.store.path, tmp_path / "copy.db")
    await house.mentions.receive([mention() for _ in range(5)])
    assert size > 0 and await count(house.store) == 25
    await house.store.close()
    backup.restore(tmp_path / "copy.db", house.store.path)
    back = Store(house.store.url)
    assert await count(back) == 20
    async with back.read() as work:
        assert not list(await work.execute(sa.select(tables.cursors)))
    await back.close()
    before = Store(f"sqlite:///{house.store.path}.before-restore")
    assert await count(before) == 25, "what was there is kept"
    await before.close()


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + b"\x00" * 5000])
async def test_what_is_no_backup_is_not_put_back(house, tmp_path, content):
    bad = tmp_path / "bad.db"
    bad.write_bytes(content)
    await house.mentions.receive([mention()])
    await house.store.close()
    with pytest.raises(backup.NotABackup):
        backup.restore(bad, house.store.path)
    again = Store(house.store.url)
    assert await count(again) == 1
    await again.close()


async def test_a_damaged_copy_is_found(house, tmp_path):
    await house.mentions.receive([mention("x" * 3000) for _ in range(50)])
    copy = tmp_path / "copy.db"
    backup.backup(house.store.path, copy)
    content = bytearray(copy.read_bytes())
    content[8192:40960] = os.urandom(40960 - 8192)
    copy.write_bytes(content)
    with pytest.raises(backup.NotABackup):
        backup.check(copy)


async def test_one_process_sends_and_a_second_is_told_which(store):
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom storage.lock import *\ntry:\n  with sender_role({store.path!r}): print('mine')\nexcept SenderRuns as e: print(e)"
    with sender_role(store.path):
        with pytest.raises(SenderRuns, match=str(os.getpid())), sender_role(store.path):
            pass
        other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: ASYNC221
        assert other.stdout.strip() == str(os.getpid())
    with sender_role(store.path), sender_role(None), sender_role(None):
        pass
