"""`flow drill FILE`: a progress bar while the storm plays, then who would be told when, and what would stay unanswered."""

import argparse
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from bot.wire import Malformed, read_file
from handlers.machine import Machine
from handlers.ports import Label, Mention
from handlers.proof.drill import Drill, Plan, stage
from handlers.proof.ground import Ground
from handlers.proof.outcome import Outcome, outcome, severity_word
from templates import say

NAMED = 2  # ladders in one line
TOLD = ("when", "who", "theirs", "ways", "times", "cases", "ladders", "gravest")
SILENT = ("ladders", "cases", "since", "late", "gravest")
WIDTH = 160  # of what goes into a file or through a pipe
Sorting = Callable[[Any], AbstractAsyncContextManager[Machine]]  # the triage, given the drill's own database


@dataclass
class Lines:
    """A file of messages, and how many of its lines could not be read."""

    path: Path
    malformed: int = 0

    def mentions(self) -> Iterator[Mention]:
        for one in read_file(self.path, f"drill:{self.path.name}"):
            if isinstance(one, Malformed):
                self.malformed += 1
            else:
                yield one


@dataclass(frozen=True)
class Teller:
    """Says it in the house's language and by its clock."""

    language: str
    zone: ZoneInfo
    out: Console = field(default_factory=lambda: Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False))

    def say(self, name: str, /, **facts: object) -> str:
        return say(f"prove.{name}", self.language, **facts)

    def line(self, name: str, /, **facts: object) -> None:
        self.out.print(Text(self.say(name, **facts)))

    def moment(self, at: datetime) -> str:
        return self.say("moment", at=at.astimezone(self.zone))

    def table(self, heads: tuple[str, ...], rows: list[tuple[str, ...]], numbers: Collection[str] = ()) -> None:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for head in heads:
            table.add_column(self.say(f"head_{head}"), justify="right" if head in numbers else "left")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.out.print(table)

    def ladder(self, label: Label | None) -> str:
        return label.in_(self.language) if label else self.say("no_ladder")


async def play(ground: Ground, flow: Any, doors: frozenset[str], sorting: Sorting, parsed: argparse.Namespace, teller: Teller) -> Any:
    """The picture of it; None when the file holds no message."""
    zone = teller.zone
    begin = parsed.at if parsed.at.tzinfo else parsed.at.replace(tzinfo=zone)
    plan = Plan(begin, timedelta(hours=parsed.hours), timedelta(minutes=parsed.acknowledge))
    lines = Lines(parsed.file)
    async with stage(flow, ground, doors, begin) as on, sorting(on.store) as machine:
        played = await _show(Drill(on, machine, plan), lines, plan, teller)
        if not played.played:
            print(teller.say("empty", file=parsed.file.name), file=sys.stderr)  # noqa: T201
            return None
        found = await outcome(on, plan, parsed.file.name, zone)
    facts = {"file": parsed.file.name, "begin": teller.moment(begin), "zone": str(zone), "hours": f"{parsed.hours:g}"}
    teller.line("title", **facts)
    teller.line("assumed_ways", ways=sorted(door for door in doors if ":" not in door))
    teller.line("assumed", minutes=f"{parsed.acknowledge:g}" if parsed.acknowledge else "")
    _tell_outcome(found, teller)
    _tell_sum(found, played.played, teller)
    for name, count in (("left_out", played.left_out), ("malformed", lines.malformed)):
        if count:
            teller.line(name, count=count)
    return found.picture


async def _show(drill: Drill, lines: Lines, plan: Plan, teller: Teller) -> Any:
    columns = (TextColumn(teller.say("playing", file=lines.path.name)), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[at]}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=plan.length.total_seconds(), at="")
        async for progress in drill.play(lines.mentions()):
            bar.update(task, completed=(progress.at - plan.begin).total_seconds(), at=teller.moment(progress.at))
    return progress


def _tell_outcome(found: Outcome, teller: Teller) -> None:
    teller.out.print()
    teller.line("told_title" if found.tellings else "told_nobody")
    if found.tellings:
        teller.table(TOLD, [_told(one, found, teller) for one in found.tellings], ("times", "cases"))
    teller.out.print()
    teller.line("unanswered_title" if found.unanswered else "unanswered_none")
    if found.unanswered:
        teller.table(SILENT, [_silent(one, teller) for one in found.unanswered], ("cases", "late"))
    teller.out.print()


def _told(one: Any, found: Outcome, teller: Teller) -> tuple[str, ...]:
    names = [teller.ladder(found.labels.get(ladder)) for ladder, _ in sorted(one.ladders.items(), key=lambda pair: (-pair[1], pair[0]))]
    return (
        teller.moment(one.at),
        one.person,
        teller.say("theirs", clock=f"{one.at.astimezone(ZoneInfo(one.timezone)):%H:%M}", awake=one.awake),
        teller.say("by", names=list(one.ways)),
        f"{one.times:,}",
        f"{len(one.cases):,}",
        teller.say("ladders", names=names[:NAMED], more=len(names) - NAMED if len(names) > NAMED else 0),
        teller.say("severity", severity=severity_word(one.severity)),
    )


def _silent(one: Any, teller: Teller) -> tuple[str, ...]:
    gravest = teller.say("severity", severity=severity_word(one.severity))
    return teller.ladder(one.ladder), f"{one.cases:,}", teller.moment(one.since), f"{one.late:,}", gravest


def _tell_sum(found: Outcome, messages: int, teller: Teller) -> None:
    people, unanswered = len({one.person for one in found.tellings}), sum(one.cases for one in found.unanswered)
    teller.line(
        "sum",
        messages=messages,
        cases=found.cases,
        people=people,
        told=found.told,
        unanswered=unanswered,
        climbing=found.still_climbing,
    )
