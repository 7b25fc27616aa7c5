"""A file of mentions played into the intake: all of it, once, however often it is played."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.networks.dry_run import DryRun, samples
from bot.networks.replay import BATCH, Replay
from bot.wire import read_file
from storage import tables
from tests.builders import ROOT
from tests.networks.test_wire import GOOD


def write(tmp_path, count, *broken):
    began = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    lines = [
        json.dumps(
            {
                **GOOD,
                "external_id": f"m{n}",
                "customer": {"external_id": f"u{n % 50}"},
                "posted_at": (began + timedelta(seconds=n)).isoformat(),
            }
        )
        for n in range(count)
    ]
    file = tmp_path / "replay.jsonl"
    file.write_text("\n".join([*lines, *broken]), encoding="utf-8")
    return file


async def play(house, file, speed=0.0):
    player = Replay(house.mentions.receive, house.inbox.set_aside)
    summaries = [summary async for summary in player.play(read_file(file, "file"), speed, "file")]
    return summaries[-1], summaries


async def rows(house, table):
    async with house.store.read() as work:
        return list(await work.execute(sa.select(table)))


async def test_every_line_is_stored_once_and_a_second_play_finds_all_of_it_known(house, tmp_path):
    file = write(tmp_path, BATCH * 2 + 7)
    first, summaries = await play(house, file)
    assert (first.read, first.new, first.known, first.malformed) == (407, 407, 0, 0) and len(summaries) == 3
    again, _ = await play(house, file)
    assert (again.read, again.new, again.known, again.cases) == (407, 0, 407, first.cases)
    assert len(await rows(house, tables.mentions)) == 407
    cards = [row for row in await rows(house, tables.outbox) if row.kind == "card"]
    assert len(cards) == first.cases == len(await rows(house, tables.cases))


async def test_a_line_that_cannot_be_read_is_kept_aside_and_takes_no_other_down(house, tmp_path):
    summary, _ = await play(house, write(tmp_path, 3, "{", json.dumps({**GOOD, "network": "!"})))
    assert (summary.new, summary.malformed) == (3, 2)
    aside = [row for row in await rows(house, tables.raw_payloads) if row.refused_because]
    assert len(aside) == 2 and "network" in aside[1].refused_because


async def test_a_line_that_stands_twice_is_new_once(house, tmp_path):
    line = json.dumps(GOOD)
    summary, _ = await play(house, write(tmp_path, 0, line, line, line))
    assert (summary.new, summary.known) == (1, 2)


async def test_at_a_pace_it_takes_its_time_and_is_dated_now(house, tmp_path):
    began = datetime.now(UTC)
    summary, summaries = await play(house, write(tmp_path, 4), speed=20)
    took = (datetime.now(UTC) - began).total_seconds()
    assert summary.new == len(summaries) == 4 and took >= 0.14
    assert all(row.posted_at >= began - timedelta(seconds=1) for row in await rows(house, tables.mentions))


async def test_an_empty_file_is_no_fault(house, tmp_path):
    player = Replay(house.mentions.receive, house.inbox.set_aside)
    assert [one async for one in player.play(read_file(write(tmp_path, 0), "file"), 0, "file")] == []


def test_the_sample_crisis_can_be_read_whole_and_in_order():
    played = list(samples(ROOT / "samples"))
    lines = sum(len(file.read_text(encoding="utf-8").strip().splitlines()) for file in (ROOT / "samples").glob("*.jsonl"))
    assert len(played) == lines >= 300
    assert played == sorted(played, key=lambda one: one.posted_at)
    assert {one.language for one in played} >= {"en", "es", "fr"} or {one.language for one in played} == {None}


async def test_the_demo_plays_each_message_once(house, tmp_path):
    write(tmp_path, 5)
    demo = DryRun(house.mentions.receive)
    assert await asyncio.wait_for(demo.play(tmp_path, every=0), 10) == 5
    assert await demo.play(tmp_path, every=0) == 0
