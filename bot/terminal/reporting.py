"""`report`: what happened in some days, as a page, as a table or case by case; what cannot be finished is taken away."""

import argparse
import csv
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import IO

from bot.terminal.commands import tell
from handlers.errors import Told
from handlers.insight.reports import TABLE, Reports, Span


class FileThere(Told):
    """Facts: file."""

    template = "report.file_there"


class Unwritable(Told):
    """Facts: file, reason."""

    template = "report.unwritable"


@dataclass(frozen=True)
class Asked:
    """`words` None: as the format has it when nobody says otherwise."""

    span: Span
    format: str
    output: Path | None
    language: str
    words: bool | None = None

    @classmethod
    def of(cls, parsed: argparse.Namespace, timezone: str) -> "Asked":
        """`timezone` is the house's. Raises EndsBefore."""
        span = Span(parsed.first, parsed.last or parsed.first, parsed.timezone or timezone)
        return cls(span, parsed.format, parsed.output, parsed.language, parsed.words)


async def report(reports: Reports, asked: Asked, language: str) -> int:
    """`language` is the operator's."""
    write = {"html": _page, "csv": _table, "jsonl": _cases}[asked.format]
    if asked.output is None:
        with _standard_output() as file:
            await _fill(file, write(reports, asked))
        return 0
    with _new(asked.output) as file:
        await _fill(file, write(reports, asked))
    return tell("report.written", language, file=str(asked.output), size=-(-asked.output.stat().st_size // 1000))


async def _fill(file: IO[str], parts: AsyncIterator[str]) -> None:
    async for part in parts:
        file.write(part)


async def _cases(reports: Reports, asked: Asked) -> AsyncIterator[str]:
    async for line in reports.cases(asked.span.period, words=bool(asked.words)):
        yield json.dumps(line, ensure_ascii=False) + "\n"


async def _page(reports: Reports, asked: Asked) -> AsyncIterator[str]:
    """Customers are quoted unless somebody said otherwise."""
    from bot.terminal.figures_page import Manner, figures_page  # noqa: PLC0415 - the pictures' library loads only for them

    whole = await reports.whole(asked.span, words=asked.words is not False)
    yield figures_page(whole, asked.span, Manner(asked.language, asked.span.period.zone, reports.ladders))


async def _table(reports: Reports, asked: Asked) -> AsyncIterator[str]:
    """With the mark by which Excel knows UTF-8."""
    whole, out = await reports.whole(asked.span, words=bool(asked.words)), StringIO()
    writer = csv.writer(out)
    writer.writerow(TABLE)
    writer.writerows(whole.rows())
    yield "\ufeff" + out.getvalue()


@contextmanager
def _standard_output() -> Iterator[IO[str]]:
    """In UTF-8 whatever the terminal's own is. Whoever reads may stop reading (`| head`)."""
    file = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", newline="")
    try:
        with file:
            yield file
    except BrokenPipeError:
        pass


@contextmanager
def _new(path: Path) -> Iterator[IO[str]]:
    """A file of ours alone; gone again when it cannot be finished."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileThere(file=str(path)) from None
    except OSError as error:
        raise Unwritable(file=str(path), reason=error.strerror) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Unwritable(file=str(path), reason=error.strerror) from error
        raise
