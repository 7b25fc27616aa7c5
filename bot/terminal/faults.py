"""What went wrong, in one plain line on standard error; anything unforeseen keeps its traceback."""

import os
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
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read it has had enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        line = _line(error, language)
        if line is None:
            raise
        print(line, file=sys.stderr)  # noqa: T201
        outcome.status = 1


def _line(error: Exception, language: str) -> str | None:
    match error:
        case PortTaken():
            return say("cli.port_taken", language, address=str(error))
        case NoSuchPerson() if "names" in error.facts:
            return say("cli.no_such_person", language, **error.facts)
        case Told():
            return say(error.template, language, **error.facts)
        case FileNotFoundError() | IsADirectoryError():
            return say("cli.no_such_file", language, file=error.filename)
    # a door does not know the rules: their errors are known by name, and say in their own lines what is wrong where
    return str(error) if type(error).__name__ in ("FlowErrors", "PeopleErrors") else None
