"""`replay FILE`: a progress bar while the file plays, and a summary at the end."""

import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.networks.replay import Replay, Summary
from bot.wire import read_file
from templates import say


def count_lines(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for line in lines if line.strip()) - (path.suffix.lower() == ".csv")


async def show_replay(replay: Replay, path: Path, speed: float, language: str) -> int:
    """Stores and queues; what is queued leaves through the running bot. Progress goes to standard error, the summary to standard output."""
    began, summary = time.monotonic(), Summary()
    columns = (TextColumn(say("cli.replaying", language, file=path.name)), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=count_lines(path))
        async for summary in replay.play(read_file(path, f"replay:{path.name}"), speed, f"replay:{path.name}"):
            bar.update(task, completed=summary.read)
    seconds = time.monotonic() - began
    print(say("cli.replayed", language, summary=summary, seconds=seconds))  # noqa: T201
    return 0
