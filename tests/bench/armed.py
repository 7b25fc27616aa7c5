"""A database in which very many cases wait for the first step of their ladder, each of which tells one of ten people; and their clocks."""

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
import yaml

from flows.flow import Flow
from flows.loader import load_flow
from handlers.board import Board
from handlers.escalation.course import STEP
from storage import deadlines
from storage.database import Store
from storage.migrate import upgrade
from storage.tables import calls, cases, outbox
from storage.tables import deadlines as rows_of_deadlines
from tests.bench.multiplied import AT_ONCE, multiply, settle
from tests.builders import ROOT, Scripted, TestHouse, mention

CHANNELS = {"crisis": "C0CRISIS", "ordinary": "C0ORDINARY"}
DEFINITIONS = ROOT / "flows/definitions"
PEOPLE = {f"U0PERSON{number}": f"Person {number}" for number in range(10)}  # their ids in Slack → their names
SEED = 1000  # cases by the product's own way in, of which the others are copies
BATCH = 200  # as many as the way in takes at once


def write_files(folder: Path) -> tuple[Path, Path, Flow]:
    """(FLOW, people, FLOW as read): the shipped one, but with a ladder for each of ten people."""
    said = yaml.load((DEFINITIONS / "data_breach.yaml").read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    said["ladders"] = {_ladder(number): _one_person(name) for number, name in enumerate(PEOPLE.values())}
    files = {"data_breach.yaml": yaml.safe_dump(said, allow_unicode=True)}
    files |= {one.name: one.read_text(encoding="utf-8") for one in DEFINITIONS.glob("data_breach.*.yaml")}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    team = [{"name": name, "roles": ["lead"], "languages": ["en"], "timezone": "UTC", "slack": key} for key, name in PEOPLE.items()]
    (folder / "people.yaml").write_text(yaml.safe_dump({"people": team}), encoding="utf-8")
    flow = load_flow({str(folder / name): text for name, text in sorted(files.items())})
    return folder / "data_breach.yaml", folder / "people.yaml", flow


def _ladder(number: int) -> str:
    return f"person_{number}"


def _one_person(name: str) -> dict[str, object]:
    steps = [{"tell": {"person": name}, "after": "1h", "by": ["direct"]}, {"tell": {"role": "lead"}, "after": "1h", "by": ["direct"]}]
    return {"label": dict.fromkeys(("en", "es", "fr"), name), "when": {"reach": 1_000_000}, "steps": steps}


async def furnish(store: Store, flow: Flow, count: int) -> list[int]:
    """The ids of so many open cases of all severities, none with a clock, all of their cards sent."""
    await upgrade(store)
    house = await TestHouse(store, flow, Board({"slack": CHANNELS}), Scripted()).begin()
    seed, words = min(SEED, count), ("low", "normal", "high", "critical")
    await house.mentions.receive([mention(f"is my data safe? {words[number % 4]}") for number in range(seed)])
    async with store.begin() as work:
        for table in (outbox, rows_of_deadlines):
            await work.execute(sa.delete(table))
        ladder = sa.case({number: _ladder(number) for number in range(len(PEOPLE))}, value=cases.c.id % len(PEOPLE))
        await work.execute(sa.update(cases).values(ladder=ladder))
        await work.commit()
    for start in range(1, count // seed, AT_ONCE):
        await multiply(store, seed, range(start, min(start + AT_ONCE, count // seed)))
    await settle(store)
    async with store.read() as work:
        return list((await work.execute(sa.select(cases.c.id).order_by(cases.c.id))).scalars())


async def arm(store: Store, ids: Sequence[int], moments: Sequence[datetime]) -> float:
    """As the way in does, batch by batch, each durable. Seconds for all."""
    async with store.read() as work:
        severities = dict(tuple(row) for row in await work.execute(sa.select(cases.c.id, cases.c.severity)))
    began = time.perf_counter()
    for start in range(0, len(ids), BATCH):
        pairs = zip(ids[start : start + BATCH], moments[start : start + BATCH], strict=True)
        async with store.begin() as work:
            await deadlines.arm_new(work, [(STEP, case_id, severities[case_id], due_at, False) for case_id, due_at in pairs])
            await work.commit()
    return time.perf_counter() - began


async def move(store: Store, moments: dict[int, datetime]) -> None:
    """These cases' steps fall due then."""
    c = rows_of_deadlines.c
    due = sa.update(rows_of_deadlines).where(c.case_id == sa.bindparam("case"), c.kind == STEP).values(due_at=sa.bindparam("due"))
    async with store.begin() as work:
        await work.execute(due, [{"case": case_id, "due": due_at} for case_id, due_at in moments.items()])
        await work.commit()


async def called(store: Store) -> dict[int, list[datetime]]:
    """When each case's first step called somebody: once, if all is well."""
    found: dict[int, list[datetime]] = {}
    async with store.read() as work:
        query = sa.select(calls.c.case_id, calls.c.called_at).where(calls.c.step == 0).order_by(calls.c.id)
        for case_id, at in await work.execute(query):
            found.setdefault(case_id, []).append(at)
    return found
