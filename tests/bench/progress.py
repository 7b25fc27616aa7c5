"""What every bench shows: a progress bar while it works, a table of what it found, and one last line of JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table

T = TypeVar("T")
_screen = Console(stderr=True)


def watched(items: Sequence[T] | Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """The items, one by one, behind a progress bar on standard error."""
    yield from track(items, label, total=total, console=_screen, transient=True)


def say(line: str) -> None:
    """A line about the configuration or about what was skipped."""
    _screen.print(line, highlight=False)


def table(title: str, heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """A readable table on standard error."""
    drawn = Table(title=title, title_justify="left")
    for head in heads:
        drawn.add_column(head)
    for line in lines:
        drawn.add_row(*(str(cell) for cell in line))
    _screen.print(drawn)


def finish(found: Mapping[str, Any]) -> None:
    """The bench's last word: one line of JSON on standard output."""
    sys.stderr.flush()
    print(json.dumps(found, ensure_ascii=False), flush=True)
