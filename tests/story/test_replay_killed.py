"""Ten thousand messages are replayed while the process is killed ten times: everything is stored once, nothing is lost or doubled."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import timeline
from storage.database import Store
from storage.tables import cases, mentions, outbox, raw_payloads
from tests import crowd
from tests.builders import ROOT
from tests.story.small_flow import write_small_flow

MESSAGES, KILLS = 10_000, 10
LONGEST = 60  # seconds from a process's start until it has stored something


@dataclass
class Replaying:
    """`python app.py replay FILE` on its own SQLite database, Slack configured so that every case has its card queued."""

    folder: Path
    file: Path

    @property
    def database(self) -> Path:
        return self.folder / "tocsin.db"

    def start(self) -> subprocess.Popen[str]:
        environment = {
            "DATABASE_URL": f"sqlite:///{self.database}",
            "SLACK_BOT_TOKEN": "xoxb-nobody",
            "SLACK_SIGNING_SECRET": "nothing",
            "TOCSIN_SLACK_CHANNELS": "crisis=C1,ordinary=C2",
            "TOCSIN_FLOW": str(write_small_flow(self.folder)),
        }
        command = [sys.executable, str(ROOT / "app.py"), "replay", str(self.file)]
        return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def kill_on_the_way(self, chance: random.Random) -> int:
        """Let it get on for a random while after it has begun to store, then kill -9; how many were stored by then."""
        before, process = self.stored(), self.start()
        wanted = before + chance.randrange(1, MESSAGES // (KILLS + 2))
        until = time.monotonic() + LONGEST
        while self.stored() < wanted and process.poll() is None and time.monotonic() < until:
            time.sleep(chance.uniform(0.005, 0.05))
        assert process.poll() is None, process.communicate()[1]
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return self.stored()

    def stored(self) -> int:
        """Read by this process, beside the one that writes."""
        if not self.database.exists():
            return 0
        with closing(sqlite3.connect(self.database)) as connection:
            try:
                return int(connection.execute("SELECT count(*) FROM mentions").fetchone()[0])
            except sqlite3.OperationalError:  # the tables are not there yet
                return 0


@pytest.fixture(params=["real", "made"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Real messages where they are at hand, else as many made ones."""
    try:
        texts = crowd.mixed(crowd.real_texts(), MESSAGES)
        missing = ""
    except crowd.NoRealMessages as error:
        texts, missing = crowd.mixed(crowd.made_texts(), MESSAGES), str(error)
    if (request.param == "real") == bool(missing):
        pytest.skip(missing or "the real messages were played")
    return crowd.write(tmp_path / "crowd.jsonl", crowd.lines(texts))


@pytest.mark.slow
@pytest.mark.timeout(300)  # some 45 seconds of processor time, more on the clock where others work too
async def test_a_replay_that_is_killed_ten_times_loses_and_doubles_nothing(file: Path, tmp_path: Path) -> None:
    replaying, chance = Replaying(tmp_path, file), random.Random()
    stored = [replaying.kill_on_the_way(chance) for _ in range(KILLS)]
    assert [0, *stored] == sorted({0, *stored}), "each run got on before it was killed"
    assert stored[-1] < MESSAGES, "every kill was on the way"

    last = replaying.start()
    said, errors = last.communicate(timeout=LONGEST)
    assert last.returncode == 0, errors
    assert f"{MESSAGES - stored[-1]}" in said.replace(",", "")

    store = Store(f"sqlite:///{replaying.database}")
    async with store.read() as work:

        async def one(query: sa.Select) -> int:
            return await work.scalar(query)

        count = sa.func.count
        assert await one(sa.select(count()).select_from(mentions)) == MESSAGES
        assert await one(sa.select(count(mentions.c.external_id.distinct()))) == MESSAGES
        assert await one(sa.select(count(raw_payloads.c.mention_id.distinct()))) == MESSAGES
        assert await one(sa.select(count()).select_from(raw_payloads)) == MESSAGES
        assert await one(sa.select(count()).select_from(cases)) == MESSAGES * (crowd.AGAIN - 1) // crowd.AGAIN
        assert await one(sa.select(sa.func.sum(cases.c.mention_count))) == MESSAGES
        cards = (await work.execute(sa.select(outbox.c.case_id).where(outbox.c.kind == "card", outbox.c.act == "post"))).scalars().all()
        assert sorted(cards) == sorted((await work.execute(sa.select(cases.c.id))).scalars())
        assert not (await one(sa.select(count()).select_from(outbox).where(outbox.c.state == "sent")))
        links, breaks = await timeline.verify(work)
        opened = sa.select(count()).select_from(timeline.timeline).where(timeline.timeline.c.act.in_(("case_opened", "mention_joined")))
        assert (await one(opened), breaks) == (MESSAGES, [])
        assert links >= MESSAGES
    await store.close()
