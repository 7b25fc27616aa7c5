"""`verify --pack FOLDER`: proves a pack offline, from its own files alone: nothing was changed, added or taken out since it was written."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.terminal.commands import tell
from bot.terminal.pack import LINKS, MANIFEST, digest, files_of
from handlers.evidence import prove
from templates import say


def verify_pack(folder: Path, language: str) -> int:
    """1 when a file is not what the MANIFEST says, or a chain is broken."""
    if not (folder / MANIFEST).is_file() or not (folder / LINKS).is_file():
        print(say("evidence.no_pack", language, folder=str(folder)), file=sys.stderr)  # noqa: T201
        return 1
    changed = sorted(_changed(folder))
    for name in changed:
        tell("evidence.file_changed", language, file=name)
    try:
        links, breaks = prove(_links(folder / LINKS))
    except ValueError:
        return tell("evidence.unreadable", language, file=LINKS) or 1
    for one in breaks:
        tell("cli.broken", language, chain=one.chain, seq=one.seq, wrong=one.wrong)
    if changed or breaks:
        return 1
    return tell("evidence.proven", language, links=links)


def _changed(folder: Path) -> set[str]:
    """Files that the MANIFEST names otherwise, or not at all, and those that are gone."""
    lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    meant = {name: told for told, _, name in (line.partition("  ") for line in lines)}
    found = {file.name: digest(file) for file in files_of(folder) if file.is_file()}
    return {name for name in meant.keys() | found.keys() if meant.get(name) != found.get(name)}


def _links(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
