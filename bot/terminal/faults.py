"""What went wrong, in one plain line on standard error; anything unforeseen keeps its traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.server import PortTaken
from handlers.errors import NoSuchPerson, Told
from templates import say


@dataclass
class Outcome:
    """The exit status to be."""

    status: int = 0


@contextmanager
def plainly(language: str) -> Iterator[Outcome]:
    outcome = Outcome()
    try:
        yield outcome
    except Exception as error:
        line = _line(error, language)
        if line is None:
            raise
        print(line, file=sys.stderr)  # noqa: T201
        outcome.status = 1


def _line(error: Exception, language: str) -> str | None:
    kind = type(error).__name__
    match error:
        case PortTaken():
            return say("cli.port_taken", language, address=str(error))
        case NoSuchPerson() if "names" in error.facts:
            return say("cli.no_such_person", language, **error.facts)
        case Told():
            return say(error.template, language, **error.facts)
        case FileNotFoundError():
            return say("cli.no_such_file", language, file=error.filename)
    if kind in _BY_NAME:
        template, fact = _BY_NAME[kind]
        return say(template, language, **({fact: str(error)} if fact else {}))
    return str(error) if kind in ("FlowErrors", "PeopleErrors") else None


# by name, since a door may know neither rules nor rows
_BY_NAME = {
    "SenderRuns": ("cli.sender_runs", "pid"),
    "NotABackup": ("cli.not_a_backup", "file"),
    "OnlySqlite": ("cli.only_sqlite", ""),
}
