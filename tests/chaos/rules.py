"""The FLOW of the chaos: every case climbs one ladder, whose first step is told in its thread and whose second by a direct message."""

from pathlib import Path

from flows.flow import Flow
from flows.loader import load_flow
from storage import people
from storage.database import Store
from tests.chaos.shaky_slack import CHANNELS, PEOPLE
from tests.story.small_flow import write_small_flow

LADDER = """
ladders:
  every_case:
    label: {en: Every case, es: Cada caso, fr: Chaque cas}
    first_answer: 8h
    hours: always
    steps:
      - {tell: {person: Ana}, after: 1s, by: [thread]}
      - {tell: {person: Bo}, after: 3s, by: [direct]}
    at_the_end: {wait: 8h, tell: {role: lead}}
"""
CHANNEL_OF = {"money_missing": "money", "password": "passwords"}  # so that more than one line waits
STEPS = 2
TEAM = {"Ana": "agent", "Bo": "lead"}


def write_rules(folder: Path) -> Path:
    """The FLOW file, its examples beside it."""
    file = write_small_flow(folder)
    head, *tags = file.read_text(encoding="utf-8").split("\n  money_missing:")
    text = head.replace("[crisis, ordinary]", f"[{', '.join(CHANNELS)}]") + "\n  money_missing:" + "".join(tags)
    for tag, channel in CHANNEL_OF.items():
        before, named, after = text.partition(f"\n  {tag}:")
        text = before + named + after.replace("channel: crisis", f"channel: {channel}", 1)
    file.write_text(text + LADDER, encoding="utf-8")
    return file


def read_rules(file: Path) -> Flow:
    files = [file, *sorted(file.parent.glob(f"{file.stem}.*.yaml"))]
    return load_flow({str(one): one.read_text(encoding="utf-8") for one in files})


async def hire(store: Store) -> None:
    async with store.begin() as work:
        for (name, role), account in zip(TEAM.items(), PEOPLE, strict=True):
            await people.put(work, {"name": name, "roles": [role], "languages": ["en"], "timezone": "UTC", "slack_id": account})
        await work.commit()
