"""`export`: an evidence pack in a folder of its own, readable by us alone; written as it is read, however much there is."""

import csv
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from bot.terminal.commands import tell
from bot.terminal.report import write_report
from handlers.errors import Told
from handlers.evidence import TABLES, Dossier, Evidence
from templates import say

LINKS, MANIFEST = "timeline.jsonl", "MANIFEST"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four are the wide ones


class FolderThere(Told):
    """Facts: folder."""

    template = "evidence.folder_there"


@dataclass(frozen=True)
class Pack:
    """A folder that grows file by file."""

    folder: Path
    language: str

    async def fill(self, dossier: Dossier) -> int:
        """How many links."""
        count = await self._links(dossier)
        for table in TABLES:
            await self._table(dossier, table)
        with self.open("report.html") as file:
            await write_report(file, dossier, self.language)
        with self.open("README.txt") as file:
            file.write(say("evidence.readme", self.language, case=dossier.case_id, crisis=dossier.crisis) + "\n")
        self._manifest()
        return count

    @contextmanager
    def open(self, name: str, encoding: str = "utf-8") -> Iterator[IO[str]]:
        """A new file of ours alone."""
        handle = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding=encoding, newline="") as file:
            yield file

    async def _links(self, dossier: Dossier) -> int:
        count = 0
        with self.open(LINKS) as file:
            async for link in dossier.links():
                file.write(json.dumps(link, ensure_ascii=False, sort_keys=True) + "\n")
                count += 1
        return count

    async def _table(self, dossier: Dossier, table: str) -> None:
        """With the mark by which Excel knows UTF-8."""
        with self.open(f"{table}.csv", "utf-8-sig") as file:
            sheet = csv.writer(file)
            sheet.writerow(dossier.columns(table))
            async for row in dossier.table(table):
                sheet.writerow([cell(value) for value in row])

    def _manifest(self) -> None:
        """As sha256sum writes it, so that `sha256sum -c MANIFEST` reads it too."""
        lines = [f"{digest(file)}  {file.name}\n" for file in sorted(self.folder.iterdir())]
        with self.open(MANIFEST) as file:
            file.writelines(lines)


def cell(value: Any) -> str:
    """What a spreadsheet shows as it stands: a text that it would take for a formula begins with an apostrophe."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(timespec="seconds")
        case dict() | list():
            return cell(json.dumps(value, ensure_ascii=False, sort_keys=True))
        case str():
            return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
    return str(value)


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


async def export(evidence: Evidence, case: int | None, crisis: int | None, to: Path | None, language: str) -> int:
    """`crisis` 0 is the latest. The folder must not exist yet."""
    about = evidence.of_case(case) if case else evidence.of_crisis(crisis or None)
    async with about as dossier:
        folder = to or Path(_name(dossier))
        _make(folder)
        count = await Pack(folder, language).fill(dossier)
    return tell("evidence.written", language, folder=str(folder), links=count)


def _name(dossier: Dossier) -> str:
    subject = f"case-{dossier.case_id}" if dossier.case_id else f"crisis-{dossier.scope.crisis}"
    return f"evidence-{subject}-{dossier.at:%Y%m%dT%H%M%SZ}"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise FolderThere(folder=str(folder)) from None


def files_of(folder: Path) -> Sequence[Path]:
    return sorted(file for file in folder.iterdir() if file.name != MANIFEST)
